"""Who could take over the customers of somebody who goes: by acquaintance, load, region and team.

Nobody is proposed who is away, on notice, frozen or gone, nor another leaver of whom the maker of
the plan knows. The backup comes first for customers of tier A.
"""

from collections import Counter, defaultdict

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Absence, Membership, Person
from crm.models import Assignment, Customer
from crm.seats import SINGLE_SEATS, Seat
from crm.selectors import capacity, territories
from crm.selectors import changesets as ask
from crm.selectors.key_accounts import known_by
from crm.selectors.transfers import units_of
from handover.models import Departure
from handover.selectors.plan import Planned, ends_at, next_managers
from kit.clock import database_now

BACKUP, KNOWS, REGION, TEAM, ROOM = "backup", "knows", "region", "team", "room"
WEIGHT = {BACKUP: 45, KNOWS: 35, REGION: 15, TEAM: 10}  # room weighs up to 30 of its own
ROOM_WEIGHT, HEAD = 30, 25  # a head takes customers where nobody else fits better
LIVE = (Departure.State.DRAFT, Departure.State.OPEN)


def leavers(viewer):
    """Ids of people with a plan or an open case, as far as the viewer may know of it."""
    return set(Departure.objects.visible_to(viewer).filter(state__in=LIVE)
               .values_list("person", flat=True))  # fmt: skip


def able(seat, at, without=()):
    """People who can take a seat at an instant and can answer today. without: ids left out."""
    away = Absence.objects.filter(Q(period__contains=at) | Q(period__contains=database_now()))
    people = ask.takers(seat).exclude(pk__in=away.values("person")).exclude(pk__in=set(without))
    return list(people.order_by("sort_key", "pk"))


class Choice:
    """What is known of all who could take over, asked once; it fills up as customers are given."""

    def __init__(self, person, customers, *, at, without=(), seat=Seat.ACCOUNT_MANAGER):
        """person: who goes. customers: ids. at: the instant of the change. without: ids left out."""
        self.seat = seat
        self.people = able(seat, at, {*without, person.pk})
        ids = [one.pk for one in self.people]
        self.loads, self.limits, self.worth = (
            capacity.loads(ids),
            capacity.limits(ids),
            capacity.weights(),
        )
        self.heads = set(Membership.objects.at().filter(person__in=ids, post=Membership.Post.HEAD)
                         .values_list("person", flat=True))  # fmt: skip
        units = units_of([*ids, person.pk])
        self.team = {pk for pk in ids if units[pk] & units[person.pk]}
        self.regions = defaultdict(set)
        for who, region in territories.current().values_list("person", "region"):
            self.regions[region].add(who)
        self.holds = defaultdict(dict)  # customer → person → seat
        held = Assignment.objects.at().filter(customer__in=customers)
        for customer, who, its in held.values_list("customer", "person", "seat"):
            self.holds[customer][who] = its

    def reasons(self, one, person):
        """The codes of what speaks for a person at a customer, the strongest first."""
        facts = (
            (BACKUP, self.holds[one.customer.pk].get(person.pk) == Seat.BACKUP),
            (KNOWS, person.pk in one.known),
            (REGION, person.pk in self.regions.get(one.customer.region_id, ())),
            (TEAM, person.pk in self.team),
        )
        return [code for code, holds in facts if holds]

    def after(self, one, person):
        """The load (points) of a person with this customer."""
        return self.loads[person.pk] + self.worth.get(one.customer.tier, 0)

    def score(self, one, person, reasons):
        limit = self.limits[person.pk]
        room = 1 - self.after(one, person) / limit if limit else 0
        first = 1_000 if BACKUP in reasons and one.customer.tier == "A" else 0
        return (first + sum(WEIGHT[code] for code in reasons) + ROOM_WEIGHT * float(room)
                - HEAD * (person.pk in self.heads), -person.pk)  # fmt: skip

    def best(self, one):
        """The most fitting person with room for a customer and what speaks for them: (None, why) if none."""
        taken = self.holds[one.customer.pk]
        fits = [
            (self.score(one, person, codes), person, codes)
            for person in self.people
            if self.after(one, person) <= self.limits[person.pk]
            and taken.get(person.pk) not in (Seat.SERVICE_LINE, Seat.ACCOUNT_MANAGER, self.seat)
            for codes in [self.reasons(one, person)]
        ]
        if not fits:
            return None, {"code": "nobody"}
        _score, person, codes = max(fits, key=lambda fit: fit[0])
        return person, self.why(one, person, codes)

    def why(self, one, person, codes):
        """The reason of a proposal as it is kept: codes, and the load after it against the limit."""
        return {
            "code": codes[0] if codes else ROOM, "codes": codes,
            "after": capacity.plain(self.after(one, person)), "limit": self.limits[person.pk],
        }  # fmt: skip

    def give(self, one, person):
        """Count a customer as given to a person."""
        if person is not None and person.pk in self.loads:
            self.loads[person.pk] = self.after(one, person)


def propose(person, planned, *, at, without=()):
    """Fill in the successor of each Planned in their order, and why. Returns the same list.

    Whoever becomes account manager by then anyway, by a plan of before, is the successor.
    """
    ids = [one.customer.pk for one in planned]
    choice, ahead = Choice(person, ids, at=at, without=without), next_managers(ids, at)
    able = {one.pk: one for one in choice.people}
    for one in planned:
        next_one = able.get(ahead.get(one.customer.pk))
        one.successor, one.why = (next_one, {"code": "ahead"}) if next_one else choice.best(one)
        choice.give(one, one.successor)
    return planned


def for_seat(departure, seat, customers, at, *, without=(), rising=None):
    """Customer id → (who takes another seat of the leaver there, why); (None, why) if nobody fits.

    rising: customer id → id of whoever becomes its account manager in the same case.
    """
    rows = {row.pk: row for row in Customer.objects.filter(pk__in=customers)}
    known = known_by(customers, with_line=seat == Seat.SERVICE_LINE)
    choice = Choice(departure.person, customers, at=at, without=without, seat=seat)
    turns, found = Counter(), {}
    for pk in customers:
        one = Planned(rows[pk], known=known[pk])
        taken = {who for who, its in choice.holds[pk].items() if its in (*SINGLE_SEATS, seat)}
        taken.add((rising or {}).get(pk))
        fits = [
            (len(choice.reasons(one, person)), -turns[person.pk], -person.pk, person)
            for person in choice.people
            if person.pk not in taken and person.pk not in choice.heads
        ]
        best = max(fits, default=None, key=lambda fit: fit[:3])
        person = best[3] if best else None
        found[pk] = person, seat_reason(choice, one, person)
        if best:
            turns[person.pk] += 1
    return found


def seat_reason(choice, one, person):
    """The reason as it is kept; a seat besides that of account manager weighs nothing."""
    if person is None:
        return {"code": "nobody"}
    codes = choice.reasons(one, person)
    return {"code": codes[0] if codes else ROOM, "codes": codes or [ROOM]}


def stops(viewer, departure, successor, seat=Seat.ACCOUNT_MANAGER):
    """Why somebody cannot take a seat of the leaver, in words; "" if they can.

    Of a secret leaver only who may know of it learns.
    """
    fits = {one.pk for one in able(seat, ends_at(departure))}
    if successor.pk == departure.person_id or successor.pk not in fits:
        return _("This person cannot take over customers then.")
    if successor.pk in leavers(viewer):
        return _("This person leaves too.")
    if departure.witness_id == successor.pk:
        return _("The witness cannot take over customers.")
    return ""


def unfit(people, at):
    """Person id → code of why somebody cannot take over: gone, on notice, frozen, leaving or away.

    people: ids. at: the instant of the change. The company's own knowledge; whom it is told is the
    caller's question.
    """
    found = {}
    for person in Person.objects.filter(pk__in=people).exclude(state=Person.State.ACTIVE):
        found[person.pk] = person.state
    away = Absence.objects.filter(person__in=people, period__contains=at)
    return found | {pk: "away" for pk in away.values_list("person", flat=True) if pk not in found}
