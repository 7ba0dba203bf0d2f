"""What a change set would do, and what speaks against it, before anything is done.

Three kinds of warnings: a *stop* must be resolved or left out, a *check* needs a reason, a *note* is
to know.
"""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from crm.models import Assignment, Change, ChangeSet, Customer, Link, Position, Task
from crm.seats import SINGLE_SEATS, Duty, Seat
from crm.selectors import capacity, key_accounts
from crm.selectors import changesets as ask
from kit import guards
from kit.clock import database_now

STOP, CHECK, NOTE = "stop", "check", "note"
OFTEN = timedelta(days=90)
# What the single verb asks too, but for what an approver decides, and for a load that is counted here.
# Origin → functions (rows, facts) that give the warnings only such sets have; apps above join them.
FURTHER: dict[str, list] = defaultdict(list)
# Origin → function that gives code → level, None for no warning, of what every set has but such sets
# weigh by a policy of their own.
WEIGHED: dict[str, Callable[[], dict]] = {}
AWAY = (
    "receiver_is_absent"  # the guard that a policy may weigh; that one cannot receive at all stops
)
NOT_ASKED = {"receiver_is_beyond_reach", "somebody_else_decides", "receiver_is_over_capacity"}


@dataclass
class Warned:
    """One warning, about a row of a customer or about a person."""

    level: str
    code: str
    text: str
    change: Change | None = None
    person: Person | None = None


@dataclass
class Shift:
    """What a person carries before and after, in points, and what they can carry."""

    person: Person
    before: object
    after: object
    limit: int

    @property
    def is_over(self):
        return self.after > self.limit


@dataclass
class Preview:
    """A change set as its proposer or approver sees it before deciding."""

    change_set: object
    rows: list
    warnings: list
    loads: list
    follows: dict  # what follows the customers: words → count
    asks: list  # codes of the rules that ask for somebody else's approval
    seen: str  # the fingerprint
    by_row: dict = field(default_factory=dict)  # id of the row → its warnings

    def of(self, level):
        return [one for one in self.warnings if one.level == level]

    @property
    def ready(self):
        """Rows without a stop or a check."""
        return [row for row in self.rows
                if not any(one.level != NOTE for one in self.by_row.get(row.pk, ()))]  # fmt: skip


def plan(actor, change_set):
    """The Preview of a change set, with its fingerprint."""
    seen = ask.fingerprint(change_set)
    rows = list(ask.rows_of(change_set).select_related("customer", "giver", "taker"))
    facts = Facts(actor, change_set, rows)
    warnings = [one for row in rows for one in of_row(row, facts)] + of_people(facts)
    warnings = weighed(warnings, change_set)
    for further in FURTHER[change_set.origin]:
        warnings += further(rows, facts)
    by_row = defaultdict(list)
    for one in warnings:
        if one.change:
            by_row[one.change.pk].append(one)
    return Preview(
        change_set, rows, warnings, list(facts.loads.values()), follows(actor, change_set, rows),
        ask.asks_approval(change_set.made_by, change_set), seen, by_row,
    )  # fmt: skip


def weighed(warnings, change_set):
    """The warnings as the policy of sets of this origin weighs them."""
    levels = WEIGHED[change_set.origin]() if change_set.origin in WEIGHED else {}
    for one in warnings:
        one.level = levels.get(one.code, one.level)
    return [one for one in warnings if one.level]


def stops(actor, change_set):
    """How many warnings stop a set, and how many have to be explained."""
    levels = Counter(one.level for one in plan(actor, change_set).warnings)
    return levels[STOP], levels[CHECK]


class Facts:
    """What the warnings ask about all rows at once."""

    def __init__(self, actor, change_set, rows):
        self.actor, self.change_set, self.now = actor, change_set, database_now()
        self.at = change_set.effective_at or self.now
        ids = [row.customer_id for row in rows]
        self.held, self.later = self.seats(ids)
        self.pending = self.on_their_way(change_set, ids)
        self.moved = self.moved_often(ids)
        self.known = key_accounts.known_by(ids)
        self.refused = self.receivers_refused(rows)
        self.loads = self.loads_of(rows)

    def seats(self, ids):
        """Customer → seat → people now; and the (customer, seat) with a plan ahead."""
        held, later = defaultdict(lambda: defaultdict(list)), set()
        self.coming = set()  # (customer, person) with a single seat there after the instant
        self.duties = {}  # (customer, member of its team) → duty
        rows = Assignment.objects.filter(customer__in=ids).filter(
            Q(period__endswith__isnull=True) | Q(period__endswith__gt=self.now)
        )
        for row in rows:
            if row.period.lower > self.now or row.period.upper:
                later.add((row.customer_id, row.seat))
            if row.period.lower >= self.at and row.seat in SINGLE_SEATS:
                self.coming.add((row.customer_id, row.person_id))
            if row.period.lower <= self.now:
                held[row.customer_id][row.seat].append(row.person_id)
                self.duties |= {(row.customer_id, row.person_id): row.duty} if row.duty else {}
        return held, later

    def on_their_way(self, change_set, ids):
        """(customer, seat) that another set has reserved."""
        others = Change.objects.filter(customer__in=ids, reserved=True).exclude(
            change_set=change_set
        )
        return set(others.values_list("customer", "seat"))

    def moved_often(self, ids):
        """Customers that changed their account manager twice in 90 days already.

        A first account manager is no change, and what was taken back has never been.
        """
        seats = Assignment.objects.filter(seat=Seat.ACCOUNT_MANAGER)
        before = seats.filter(
            customer=OuterRef("customer"), period__startswith__lt=OuterRef("period__startswith")
        ).order_by("-period")
        back = Q(state=Change.State.UNDONE) | Q(change_set__origin=ChangeSet.Origin.UNDO)
        taken_back = Change.objects.filter(back, assignment=OuterRef("pk"))
        rows = seats.filter(customer__in=ids, period__startswith__gt=self.now - OFTEN)
        rows = rows.annotate(former=Subquery(before.values("person")[:1]))
        rows = rows.exclude(former=None).exclude(former=F("person")).exclude(Exists(taken_back))
        rows = rows.order_by().values("customer").annotate(times=Count("pk"))
        return set(rows.filter(times__gte=2).values_list("customer", flat=True))

    def receivers_refused(self, rows):
        """(receiver, seat) → (code, message) of the guard of the single verb that refuses them."""
        found = {}
        for row in rows:
            key = row.taker_id, row.seat
            if row.taker and key not in found:
                about = {"actor": self.actor, "person": row.taker, "seat": row.seat,
                         "customer": row.customer, "at": self.at}  # fmt: skip
                found[key] = next(((one.name if one.name == AWAY else "receiver", str(one.words(**about)))
                                   for one in guards.GUARDS["ownership.assign"]
                                   if one.name not in NOT_ASKED and one.fires(**about)), None)  # fmt: skip
        return found

    def loads_of(self, rows):
        """Person → Shift as the actor sees it, of whoever gives or receives account managers' seats."""
        ids = [row.customer_id for row in rows if row.seat == Seat.ACCOUNT_MANAGER]
        seen = set(Customer.objects.visible_to(self.actor).filter(pk__in=ids)
                   .values_list("pk", flat=True))  # fmt: skip
        moving = [
            row for row in rows if row.seat == Seat.ACCOUNT_MANAGER and row.customer_id in seen
        ]
        people = {one.pk: one for row in moving for one in (row.taker, row.giver) if one}
        known = capacity.shown_of(self.actor, people)
        people = {pk: one for pk, one in people.items() if pk in known}
        before, limits = capacity.loads(people, self.actor), capacity.limits(people)
        came, went = defaultdict(list), defaultdict(list)
        for row in moving:
            came[row.taker_id].append(row.customer.tier)
            went[row.giver_id].append(row.customer.tier)
        return {
            pk: Shift(one, before[pk], capacity.after(before[pk], filter(None, came[pk]),
                                                     filter(None, went[pk])), limits[pk])
            for pk, one in people.items()
        }  # fmt: skip


# -- warnings --------------------------------------------------------------------------------------
def of_row(row, facts):
    """The warnings of one row."""
    held = facts.held[row.customer_id]
    now_there = held[row.seat]
    if not gives_still(row, now_there):
        yield Warned(STOP, "giver_changed", _("somebody else has taken this seat since."), row)
    if row.taker_id and row.taker_id in now_there:
        yield Warned(STOP, "holds", _("the receiver holds this seat already."), row)
    elif row.seat in SINGLE_SEATS and row.taker_id in held[Seat.ACCOUNT_MANAGER]:
        yield Warned(
            STOP, "same_person", _("account manager and backup must be different people."), row
        )
    if row.taker_id is None and not now_there:
        yield Warned(STOP, "empty", _("nobody holds this seat."), row)
    if refused := facts.refused.get((row.taker_id, row.seat)):
        yield Warned(STOP, *refused, row)
    if (row.customer_id, row.seat) in facts.pending:
        yield Warned(STOP, "pending", _("another change of this seat is on its way."), row)
    elif (row.customer_id, row.seat) in facts.later:
        yield Warned(STOP, "planned", _("a later change of this seat is planned already."), row)
    elif row.seat in SINGLE_SEATS and (row.customer_id, row.taker_id) in facts.coming:
        yield Warned(
            STOP, "planned", _("the receiver has another seat here from a later day."), row
        )
    if row.seat == Seat.ACCOUNT_MANAGER:
        yield from of_manager(row, facts, held)
    elif row.taker_id is None and (duty := facts.duties.get((row.customer_id, row.giver_id))):
        text = _("the duty in the team is open then: %(duty)s.") % {"duty": Duty(duty).label}
        yield Warned(NOTE, "duty_open", text, row)


def gives_still(row, now_there):
    """Whether whoever gives a seat holds it still: alone, or as a member of a team."""
    if row.seat in SINGLE_SEATS:
        return now_there == ([row.giver_id] if row.giver_id else [])
    return row.giver_id is None or row.giver_id in now_there


def of_manager(row, facts, held):
    """Warnings of a new account manager."""
    known = facts.known[row.customer_id]
    if row.taker_id is None:
        yield Warned(CHECK, "vacant", _("nobody will look after this customer."), row)
    elif row.taker_id in held[Seat.BACKUP]:
        yield Warned(CHECK, "no_backup", _("the backup moves up, nobody is left as backup."), row)
    if row.customer_id in facts.moved and facts.change_set.origin != ChangeSet.Origin.ROTATION:
        yield Warned(CHECK, "often", _("moved twice in the last 90 days."), row)
    if key_accounts.asks_for_more(row.customer) and len(known) < key_accounts.LEAST:
        yield Warned(CHECK, "alone", _("tier A, and fewer than two of ours are known there."), row)
    if row.giver_id and row.taker_id and known == {row.giver_id}:
        yield Warned(
            NOTE, "single_thread", _("only the former holder is known there: visit together."), row
        )


def of_people(facts):
    """Warnings about people: who would carry too much."""
    return [
        Warned(CHECK, "over_capacity", _("would carry more than they can."), person=load.person)
        for load in facts.loads.values()
        if load.is_over and load.after > load.before
    ]


def follows(actor, change_set, rows):
    """What follows the customers that are the actor's to give: code → how many.

    Contacts go with the account manager, open work with every seat.
    """
    beyond = set(ask.beyond_giving(actor, change_set).values_list("pk", flat=True))
    own = [row for row in rows if row.pk not in beyond]
    ids = [row.customer_id for row in own if row.seat == Seat.ACCOUNT_MANAGER]
    given = defaultdict(set)
    for row in own:
        if row.giver_id:
            given[row.giver_id].add(row.customer_id)
    mine = Q(pk__in=[])
    for giver, customers in given.items():
        mine |= Q(person=giver, customer__in=customers)
    tasks = Task.objects.open().filter(mine)
    contacts = Position.objects.present().filter(customer__in=ids)
    return {
        "contacts": contacts.values("contact").distinct().count(),
        "tasks": tasks.filter(kind=Task.Kind.TO_DO).count(),
        "visits": tasks.exclude(kind=Task.Kind.TO_DO).count(),
        "links": Link.objects.filter(ended_on=None, contact__in=contacts.values("contact")).count(),
    }
