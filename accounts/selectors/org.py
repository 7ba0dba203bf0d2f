"""Who leads whom, on which date: one recursive query over the tree of units."""

from dataclasses import dataclass, field

from django.db import connection
from django.db.models import Q

from accounts.models.org import Membership, Unit
from accounts.models.people import Person
from kit.clock import StatementNow
from kit.memo import remembered

LED = """
    WITH RECURSIVE led AS (
        SELECT m.unit_id FROM accounts_membership m
        WHERE m.person_id = %(person)s AND m.post = 'head'
          AND m.period @> coalesce(%(at)s::timestamptz, statement_timestamp())
        UNION
        SELECT u.id FROM accounts_unit u JOIN led ON u.parent_id = led.unit_id
    )
"""


def units_led_by(person, at=None):
    """Ids of the units `person` heads at an instant, with everything below them."""
    with connection.cursor() as cursor:
        cursor.execute(f"{LED} SELECT unit_id FROM led", {"person": person.pk, "at": at})
        return {row[0] for row in cursor.fetchall()}


def people_led_by(person, at=None):
    """Ids of the people in the units `person` heads at an instant, themselves included."""
    return set(remembered(("people led", person.pk, at), lambda: _people_led(person, at)))


def _people_led(person, at):
    sql = f"""{LED}
        SELECT m.person_id FROM accounts_membership m JOIN led USING (unit_id)
        WHERE m.period @> coalesce(%(at)s::timestamptz, statement_timestamp())
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, {"person": person.pk, "at": at})
        return {row[0] for row in cursor.fetchall()} | {person.pk}


def home_unit(person, at=None):
    """The unit a person belongs to at an instant: as a member, else as a head. None if neither."""
    mine = Membership.objects.at(at).filter(person=person).select_related("unit")
    row = mine.order_by("-post", "pk").first()  # "member" stands behind "head"
    return row and row.unit


def head_of(unit, at=None):
    """The head of a unit at an instant, or None."""
    row = (
        Membership.objects.at(at)
        .filter(unit=unit, post=Membership.Post.HEAD)
        .select_related("person")
        .first()
    )
    return row.person if row else None


def supervisor_of(person, at=None):
    """The head above `person`: of the own team, else of the nearest unit above with another head."""
    unit = home_unit(person, at)
    while unit is not None:
        head = head_of(unit, at)
        if head is not None and head.pk != person.pk:
            return head
        unit = unit.parent
    return None


def able_head_above(person, fits=None):
    """The nearest head above a person who can answer now and passes `fits(head)`, or None."""
    head = supervisor_of(person)
    while head is not None and not (able_at(head) and (fits is None or fits(head))):
        head = supervisor_of(head)
    return head


def able_at(person, at=None):
    """Whether a person can answer at an instant: has access and is not absent."""
    if person is None or not person.has_access:
        return False
    return not person.absences.at(at).exists()


def members(unit, at=None):
    """People of one unit at an instant, the head first."""
    return (
        Person.objects.filter(
            Q(memberships__unit=unit) & Q(memberships__period__contains=at or StatementNow())
        )
        .distinct()
        .order_by("sort_key")
    )


def ancestors(unit):
    """The unit itself and all above it, nearest first; by parent, so also for a unit just moved."""
    line = []
    while unit is not None and unit.pk not in [above.pk for above in line]:
        line.append(unit)
        unit = Unit.objects.filter(pk=unit.parent_id).first()
    return line


def units_below(unit):
    """Ids of the unit and of everything below it."""
    return list(Unit.objects.descendants(unit, include_self=True).values_list("pk", flat=True))


@dataclass
class Branch:
    """A unit of the picture of the organisation: its head, its people, what lies below."""

    unit: Unit
    head: Person | None = None
    people: list = field(default_factory=list)
    branches: list = field(default_factory=list)


def picture():
    """The whole organisation as nested branches, in two statements; those who left are not in it."""
    branches = {unit.pk: Branch(unit) for unit in Unit.objects.with_tree_fields()}
    rows = Membership.objects.at().select_related("person").order_by("person__sort_key")
    for row in rows.exclude(person__state=Person.State.LEFT):
        branch = branches[row.unit_id]
        if row.post == Membership.Post.HEAD:
            branch.head = row.person
        else:
            branch.people.append(row.person)
    for branch in branches.values():
        if branch.unit.parent_id:
            branches[branch.unit.parent_id].branches.append(branch)
    return [branch for branch in branches.values() if not branch.unit.parent_id]


def belongs(unit):
    """Current memberships of a unit with their people, the head first."""
    rows = Membership.objects.at().filter(unit=unit).exclude(person__state=Person.State.LEFT)
    return rows.select_related("person").order_by("post", "person__sort_key")
