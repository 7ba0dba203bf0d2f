"""Change sets as they are read: their rows, what they rest on, who may decide about them."""

import hashlib
from collections import defaultdict
from collections.abc import Callable

from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q

from accounts.access import Action, Reach, Role, reach
from accounts.models import Absence, Person
from accounts.selectors.org import people_led_by
from crm.models import Change, ChangeSet, Customer
from crm.scopes import GONE
from crm.seats import FROM_THE_WHOLE_COMPANY, Seat
from crm.selectors import capacity
from crm.selectors.ownership import people_for, roles_for
from kit.clock import StatementNow

State, RowState = ChangeSet.State, Change.State
# From these on the seats of a set are reserved, until it ends.
PENDING = [State.APPROVED, State.SCHEDULED, State.RUNNING]
# Origin → function that gives tier → the least Reach of who decides about a new account manager
# there; apps above this one join it.
LEVELS: dict[str, Callable[[], dict]] = {}

SEATS_NOW = """
    SELECT c.id, coalesce((
        SELECT string_agg(concat_ws(':', a.id, a.seat, a.person_id, lower(a.period), upper(a.period)),
                          ',' ORDER BY a.id)
        FROM crm_assignment a
        WHERE a.customer_id = c.id AND coalesce(upper(a.period), 'infinity') > statement_timestamp()
    ), '')
    FROM unnest(%s::bigint[]) c(id) ORDER BY c.id
"""
WORK_NOW = """
    SELECT t.customer_id, string_agg(concat_ws(':', t.id, t.person_id), ',' ORDER BY t.id)
    FROM crm_task t WHERE t.customer_id = ANY(%s) AND t.state = 'open'
    GROUP BY t.customer_id ORDER BY t.customer_id
"""


def rows_of(change_set):
    """The rows that are still part of a set, in the order in which they are carried out."""
    return still_in(change_set.changes).order_by("customer_id", "seat")


def still_in(rows):
    """Of some rows those that nobody has taken out of their set."""
    return rows.exclude(state__in=[RowState.LEFT_OUT, RowState.DECLINED])


def fingerprint(change_set, *, work=True):
    """SHA-256 over everything that a set rests on: seats, open work, absences, states and limits.

    work: with the open tasks. They follow their customer whatever they are, so that they count when
    somebody decides, and not any more when the set begins (docs/adr/0008).
    """
    return digest("\n".join(basis(change_set, work=work).values()))


def basis(change_set, *, work=True):
    """What the fingerprint is taken of: the words of the pages for it → a text."""
    rows = list(rows_of(change_set).values_list("customer_id", "seat", "giver_id", "taker_id"))
    customers = sorted({row[0] for row in rows})
    people = sorted({pk for row in rows for pk in row[2:] if pk})
    parts = {
        "rows": repr(rows), "seats": repr(asked(SEATS_NOW, customers)), "people": repr(facts_of(people)),
    }  # fmt: skip
    return parts | ({"work": repr(asked(WORK_NOW, customers))} if work else {})


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


def asked(sql, ids):
    with connection.cursor() as cursor:
        cursor.execute(sql, [ids])
        return cursor.fetchall()


def facts_of(people):
    """What a set rests on of people: state, absences that are not over, and limits."""
    states = Person.objects.filter(pk__in=people).order_by("pk").values_list("pk", "state")
    away = Absence.objects.filter(person__in=people).order_by("pk")
    away = away.values_list("pk", "person", "period")
    limits = capacity.limits(people)
    return list(states), [(*row[:2], str(row[2])) for row in away], sorted(limits.items())


# -- who may ---------------------------------------------------------------------------------------
def proposable(actor):
    """Customers whose seats a person may propose to change."""
    return Customer.objects.visible_to(actor, Action.SEAT_ASSIGN)


def beyond_giving(actor, change_set):
    """Rows of customers that the actor may not, or not any more, give away."""
    return rows_of(change_set).exclude(customer__in=proposable(actor).values("pk"))


def fits(person, seat):
    """Whether the role of a person fits a seat."""
    return bool(set(roles_for(seat)) & set(person.roles))


def takers(seat, q=""):
    """People who can be proposed for a seat: active, and with a role that fits."""
    people = people_for(seat)
    return people.filter(search_key__contains=q) if q else people


def beyond_reach(actor, change_set):
    """Ids of people of a set whom the actor does not lead: somebody who does has to approve.

    Receivers, and account managers who give: a backup in one's team is no reason to take a customer.
    """
    if reach(actor, Action.SEAT_ASSIGN) == Reach.ALL:
        return set()
    rows = rows_of(change_set).exclude(seat__in=FROM_THE_WHOLE_COMPANY)
    people = set(rows.exclude(taker=None).values_list("taker_id", flat=True))
    managed = rows.filter(seat=Seat.ACCOUNT_MANAGER).exclude(giver=None)
    people |= set(managed.values_list("giver_id", flat=True))
    return people - people_led_by(actor)


def asks_approval(actor, change_set):
    """Why somebody else has to approve: codes of the rules; empty where nobody has to."""
    rules, rows = capacity.rules(), rows_of(change_set)
    why = []
    if rows.count() > rules.approval_rows:
        why.append("many")
    if rules.approval_tier:
        dear = Q(customer__tier__gt="", customer__tier__lte=rules.approval_tier)
        if rows.filter(dear, seat=Seat.ACCOUNT_MANAGER).exclude(giver=None).exists():
            why.append("tier")
    if rows.filter(above(reach(actor, Action.SEAT_ASSIGN))).exists():
        why.append("level")
    if beyond_reach(actor, change_set):
        why.append("beyond")
    return why


def above(width):
    """The rows, as a Q, about whose customers somebody of more reach than this decides."""
    rows = Q(pk__in=[])
    for origin, levels in LEVELS.items():
        tiers = [tier for tier, least in levels().items() if least > width]
        rows |= Q(change_set__origin=origin, seat=Seat.ACCOUNT_MANAGER, customer__tier__in=tiers)
    return rows


def may_approve(person, change_set):
    """Whether a person may decide about a set, by the same rule as the list of all that waits."""
    return approvable(person, ChangeSet.objects.filter(pk=change_set.pk)).exists()


def approvable(person, change_sets):
    """Of some sets those that a person may decide about: one statement for any number of them.

    Neither proposer nor giver nor receiver decides, and only who reaches every customer, leads every
    receiver, and stands as high as the origin of the set asks for.
    """
    width = reach(person, Action.SEAT_ASSIGN)
    if width == Reach.NONE:
        return change_sets.none()
    rows = still_in(Change.objects.filter(change_set=OuterRef("pk")))
    found = change_sets.exclude(made_by=person)
    found = found.exclude(Exists(rows.filter(Q(giver=person.pk) | Q(taker=person.pk))))
    if width == Reach.ALL:
        return found
    taken = rows.exclude(seat__in=FROM_THE_WHOLE_COMPANY).exclude(taker=None)
    reached = Change.objects.filter(pk=OuterRef("pk")).visible_to(person, Action.SEAT_ASSIGN)
    found = found.exclude(Exists(taken.exclude(taker__in=people_led_by(person))))
    if LEVELS:
        found = found.exclude(Exists(rows.filter(above(width))))
    return found.exclude(Exists(rows.exclude(Exists(reached))))


def may_take_back(person, change_set):
    """Whether a person proposed or decided a set, or may decide it: who goes on with it or undoes it."""
    own = person.pk in (change_set.made_by_id, change_set.decided_by_id)
    return own or Role.SYSTEM in person.roles or may_approve(person, change_set)


def unanswered():
    """Rows whose receivers have to say yes and have not: new account managers who did not decide it."""
    rows = Change.objects.filter(state=RowState.WAITING, accepted_at=None)
    own = Q(taker=F("change_set__made_by")) | Q(taker=F("change_set__decided_by"))
    return rows.filter(seat=Seat.ACCOUNT_MANAGER).exclude(taker=None).exclude(own)


def asks_acceptance(change_set):
    """Rows of a set whose receivers have to say yes."""
    return unanswered().filter(change_set=change_set)


def waiting_for(person):
    """Rows that wait for a person's own yes."""
    return unanswered().filter(change_set__state=State.APPROVED, taker=person)


def to_answer(person):
    """Rows that a person may answer: the own ones, and those of people they lead who stayed silent.

    Nobody answers for a receiver of their own proposal.
    """
    led = people_led_by(person) - {person.pk}
    silent = Q(change_set__accept_by__lte=StatementNow()) | Q(taker__state__in=GONE)
    late = Q(taker__in=led) & silent
    late &= ~Q(change_set__made_by=person)
    rows = unanswered().filter(change_set__state=State.APPROVED)
    return rows.filter(Q(taker=person) | late)


def pending_at(customer):
    """What is on its way at a customer."""
    rows = Change.objects.filter(customer=customer, state=RowState.WAITING)
    return rows.filter(change_set__state__in=[State.PROPOSED, *PENDING]).select_related(
        "change_set", "giver", "taker"
    )


def pending_seen(viewer, customer):
    """The same as far as `viewer` sees it; most customers have none, so that is asked first."""
    rows = pending_at(customer)
    return rows.visible_to(viewer) if rows.order_by().exists() else rows.none()


def counts(change_set, rows=None):
    """Row state → how many."""
    rows = change_set.changes if rows is None else rows
    return dict(rows.order_by().values_list("state").annotate(Count("pk")))


def counts_of(change_sets, rows):
    """Key of a set → row state → how many of `rows`, in one statement for all the sets."""
    found = defaultdict(dict)
    rows = rows.filter(change_set__in=[one.pk for one in change_sets]).order_by()
    for key, state, count in rows.values_list("change_set", "state").annotate(Count("pk")):
        found[key][state] = count
    return found


def tiers(rows):
    """Tier of the customer → how many of some rows."""
    return dict(rows.order_by().values_list("customer__tier").annotate(Count("pk")))
