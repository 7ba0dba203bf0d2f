"""Who could be the next account manager of a customer, and why: acquaintance, load, region, language.

Weights are those of the policy; what has no data (product knowledge) is left out of the scale. Nobody
is proposed who is absent, on notice or leaving, and nobody for a customer of their own.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from accounts.access import Action, Reach, Role, reach
from accounts.models import Absence, Person
from accounts.selectors.org import people_led_by
from crm.models import Assignment, Change, Customer
from crm.seats import Seat
from crm.selectors import capacity, territories
from crm.selectors import changesets as ask
from crm.selectors.key_accounts import known_by
from crm.selectors.transfers import units_of
from handover.models import Departure
from handover.selectors import rotation
from kit.clock import StatementNow

PARTS = ("acquaintance", "load_after", "region", "language")
BACKUP, KNOWN, TEAM, STRANGER = 1.0, 0.8, 0.4, 0.0


@dataclass
class Proposal:
    """Somebody proposed for a customer. score: 0 to 100; the rest is the reason for it."""

    person: Person
    score: int
    acquaintance: str  # backup, known, team or "" for none
    before: float  # points carried now and after, of how many
    after: float
    limit: int
    region: bool
    language: bool
    first: bool = False  # the policy lets the backup take over, and there is room

    @property
    def points(self):
        return capacity.plain(self.before), capacity.plain(self.after)


@dataclass
class Candidate:
    """A person who could receive, with the load that grows while a plan is made."""

    person: Person
    load: float
    limit: int
    regions: set
    units: set

    def room(self, worth):
        """How much of the limit is free after a customer of this worth: 1 all of it, 0 none."""
        return max(0.0, 1 - (self.load + worth) / self.limit) if self.limit else 0.0


class Planner:
    """Proposes account managers for customers, one after the other, with loads that add up."""

    def __init__(self, actor, customers, at=None):
        """customers: as they are. at: the instant from which they shall look after them."""
        self.customers = {one.pk: one for one in customers}
        ids = list(self.customers)
        held = Assignment.objects.at().filter(customer__in=ids)
        seats = held.filter(seat__in=[Seat.ACCOUNT_MANAGER, Seat.BACKUP])
        self.managers, self.backups, self.languages = {}, {}, {}
        columns = ("customer", "person", "seat", "person__language")
        for customer, person, seat, language in seats.values_list(*columns):
            (self.managers if seat == Seat.ACCOUNT_MANAGER else self.backups)[customer] = person
            self.languages[person] = language
        self.known = known_by(ids)
        givers = set(self.managers.values())
        self.candidates, self.units = candidates(actor, at, givers)
        self.worth = {tier: float(points) for tier, points in capacity.weights().items()}
        rules = rotation.policy()
        self.weights = weights(rules)
        self.takes_over = {tier: part["takes_over"] for tier, part in rotation.tier_rules(rules).items()}  # fmt: skip

    def best(self, customer):
        """The Proposal for one customer (id), or None; `take` says that it goes this way."""
        offers = [
            self.offer(self.customers[customer], one)
            for one in self.candidates
            if one.person.pk != self.managers.get(customer)
        ]
        return max(offers, key=self.rank, default=None)

    def rank(self, offer):
        """The backup first where the policy says so, as long as there is room; then by score."""
        return (
            offer.first,
            offer.after <= offer.limit,
            offer.score,
            -offer.after,
            -offer.person.pk,
        )

    def offer(self, customer, candidate):
        giver = self.managers.get(customer.pk)
        near = acquaintance(self, customer, candidate, giver)
        worth = self.worth[customer.tier]
        region = bool(customer.region_id and customer.region_id in candidate.regions)
        language = candidate.person.language == self.languages.get(giver)
        marks = {"acquaintance": {"backup": BACKUP, "known": KNOWN, "team": TEAM}.get(near, STRANGER),
                 "load_after": candidate.room(worth), "region": region, "language": language}  # fmt: skip
        score = sum(self.weights[name] * float(mark) for name, mark in marks.items())
        after = candidate.load + worth
        rises = near == "backup" and self.takes_over[customer.tier] == "backup"
        return Proposal(
            candidate.person, round(score), near, candidate.load, after, candidate.limit, region,
            language, rises and after <= candidate.limit,
        )  # fmt: skip

    def take(self, customer, proposal):
        """Let a proposal count: whoever receives carries it, whoever gives does not any more."""
        worth = self.worth[self.customers[customer].tier]
        for one in self.candidates:
            if one.person.pk == proposal.person.pk:
                one.load += worth
            elif one.person.pk == self.managers.get(customer):
                one.load -= worth


def acquaintance(planner, customer, candidate, giver):
    """How a candidate is known to a customer, in a code."""
    pk = candidate.person.pk
    if planner.backups.get(customer.pk) == pk:
        return "backup"
    if pk in planner.known.get(customer.pk, ()):
        return "known"
    return "team" if giver and candidate.units & planner.units[giver] else ""


def weights(rules):
    """Part → its weight, scaled so that those with data make 100."""
    given = {part["id"]: part["weight"] for part in rules["proposal_order"]}
    total = sum(given.get(name, 0) for name in PARTS) or 1
    return {name: 100 * given.get(name, 0) / total for name in PARTS}


def candidates(actor, at, givers):
    """(Candidates, person → units of those and of the givers): reps whom the actor leads (all, for who
    reaches all) and who can receive now and from an instant on."""
    people = ask.takers(Seat.ACCOUNT_MANAGER).filter(roles__contains=[Role.REP])
    if reach(actor, Action.SEAT_ASSIGN) < Reach.ALL:
        people = people.filter(pk__in=people_led_by(actor))
    away = Absence.objects.filter(person=OuterRef("pk"))
    leaving = Departure.objects.filter(person=OuterRef("pk"), state=Departure.State.OPEN)
    people = people.exclude(Exists(away.filter(period__contains=StatementNow()))).exclude(
        Exists(leaving)
    )
    people = list(people.exclude(Exists(away.filter(period__contains=at))) if at else people)
    ids = [person.pk for person in people]
    loads, limits, units = capacity.loads(ids), capacity.limits(ids), units_of({*ids, *givers})
    regions = defaultdict(set)
    for person, region in territories.current().filter(person__in=ids).values_list("person", "region"):  # fmt: skip
        regions[person].add(region)
    coming = on_their_way(ids)
    found = [
        Candidate(one, float(loads[one.pk]) + coming[one.pk], limits[one.pk], regions[one.pk], units[one.pk])
        for one in people
    ]  # fmt: skip
    return found, units


def on_their_way(people):
    """Person id → points of customers that are decided to come to them."""
    rows = Change.objects.filter(reserved=True, seat=Seat.ACCOUNT_MANAGER, taker__in=people)
    worth, found = capacity.weights(), Counter()
    for person, tier in rows.values_list("taker", "customer__tier"):
        found[person] += float(worth[tier])
    return found


def planned(actor, customers, at=None):
    """Customer id → Proposal or None for each of some customers, as one plan: the heaviest first."""
    planner = Planner(actor, Customer.objects.filter(pk__in=customers), at)
    plan = {}
    order = sorted(planner.customers.values(), key=lambda one: (-planner.worth[one.tier], one.sort_key, one.pk))  # fmt: skip
    for customer in order:
        plan[customer.pk] = offer = planner.best(customer.pk)
        if offer is not None:
            planner.take(customer.pk, offer)
    return plan


def proposals(actor, customers):
    """Customer id → Proposal or None for these customers, each as if it were the only one to move."""
    planner = Planner(actor, customers)
    return {pk: planner.best(pk) for pk in planner.customers}
