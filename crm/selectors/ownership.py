"""Who holds which seat, who answers now, and who answered then."""

from dataclasses import dataclass

from django.db.models import Exists, Max, Min, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import POWERS, Action, Power, Reach, Role, reach
from accounts.models import Absence, Person, TrailEntry
from accounts.selectors.org import able_at, head_of, home_unit, people_led_by
from crm.models import Assignment
from crm.seats import FROM_THE_WHOLE_COMPANY, SINGLE_SEATS, Reason, Seat
from crm.selectors.explain import as_of
from kit import names
from kit.clock import database_now


def holder(customer, seat=Seat.ACCOUNT_MANAGER, at=None):
    """The person in a single seat of a customer at an instant (default: now), or None."""
    row = (
        Assignment.objects.at(at).filter(customer=customer, seat=seat).select_related("person")
    ).first()
    return row.person if row else None


def seats(customer, at=None):
    """All seats held at an instant, the account manager first."""
    order = {seat: place for place, seat in enumerate(Seat.values)}
    rows = Assignment.objects.at(at).filter(customer=customer).select_related("person")
    return sorted(rows, key=lambda row: (order[row.seat], row.person.sort_key))


def acting_for(customer, at=None):
    """Who answers instead of the account manager at an instant; None while that one can.

    The backup if able, else the head of the account manager's team (of the customer's unit when
    nobody holds the seat), else the head above. Nobody gets a seat by this. Nobody acted before
    anything was recorded.
    """
    if at is not None and at < known_since(customer):
        return None
    manager = holder(customer, Seat.ACCOUNT_MANAGER, at)
    if able(manager, at):
        return None
    backup = holder(customer, Seat.BACKUP, at)
    if able(backup, at):
        return backup
    unit = (home_unit(manager, at) if manager else None) or then(customer, at).home_unit
    while unit is not None:
        head = head_of(unit, at)
        if head is not None and head != manager and able(head, at):
            return head
        unit = unit.parent
    return None


def known_since(customer):
    """The instant from which on something is recorded: the first seat, or the customer's creation."""
    seats = Assignment.objects.filter(customer=customer)
    first = seats.aggregate(first=Min("period__startswith"))["first"]
    return min(filter(None, [first, customer.created_at]))


def able(person, at):
    """Whether a person could answer at an instant, in the state of then."""
    return person is not None and able_at(then(person, at), at)


def then(row, at):
    """A person or customer as field history knew it at an instant; now is the row itself."""
    return row if at is None else as_of(row, at)


def answers_for(customer, at=None):
    """The one person who answers for the customer at an instant: manager or acting."""
    return acting_for(customer, at) or holder(customer, Seat.ACCOUNT_MANAGER, at)


@dataclass
class Step:
    """One stretch of the history of a seat. `person` is None where nobody held it.

    why, note, by: how it came about; of a gap only after `tell_gaps`, where that is known at all.
    """

    seat: str
    person: Person | None
    start: object
    end: object
    assignment: Assignment | None = None
    ended: Assignment | None = None  # of a gap: what it followed
    why: str = ""
    note: str = ""
    by: Person | None = None

    @property
    def reason(self):
        return Reason(self.why).label if self.why in Reason.values else ""


def history(customer, seat):
    """The stretches of one seat from its first holder on, gaps included, oldest first."""
    return steps_of(seat, every_assignment(customer).filter(seat=seat))


def every_assignment(customer):
    """All that was ever held at a customer, oldest first."""
    rows = Assignment.objects.filter(customer=customer).select_related("person", "made_by")
    return rows.order_by("period", "pk")


def steps_of(seat, rows):
    """The stretches out of the assignments of one seat, oldest first."""
    steps = []
    for row in rows:
        if seat != Seat.KEY_ACCOUNT_MEMBER and steps and steps[-1].end != row.period.lower:
            steps.append(gap(steps[-1], row.period.lower))
        steps.append(
            Step(seat, row.person, row.period.lower, row.period.upper, row, why=row.reason,
                 note=row.note, by=row.made_by)
        )  # fmt: skip
    if steps and steps[-1].end is not None and seat != Seat.KEY_ACCOUNT_MEMBER:
        steps.append(gap(steps[-1], None))
    return steps


def gap(before, until):
    """The stretch after another one in which nobody holds its seat."""
    return Step(before.seat, None, before.end, until, ended=before.assignment)


def tell_gaps(steps):
    """Say of the gaps among `steps` who left the seat empty and why, by the trail of the customer.

    A history that was imported has no such entry: what its record says of itself counts then.
    """
    gaps = [step for step in steps if step.ended]
    keys = [str(step.ended.pk) for step in gaps]
    rows = TrailEntry.objects.filter(subject_type="crm.assignment", subject_id__in=keys)
    ends = {}
    for entry in rows.order_by("pk"):
        ends |= {(entry.subject_id, seat): entry for seat in leavers(entry)}
    people = Person.objects.in_bulk({e.on_behalf_of_id or e.actor_id for e in ends.values()})
    for step in gaps:
        entry = ends.get((str(step.ended.pk), step.seat))
        if entry is not None:
            step.by = people.get(entry.on_behalf_of_id or entry.actor_id)
            step.why, step.note = (
                entry.changes.get(name, [None, ""])[1] for name in ("why", "note")
            )
            step.note = step.note or entry.reason or risen(entry)
        elif step.ended.reason == Reason.IMPORT:
            step.why, step.by = step.ended.reason, step.ended.made_by
    return steps


def leavers(entry):
    """The seats that an entry of the trail says were given up."""
    return [seat for seat in Seat.values if (entry.changes.get(seat) or [None, 0])[1] is None]


RISING = {"ownership.assign", "changeset_run.apply", "changeset_undo.take_back"}


def risen(entry):
    """Words for a seat that was left for a better one."""
    return _("took another seat") if entry.verb in RISING else ""


def held_by(person, at=None):
    """Everything a person holds at an instant, with its customer."""
    return Assignment.objects.at(at).filter(person=person).select_related("customer")


def vacant(customers, at=None):
    """Customers of a queryset that nobody holds as account manager at an instant."""
    held = Assignment.objects.at(at).filter(customer=OuterRef("pk"), seat=Seat.ACCOUNT_MANAGER)
    return customers.filter(~Exists(held))


def planned(customer):
    """Starts and ends of seats that lie ahead, the next first; an end that a start brings is left out."""
    now = database_now()
    rows = list(Assignment.objects.filter(customer=customer).select_related("person", "made_by"))
    starts = [row for row in rows if row.period.lower > now]
    brought = {(row.seat, row.period.lower) for row in starts}
    brought |= {(row.person_id, row.period.lower) for row in starts}
    ends = [
        row for row in rows
        if row.period.lower <= now and row.period.upper and row.period.upper > now
        and not brought & {(row.seat, row.period.upper), (row.person_id, row.period.upper)}
    ]  # fmt: skip
    plans = [Plan(row, row.period.lower, True) for row in starts]
    plans += [Plan(row, row.period.upper, False) for row in ends]
    return sorted(plans, key=lambda plan: plan.at)


@dataclass
class Plan:
    """A start or an end of a seat that lies ahead."""

    assignment: Assignment
    at: object
    starts: bool


def stretches(customer):
    """The history of all seats, oldest first, by seat in the order of the page."""
    rows = list(every_assignment(customer))
    return {seat: steps_of(seat, [row for row in rows if row.seat == seat]) for seat in Seat}


def lanes(stretches):
    """Rows of the picture: one lane a seat, one a member of the key-account team."""
    found = []
    for seat, parts in stretches.items():
        spells = [
            {"person": one.person, "start": one.start, "end": None if ahead(one.end) else one.end}
            for one in parts
            if one.person and not ahead(one.start)
        ]
        if seat == Seat.KEY_ACCOUNT_MEMBER:
            for person in {spell["person"]: None for spell in spells}:
                own = [spell for spell in spells if spell["person"] == person]
                found.append({"label": seat.label, "spells": own})
        elif spells:
            found.append({"label": seat.label, "spells": spells})
    return found


def ahead(instant):
    """Whether an instant has not come yet."""
    return instant is not None and instant > timezone.now()


def latest(customer):
    """The key of the latest change of seats, 0 before the first: what a form knew when it was made."""
    return Assignment.objects.filter(customer=customer).aggregate(last=Max("pk"))["last"] or 0


def made_by_form(actor, customer, seat, said):
    """What this very form has made already, sent a first time; None if it has not.

    said: cleaned data of AssignForm. Only the actor's own change counts, made after the form was
    shown, still in force and alike in everything.
    """
    if said["seen"] is None:
        return None
    rows = Assignment.objects.filter(
        customer=customer, seat=seat, person=said["person"], made_by=actor, pk__gt=said["seen"],
        reason=said["why"], note=said["note"], period__upper_inf=True,
    )  # fmt: skip
    at = said["at"]
    return (rows.filter(period__startswith=at) if at else rows.current()).first()


def fitting(actor, seat):
    """People whom `actor` may put into such a seat: active, fitting, within reach."""
    people = people_for(seat)
    if seat not in FROM_THE_WHOLE_COMPANY and reach(actor, Action.SEAT_ASSIGN) < Reach.ALL:
        people = people.filter(pk__in=people_led_by(actor))
    return people


def receivers(actor, customer, seat, q=""):
    """Of these, the ones a seat of `customer` is offered to: not who holds it or a better one."""
    people = fitting(actor, seat)
    taken = Q(seat=seat) | Q(seat=Seat.ACCOUNT_MANAGER) if seat in SINGLE_SEATS else Q(seat=seat)
    held = Assignment.objects.at().filter(taken, customer=customer)
    people = people.exclude(pk__in=held.values("person"))
    return people.filter(search_key__contains=names.fold(q)) if q else people


def people_for(seat):
    """People whom a seat may be given to, whoever gives it: active, with a role that fits."""
    people = Person.objects.filter(state=Person.State.ACTIVE, roles__overlap=roles_for(seat))
    return people.exclude(username="system")


def roles_for(seat):
    """The roles that fit a seat."""
    return [Role.SERVICE] if seat == Seat.SERVICE_LINE else roles_with(Action.ACTIVITY_LOG)


def roles_with(action):
    """Roles whose power for an action is not nothing."""
    none = Power(Reach.NONE)
    return [role for role, row in POWERS.items() if row.get(action, none).reach != Reach.NONE]


def away(people):
    """Ids of those of `people` who are absent now."""
    rows = Absence.objects.at().filter(person__in=people)
    return set(rows.values_list("person", flat=True))
