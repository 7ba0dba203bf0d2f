"""What happens when a departure is no secret any more: rights narrow, change sets are proposed, all
concerned are told. At once when the case opens, or when its confidential time ends, exactly once.
"""

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.access import Action, can
from accounts.audit import assign, record
from accounts.models import Notice, Person
from accounts.selectors.calendar import add_working_days
from accounts.service import service
from accounts.services import people
from accounts.services.notifications import addressee, notify
from crm.models import Change, ChangeSet
from crm.seats import Seat
from crm.services import company_changes
from crm.services.task_reminders import morning
from handover.models import Departure, HandoverTask
from handover.selectors import emergency, plan
from handover.services import handover_reminders
from kit import bulk, outbox
from kit.clock import database_now
from kit.dates import company_zone, today
from kit.errors import Conflict, Refused

ENDED = "departure.secret_over"
DAY_OVER = "departure.last_day_over"
RowState = Change.State
MOVED = (RowState.APPLIED, RowState.UNDONE, RowState.KEPT)
UNTOLD = (Departure.Kind.DISMISSAL, Departure.Kind.DEATH_ILLNESS)  # nobody is told by a notice


def is_secret(departure):
    """Whether a case is confidential at this moment."""
    return bool(departure.confidential_until and departure.confidential_until > database_now())


def post_end_of_secret(departure):
    """Let the outbox end the secret of an open case at its instant, or now where there is none."""
    if departure.state == Departure.State.OPEN and not departure.revealed_at:
        outbox.post(ENDED, due_at=departure.confidential_until, departure=departure.pk)


@outbox.handler(ENDED)
def secret_over(effect):
    """The confidential time of a case is over, or was moved, or the case has ended before."""
    departure = Departure.objects.select_related("opened_by").get(pk=effect.payload["departure"])
    if departure.state != Departure.State.OPEN or is_secret(departure):
        return
    end_secret(actor=Person.objects.system(), departure=departure, on_behalf_of=departure.opened_by)


@service(Action.DEPARTURE_RUN, on="departure")
def end_secret(*, actor, departure):
    """Make an open case known when its time has come; else, or a second time, nothing happens."""
    over = departure.state == Departure.State.OPEN and not departure.revealed_at
    record(departure)
    if over and not is_secret(departure):
        reveal(actor, departure)
    return departure


def reveal(actor, departure):
    """Narrow the leaver's rights, propose who takes over, and tell all concerned."""
    departure.revealed_at = database_now()
    freeze = emergency.in_force().filter(person=departure.person).first()
    departure.state_before = freeze.state_before if freeze else departure.person.state
    departure.version += 1
    departure.save()
    narrow(actor, departure)
    proposer = departure.opened_by if can(departure.opened_by, Action.DEPARTURE_RUN) else actor
    propose(proposer, departure, list(departure.customers.select_related("successor")))
    propose_other_seats(proposer, departure)
    handover_reminders.plan(departure)
    outbox.post(DAY_OVER, due_at=plan.ends_at(departure), departure=departure.pk)
    tell(departure)


@outbox.handler(DAY_OVER)
def last_day_over(effect):
    """Work has ended on the last day of a case: so does the access of who leaves.

    Where it must not end, for example of the last administrator, who runs the case is told, and
    told again every working day until it has ended.
    """
    departure = Departure.objects.select_related("opened_by").get(pk=effect.payload["departure"])
    try:
        end_access(actor=Person.objects.system(), departure=departure,
                   on_behalf_of=departure.opened_by)  # fmt: skip
    except Conflict:
        raise
    except Refused:
        notify("departure.access_stays", to="departure.runner", kind=Notice.Kind.ACTION,
               url=departure.get_absolute_url(), values={"departure": departure.pk},
               departure=departure.pk)  # fmt: skip
        tomorrow = morning(add_working_days(today(company_zone()), 1))
        outbox.post(DAY_OVER, due_at=tomorrow, departure=departure.pk)


@addressee("departure.runner")
def runner_when_sent(about):
    """Who runs an open case when the notice is sent."""
    departure = Departure.objects.filter(pk=about["departure"], state="open").first()
    return departure and handover_reminders.runner(departure)


@service(Action.DEPARTURE_RUN, on="departure")
def end_access(*, actor, departure):
    """Freeze who leaves, once their last day is over and the case still runs. Returns the departure.

    The account is closed with the case; until then others answer for whatever is still held.
    """
    over = departure.state == Departure.State.OPEN and plan.ends_at(departure) <= database_now()
    here = departure.person.has_access and departure.kind not in Departure.STAYS
    record(departure)
    if over and here:
        departure.person = people.set_state(
            actor=actor, person=departure.person, state=Person.State.FROZEN,
            reason=reason_of(departure),
        )  # fmt: skip
    return departure


def narrow(actor, departure):
    """Whoever leaves is on notice from now on; who stays with the company keeps their rights."""
    leaver = departure.person
    if departure.kind not in Departure.STAYS and leaver.state == Person.State.ACTIVE:
        departure.person = people.set_state(
            actor=actor, person=leaver, state=Person.State.ON_NOTICE, reason=reason_of(departure)
        )


def reason_of(departure):
    """What the trail says why: the case, and nothing of its kind."""
    return _("Departure case #%(number)s") % {"number": departure.pk}


def propose(actor, departure, rows, seat=Seat.ACCOUNT_MANAGER):
    """Propose the successors of some rows of one seat as one change set, and note which change is whose.

    Without a successor an account manager's seat waits; any other seat ends empty. Who gets the seat
    by a plan of before needs no proposal.
    """
    ends = seat != Seat.ACCOUNT_MANAGER
    known = departure.seats.filter(seat=seat) if ends else departure.customers
    ready = set(known.filter(plan.in_the_seat(departure, seat)).values_list("customer", flat=True))
    takers = {row.customer_id: row.successor for row in rows
              if (ends or row.successor_id) and row.customer_id not in ready}  # fmt: skip
    change_set = proposed(actor, departure, takers, seat)
    waiting = change_set.changes.filter(state=RowState.WAITING) if change_set else ()
    changes = {one.customer_id: one for one in waiting}
    for row in rows:
        row.change = changes.get(row.customer_id)
    bulk.update(rows, ["change"])


def proposed(actor, departure, takers, seat):
    """A change set of the company for one seat of the leaver; None where there is nothing in it."""
    if not takers:
        return None
    change_set = company_changes.propose(
        actor=actor, giver=departure.person, takers=takers, seat=seat,
        effective_at=plan.ends_at(departure), note=reason_of(departure),
    )  # fmt: skip
    if change_set is not None:
        departure.change_sets.add(change_set)
    return change_set


def propose_other_seats(actor, departure):
    """Backups and specialists of the service line are replaced too, as the plan has it.

    Of a key-account team those with a duty are replaced; it goes on without the others.
    """
    by_seat = {}
    for row in departure.seats.select_related("successor"):
        by_seat.setdefault(Seat(row.seat), []).append(row)
    for seat, rows in by_seat.items():
        propose(actor, departure, rows, seat)


def tell(departure):
    """Tell whoever has something to do in the case; for some kinds a person speaks first."""
    tasks = HandoverTask.objects.filter(departure=departure).exclude(person=None)
    told = set(tasks.values_list("person", flat=True)) - {departure.opened_by_id}
    if departure.kind in UNTOLD:
        told.discard(departure.person_id)
    for person in sorted(told):
        notify("departure.opened", to=person, url=departure.get_absolute_url(),
               values={"departure": departure.pk})  # fmt: skip


# -- changed and taken back ------------------------------------------------------------------------
def refuse_moved(rows):
    """Customers who have changed hands already are handed on like any other."""
    changes = Change.objects.filter(pk__in=[row.change_id for row in rows if row.change_id])
    running = Q(change_set__state=ChangeSet.State.RUNNING)
    if changes.filter(Q(state__in=MOVED) | running).exists():
        raise Conflict(_("Some of these customers have changed hands already."))


def propose_again(actor, departure, rows, seat=Seat.ACCOUNT_MANAGER):
    """Take rows out of the sets that wait for them, and propose them anew."""
    waiting = [row.change for row in rows if row.change_id and row.change.state == RowState.WAITING]
    by_set = {}
    for change in waiting:
        if change.change_set.state in company_changes.ENDABLE:
            by_set.setdefault(change.change_set, []).append(change.customer_id)
    for change_set, customers in by_set.items():
        company_changes.leave_out(actor=actor, change_set=change_set, customers=customers)
    for row in rows:
        row.change = None
    propose(actor, departure, rows, seat)


def take_back(actor, departure):
    """The person stays: the sets that wait are cancelled, the rights come back."""
    sets = departure.change_sets.order_by("pk")
    if sets.exclude(
        state__in=[*company_changes.ENDABLE, "refused", "cancelled", "stopped"]
    ).exists():
        raise Conflict(_("Customers have changed hands already. Undo that first."))
    for change_set in sets.filter(state__in=company_changes.ENDABLE):
        company_changes.cancel(actor=actor, change_set=change_set)
    if departure.revealed_at and departure.kind not in Departure.STAYS:
        give_back(actor, departure)


def give_back(actor, departure):
    """The leaver's state is again what it was before the case; after a lift, where they are frozen."""
    leaver, before = departure.person, departure.state_before or Person.State.ACTIVE
    freeze = emergency.in_force().filter(person=leaver).select_for_update().first()
    if freeze is not None and freeze.state_before != before:
        record(freeze, assign(freeze, {"state_before": before}))
        freeze.save()
    over = plan.ends_at(departure) <= database_now()
    taken = {Person.State.ON_NOTICE, Person.State.FROZEN} if over else {Person.State.ON_NOTICE}
    if freeze is None and leaver.state in taken and leaver.state != before:
        people.set_state(
            actor=Person.objects.system(), on_behalf_of=actor, person=leaver, state=before,
            reason=reason_of(departure),
        )  # fmt: skip
