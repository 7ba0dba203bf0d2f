"""Departments, teams and who belongs to them since when.

Every membership begins and ends at an instant of the database clock, read after the rows are
locked and later than every start behind it: two changes within a second both leave a period.
"""

from datetime import timedelta

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _
from psycopg2.extras import DateTimeTZRange

from accounts.access import Action, Role
from accounts.audit import assign, record, record_many
from accounts.models import Membership, Unit
from accounts.selectors.org import ancestors
from accounts.service import lock, only, service
from kit import bulk
from kit.clock import database_now
from kit.dates import plausible
from kit.errors import Conflict, Refused
from kit.versions import unchanged

NAMES = {"name", "name_zh", "kind", "function", "position"}
POST = Membership.Post
TREE = 4_801  # key of the lock under which the tree changes its shape


@service(Action.ORG_EDIT)
def create_unit(*, actor, parent, values):
    """Add a unit under `parent` (None only for the first unit, the company). Returns the unit."""
    if parent is None and Unit.objects.exists():
        raise Refused(_("Choose the unit it belongs to"), field="parent")
    values = checked(values)
    if Unit.objects.filter(parent=parent, name__iexact=values["name"].strip()).exists():
        raise Refused(_("There is a unit of this name here already"), field="name")
    unit = Unit.objects.create(parent=parent, **values)
    record(unit, {"parent": (None, parent)} | {name: (None, new) for name, new in values.items()})
    return unit


@service(Action.ORG_EDIT, on="unit")
def rename(*, actor, unit, values, version=None):
    """Change names, kind, function or position of a unit. version: the tag of NAMES that was seen."""
    unchanged(unit, NAMES, version)
    changes = assign(unit, checked(values))
    unit.save()
    record(unit, changes)
    return unit


@service(Action.ORG_EDIT)
def move(*, actor, unit, parent):
    """Hang a unit with all below it under another one; never under itself.

    Two moves at once could close a circle together: the tree is locked first, then the unit.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TREE])
    unit = lock(unit)
    if unit.parent_id is None or parent is None:
        raise Refused(_("The company stays on top."), field="parent")
    parent = Unit.objects.get(pk=parent.pk)  # as it is now that the tree is locked
    if unit.pk in [above.pk for above in ancestors(parent)]:
        raise Refused(_("A unit cannot lie below itself."), field="parent")
    if unit.parent_id == parent.pk:
        raise Refused(_("The unit belongs there already."), field="parent")
    changes = assign(unit, {"parent": parent})
    unit.save()
    record(unit, changes)
    return unit


@service(Action.ORG_EDIT, on="unit", people=("person",))
def set_head(*, actor, unit, person, since=None):
    """Make `person` the head of a unit from now on, or leave it without one (None).

    The head before becomes a member, unless they lead or belong to another unit; the new head
    gives up being a member elsewhere. `since`: see `instant`.
    """
    able(person)
    if person is not None and person.state != person.State.ACTIVE:
        raise Refused(_("Whoever is on notice or frozen cannot head a unit."), field="person")
    before = current(unit=unit, post=POST.HEAD).first()
    if before is not None and person is not None and before.person_id == person.pk:
        raise Conflict(_("This person heads the unit already."))
    ending = [row for row in [before] if row]
    ending += list(current(person=person, post=POST.MEMBER)) if person else []
    if not ending and person is None:
        raise Conflict(_("Nobody heads this unit now."))
    at = instant(ending, since, actor)
    close(ending, at)
    if before is not None and not current(person=before.person).exists():
        starting(unit, before.person, POST.MEMBER, at).save()
    if person is None:
        record(unit, {"head": (before.person_id, None)})
    else:
        insert([starting(unit, person, POST.HEAD, at)])
    return unit


@service(Action.ORG_EDIT, on="unit", people=("person",))
def join(*, actor, unit, person, since=None):
    """Make `person` a member of a unit from now on; another membership ends at that instant."""
    able(person)
    return enter(actor, unit, person, since)


def enter(actor, unit, person, since=None):
    """Begin a membership inside a running verb, without asking again who may."""
    if current(unit=unit, person=person).exists():
        raise Conflict(_("This person belongs to the unit already."))
    before = list(current(person=person, post=POST.MEMBER))
    at = instant(before, since, actor)
    close(before, at)
    return insert([starting(unit, person, POST.MEMBER, at)])[0]


def insert(memberships, when=None):
    """Write memberships inside a running verb, also whole histories. Returns them.

    memberships: unsaved, of members and heads; the database refuses those that overlap. when: the
    instant each is claimed for, a function of the membership; None is now.
    """
    bulk.insert(memberships)
    starts = [row.period.lower for row in memberships]
    of_them = Q(unit__in=[row.unit_id for row in memberships])
    of_them |= Q(person__in=[row.person_id for row in memberships])
    ended = Membership.objects.filter(of_them, period__endswith__in=starts)
    before = {(post(row), row.period.upper): row for row in ended}
    record_many([
        entry(row, before.get((post(row), row.period.lower))) | {"happened_at": when and when(row)}
        for row in memberships
    ])  # fmt: skip
    return memberships


def post(row):
    """What one membership hands to the next: the head of a unit, the home of a person."""
    return (row.post, row.unit_id if row.post == POST.HEAD else row.person_id)


def entry(row, before):
    """What the trail tells of a new membership: who became head instead of whom, who moved."""
    if row.post == POST.HEAD:
        changes = {"head": (before and before.person_id, row.person_id)}
        return {"subject": row.unit, "changes": changes}
    changes = {"person": (None, row.person_id), "unit": (before and before.unit_id, row.unit_id)}
    return {"subject": row, "changes": changes}


@service(Action.ORG_EDIT, on="unit", people=("person",))
def leave(*, actor, unit, person):
    """End the membership of `person` in a unit, as a member or as its head, now."""
    rows = list(current(unit=unit, person=person))
    if not rows:
        raise Conflict(_("This person does not belong to the unit."))
    close(rows, instant(rows))
    for row in rows:
        record(row, {"person": (person.pk, None), "unit": (unit, None)})
    return unit


def current(**which):
    """Memberships without an end, locked."""
    return Membership.objects.select_for_update().filter(period__upper_inf=True, **which)


def instant(rows, since=None, actor=None):
    """The instant of a change: the database clock, later than every start it ends.

    `since`, an instant in the past, is for the company's own acts (import, first set-up) alone.
    """
    latest = max((row.period.lower for row in rows), default=None)
    if since is not None:
        if Role.SYSTEM not in actor.roles:
            raise Refused(_("Changes of the organisation count from now on."))
        if not plausible(since.date()):
            raise Refused(_("This day lies too far away"), field="since")
        if latest is not None and since <= latest:
            raise Conflict(_("A later change is already recorded."))
        return since
    now = database_now()
    return now if latest is None else max(now, latest + timedelta(microseconds=1))


def close(rows, at):
    """End memberships at an instant."""
    for row in rows:
        row.period = DateTimeTZRange(row.period.lower, at, "[)")
        row.save()


def starting(unit, person, post, at):
    """An unsaved membership without an end, from an instant on."""
    period = DateTimeTZRange(at, None, "[)")
    return Membership(unit=unit, person=person, post=post, period=period)


def able(person):
    """Whoever has left belongs to no unit; the company itself never does."""
    if person is not None and (person.state == person.State.LEFT or Role.SYSTEM in person.roles):
        raise Refused(_("This person does not work here now."), field="person")


def checked(values):
    """Only fields of NAMES, with a name."""
    values = only(values, NAMES)
    if "name" in values and not values["name"].strip():
        raise Refused(_("Enter the name"), field="name")
    return values
