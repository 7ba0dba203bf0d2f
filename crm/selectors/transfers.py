"""What somebody who puts a transfer together is told: who could receive, who would decide."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from uuid import UUID

from django.db.models import Count, Q

from accounts.models import Absence, Membership, Person
from accounts.selectors.org import able_head_above, people_led_by
from crm.models import Assignment, ChangeSet, Customer
from crm.models.saved_views import Selection
from crm.seats import FROM_THE_WHOLE_COMPANY, SINGLE_SEATS, Seat
from crm.selectors import capacity, territories
from crm.selectors import changesets as ask
from crm.selectors.key_accounts import known_by
from crm.selectors.saved_views import live
from kit import names
from kit.clock import database_now

SHOWN = 12  # people offered at once
FOUND = 30  # people found by a name
POOL = 200  # people who are compared


# -- what a draft is made from ---------------------------------------------------------------------
@dataclass
class Chosen:
    """The customers a transfer begins with: those of them that one may give, in the order of names."""

    ids: list
    left: int = 0  # chosen, but not, or not any more, the actor's to give
    selection: Selection | None = None
    person: Person | None = None


def chosen(actor, source):
    """The Chosen of a source: {"selection": key} or {"person": Person}; None where there is none."""
    if person := source.get("person"):
        held = Assignment.objects.at().filter(person=person, seat=Seat.ACCOUNT_MANAGER)
        seen = Customer.objects.visible_to(actor).filter(pk__in=held.values("customer"))
        return within(actor, list(seen.values_list("pk", flat=True)), person=person)
    key = source.get("selection")
    if key is None or not is_uuid(key):
        return None
    found = live(actor).filter(pk=key).first()
    return found and within(actor, found.ids, selection=found)


def within(actor, ids, **source):
    """The Chosen of some customers: those that the actor may give."""
    rows = ask.proposable(actor).filter(pk__in=ids).order_by("sort_key", "pk")
    found = list(rows.values_list("pk", flat=True)[: Selection.MOST])
    return Chosen(found, left=len(ids) - len(found), **source)


def is_uuid(text):
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def with_holders(ids):
    """The customers of some ids in the order of names, each with `manager`: who holds it now."""
    rows = list(Customer.objects.filter(pk__in=ids).order_by("sort_key", "pk"))
    held = Assignment.objects.at().filter(customer__in=ids, seat=Seat.ACCOUNT_MANAGER)
    managers = {row.customer_id: row.person for row in held.select_related("person")}
    for row in rows:
        row.manager = managers.get(row.pk)
    return rows


def made_by_form(person, number):
    """The change set that a form with this number has made already, or None."""
    if not is_uuid(number):
        return None
    return ChangeSet.objects.filter(made_by=person, client_uuid=number).first()


# -- drafts ----------------------------------------------------------------------------------------
def drafts(person):
    """The drafts of a person that are neither proposed nor given up, the latest first."""
    mine = ChangeSet.objects.visible_to(person).filter(made_by=person)
    return mine.filter(state=ChangeSet.State.DRAFT)


def likely_approver(change_set):
    """The nearest head above the proposer who may decide and can answer now, or None.

    What HR proposes for the company goes to the head above whoever gives.
    """
    above = change_set.made_by
    if change_set.origin == ChangeSet.Origin.DEPARTURE:
        row = change_set.changes.exclude(giver=None).select_related("giver").first()
        above = row.giver if row else above
    return able_head_above(above, lambda head: ask.may_approve(head, change_set))


# -- receivers -------------------------------------------------------------------------------------
@dataclass
class Suggestion:
    """Somebody who could receive, with what speaks for and against it."""

    person: Person
    total: int  # customers of the transfer
    known: int = 0  # customers where they know somebody
    nearby: int = 0  # customers in their territories
    same_team: bool = False
    away: bool = False  # at the instant of the change
    before: Decimal = Decimal(0)
    after: Decimal = Decimal(0)
    limit: int | None = 0  # None: whose load is beyond the sight of who proposes
    beyond: bool = False  # not led by who proposes: somebody above has to approve

    @property
    def is_over(self):
        return self.limit is not None and self.after > self.limit

    @property
    def points(self):
        """Load now and after, in words of numbers."""
        return capacity.plain(self.before), capacity.plain(self.after)

    @property
    def rank(self):
        """Sort key: able and with room first, then who knows them, their region, the team, most room."""
        room = self.after / self.limit if self.limit else Decimal("Infinity")
        return (self.away, self.is_over, -self.known, -self.nearby, not self.same_team, room,
                self.person.sort_key, self.person.pk)  # fmt: skip


@dataclass
class Moving:
    """What is asked of the customers of a transfer, once for all candidates."""

    seat: str
    at: object
    customers: list = field(default_factory=list)
    tiers: list = field(default_factory=list)
    regions: Counter = field(default_factory=Counter)
    givers: set = field(default_factory=set)
    known: Counter = field(default_factory=Counter)  # person → customers

    @cached_property
    def nearby(self):
        """Person id → customers in their territories; asked once, when all customers are in."""
        return nearby(self)


def suggestions(actor, facts, seat, at=None, q=""):
    """People who could take the seat at some customers, the most fitting first.

    facts: of each customer as `facts_of` gives them. at: the instant of the change. q: part of a
    name: people of the whole company who fit the seat.
    """
    moving = moving_of(facts, seat, at or database_now())
    led = people_led_by(actor)
    people = list(candidates(moving, led, names.fold(q)))
    found = compared(actor, moving, people, led)
    return sorted(found, key=lambda one: one.rank)[: FOUND if q else SHOWN]


def facts_of(rows):
    """Customer, tier, region and giver of each row of a queryset of Change."""
    return list(rows.values_list("customer", "customer__tier", "customer__region", "giver"))


def moving_of(facts, seat, at):
    """The facts of some customers together."""
    moving = Moving(seat, at)
    for customer, tier, region, giver in facts:
        moving.customers.append(customer)
        moving.tiers.append(tier)
        moving.regions[region] += 1
        moving.givers.add(giver)
    line = seat == Seat.SERVICE_LINE
    for people in known_by(moving.customers, with_line=line).values():
        moving.known.update(people)
    return moving


def candidates(moving, led, q):
    """Who is compared: people one leads, colleagues of the givers, who knows them or their region."""
    people = ask.takers(moving.seat, q).order_by("sort_key", "pk")
    if len(moving.givers - {None}) == 1:
        people = people.exclude(pk__in=moving.givers)
    people = people.exclude(pk__in=in_the_way(moving))
    if q or moving.seat in FROM_THE_WHOLE_COMPANY:
        return people[:POOL]
    near = set(led) | set(moving.known) | set(moving.nearby)
    units = Membership.objects.at().filter(person__in=moving.givers - {None}).values("unit")
    team = Membership.objects.at().filter(unit__in=units).values("person")
    return people.filter(Q(pk__in=near) | Q(pk__in=team))[:POOL]


def in_the_way(moving):
    """Who holds another of the single seats at every one of these customers: nobody sits on two."""
    if moving.seat not in SINGLE_SEATS:
        return []
    others = [seat for seat in SINGLE_SEATS if seat not in (moving.seat, Seat.BACKUP)]
    rows = Assignment.objects.at().filter(customer__in=moving.customers, seat__in=others)
    found = rows.order_by().values("person").annotate(places=Count("customer", distinct=True))
    return found.filter(places=len(moving.customers)).values("person")


def nearby(moving):
    """Person id → customers of the transfer in their territories."""
    found = Counter()
    pairs = territories.current().filter(region__in=[pk for pk in moving.regions if pk])
    for person, region in set(pairs.values_list("person", "region")):
        found[person] += moving.regions[region]
    return found


def compared(actor, moving, people, led):
    """A Suggestion of each person, with no more of loads and absences than the actor may see."""
    ids = [person.pk for person in people]
    shown, near = capacity.shown_of(actor, ids), moving.nearby
    loads, limits = capacity.loads(ids, actor), capacity.limits(shown)
    away = set(Absence.objects.visible_to(actor).filter(person__in=ids, period__contains=moving.at)
               .values_list("person", flat=True))  # fmt: skip
    units = units_of({*ids, *moving.givers} - {None})
    teams = {unit for giver in moving.givers for unit in units[giver]}
    came = moving.tiers if moving.seat == Seat.ACCOUNT_MANAGER else []
    return [
        Suggestion(
            person, len(moving.customers), moving.known[person.pk], near[person.pk],
            bool(units[person.pk] & teams), person.pk in away, loads[person.pk],
            capacity.after(loads[person.pk], filter(None, came)), limits.get(person.pk),
            person.pk not in led and moving.seat not in FROM_THE_WHOLE_COMPANY,
        )
        for person in people
    ]  # fmt: skip


def units_of(people):
    """Person id → ids of the units they are in now."""
    found = defaultdict(set)
    rows = Membership.objects.at().filter(person__in=people)
    for person, unit in rows.values_list("person", "unit"):
        found[person].add(unit)
    return found


def plan_spread(rows, takers):
    """Row id → who takes it: each customer, the heaviest first, to whoever is least full by then.

    rows: with their customers. Whoever gives a customer does not get it back where anybody else can.
    """
    ids = [taker.pk for taker in takers]
    worth, full, limits = capacity.weights(), capacity.loads(ids), capacity.limits(ids)
    plan = {}
    for row in sorted(rows, key=lambda row: (-worth.get(row.customer.tier, 0), row.pk)):
        others = [taker for taker in takers if taker.pk != row.giver_id] or takers
        if not others:
            continue
        taker = min(others, key=lambda one: (full[one.pk] / max(limits[one.pk], 1), one.pk))
        full[taker.pk] += worth.get(row.customer.tier, Decimal(0)) or Decimal(1)
        plan[row.pk] = taker
    return plan
