"""What a freeze would end and who would answer, in counts; who may freeze, confirm and lift."""

from collections import Counter
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q

from accounts.access import Action, Role, can, reach
from accounts.models import ApiToken, Membership, Person
from accounts.selectors.content import content, said
from accounts.selectors.org import able_at, ancestors, head_of, home_unit
from accounts.selectors.sessions import open_sessions
from crm.models import Assignment, ChangeSet, Customer, Share, Task
from crm.seats import Seat
from crm.selectors import approvals, worklist
from crm.selectors.transfers import likely_approver
from handover.models import Departure, Freeze
from kit.clock import StatementNow
from kit.models import Job

MANAGER, BACKUP = Seat.ACCOUNT_MANAGER, Seat.BACKUP


def triggers():
    """What may have happened, as (code, words) of the company's texts."""
    return [(one["id"], said(one["label"])) for one in content("emergency")["trigger"]]


def trigger_words(freeze):
    """What has happened, in words; the code where the company's texts no longer have it."""
    return dict(triggers()).get(freeze.trigger, freeze.trigger)


def freezes():
    """Freezes with everybody they name, in one statement."""
    return Freeze.objects.select_related("person", "frozen_by", "confirmed_by", "lifted_by")


def in_force():
    """Freezes that are neither lifted nor over."""
    return Freeze.objects.filter(lifted_at=None, ended_at=None)


def freezable(actor, q=""):
    """People whom the actor may freeze, by name."""
    people = Person.objects.visible_to(actor, Action.FREEZE).with_access()
    people = people.exclude(pk=actor.pk).exclude(roles__contains=[Role.SYSTEM])
    return people.filter(search_key__contains=q) if q else people


def may_confirm(person, freeze):
    """Whether a person is the second one: may freeze that person, and did not order it."""
    second = freeze.in_force and not freeze.confirmed_at and person.pk != freeze.frozen_by_id
    return second and person.pk != freeze.person_id and can(person, Action.FREEZE, freeze.person)


def case_of(freeze, viewer):
    """The open departure case of the person, as far as the viewer may know of it; else None."""
    rows = Departure.objects.visible_to(viewer).filter(person=freeze.person_id)
    return rows.filter(state=Departure.State.OPEN).first()


def overtaken_by(freeze):
    """The departure case that was opened after the freeze and ends the time for a lift, or None."""
    rows = Departure.objects.filter(person=freeze.person_id, state=Departure.State.OPEN)
    return rows.filter(opened_at__gte=freeze.frozen_at).first()


def known_case(person):
    """The open case of somebody who leaves the company, once it is no secret; else None."""
    rows = Departure.objects.filter(person=person, state=Departure.State.OPEN)
    return rows.filter(revealed_at__isnull=False).exclude(kind__in=Departure.STAYS).first()


def lonely_hr(person):
    """Whether nobody of HR would be left."""
    if Role.HR not in person.roles:
        return False
    others = Person.objects.with_access().filter(roles__contains=[Role.HR])
    return not others.exclude(pk=person.pk).exists()


# -- who would answer ------------------------------------------------------------------------------


class Heads:
    """The nearest able head above a unit, some people left out; each is looked up once."""

    def __init__(self):
        self.known = {}

    def above(self, unit, *without):
        """The head, or None. without: people who cannot answer."""
        key = (unit and unit.pk, *(one.pk for one in without))
        if key not in self.known:
            self.known[key] = self._find(unit, without)
        return self.known[key]

    def _find(self, unit, without):
        for one in ancestors(unit):
            head = head_of(one)
            if head is not None and head not in without and able_at(head):
                return head
        return None


def answering_without(person):
    """Customer → who answers for it once `person` cannot, None for nobody: of all that they answer for.

    The rule is that of crm.selectors.ownership.acting_for, for many customers at once.
    """
    heads = Heads()
    own = rows_of(Assignment.objects.at().filter(person=person, seat=MANAGER))
    found, units = {}, {None: None, person: home_unit(person)}
    for pk, one in own.items():
        found[pk] = acting(heads, person, one, units[person] or one.unit, person)
    for pk, one in stood_in_by(person).items():
        if one.manager not in units:
            units[one.manager] = home_unit(one.manager)
        unit = units[one.manager] or one.unit
        if acting(heads, None, one, unit, one.manager) == person:
            found[pk] = acting(heads, person, one, unit, one.manager, person)
    return found


@dataclass
class Place:
    """A customer with whoever may answer: account manager, the backup if able, its own unit."""

    manager: Person | None = None
    backup: Person | None = None
    unit: object = None


def acting(heads, out, place, unit, *without):
    """Who answers at a place while its manager cannot, and `out` cannot either."""
    if place.backup is not None and place.backup != out:
        return place.backup
    return heads.above(unit, *(one for one in without if one is not None))


def rows_of(seats):
    """Customer → Place, of seats of account managers."""
    rows = seats.select_related("person", "customer__home_unit")
    return with_backups(
        {row.customer_id: Place(row.person, unit=row.customer.home_unit) for row in rows}
    )


def with_backups(found):
    """The same places, each with its backup where that one can answer."""
    away = Person.objects.unavailable().values("pk")
    backups = Assignment.objects.at().filter(customer__in=list(found), seat=BACKUP)
    for row in backups.exclude(person__in=away).select_related("person"):
        found[row.customer_id].backup = row.person
    return found


def stood_in_by(person):
    """Places that `person` may be acting at now: as backup, or as head of somebody who is away."""
    now, away = Assignment.objects.at(), Person.objects.unavailable().values("pk")
    backup = now.filter(person=person, seat=BACKUP, customer=OuterRef("customer"))
    leads = Membership.objects.at().filter(person=person, post=Membership.Post.HEAD).exists()
    missed = now.filter(seat=MANAGER, person__in=away).exclude(person=person)
    found = rows_of(missed if leads else missed.filter(Exists(backup)))
    held = now.filter(customer=OuterRef("pk"), seat=MANAGER)
    at = Exists(now.filter(person=person, seat=BACKUP, customer=OuterRef("pk")))
    vacant = Customer.objects.filter(~Exists(held)).select_related("home_unit")
    empty = {
        row.pk: Place(unit=row.home_unit)
        for row in (vacant if leads else vacant.filter(at)).only("pk", "home_unit")
    }
    return found | with_backups(empty)


# -- what a freeze does ----------------------------------------------------------------------------


@dataclass
class Consequences:
    """What a freeze of one person would end and who would answer, as far as numbers tell it."""

    person: Person
    answers: dict = field(default_factory=dict)  # customer → person or None
    own: set = field(default_factory=set)  # customers whose account manager they are
    by_backup: int = 0
    devices: list = field(default_factory=list)
    tokens: int = 0
    jobs: int = 0
    shares: int = 0
    tasks: int = 0
    proposals: int = 0  # decisions that wait for this person
    offers: int = 0

    @property
    def acting(self):
        """[(person, customers)], the most first; without those that nobody answers for."""
        counts = Counter(one for one in self.answers.values() if one is not None)
        return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0].sort_key))

    @property
    def nobody(self):
        """How many customers nobody could answer for."""
        return sum(one is None for one in self.answers.values())

    @property
    def by_head(self):
        """How many go to a head because no backup can."""
        return len(self.answers) - self.by_backup - self.nobody

    @property
    def counts(self):
        """The numbers that a freeze keeps."""
        return {
            "sessions": len(self.devices), "tokens": self.tokens, "jobs": self.jobs,
            "shares": self.shares, "customers": len(self.answers), "tasks": self.tasks,
            "decisions": self.proposals + self.offers, "by_head": self.by_head,
            "nobody": self.nobody,
        }  # fmt: skip


def consequences(person):
    """What a freeze of `person` would do now."""
    answers = answering_without(person)
    own = set(worklist.mine(person).held)
    backed = Assignment.objects.at().filter(customer__in=list(answers), seat=BACKUP)
    pairs = set(backed.values_list("customer", "person"))
    return Consequences(
        person, answers, own,
        sum((pk, one.pk) in pairs for pk, one in answers.items() if one is not None),
        open_sessions(person), ApiToken.objects.filter(user=person).count(),
        jobs_of(person).count(),
        Share.objects.filter(user=person, period__contains=StatementNow()).count(),
        Task.objects.open().filter(person=person).count(),
        len(proposals_for(person)), offers_for(person).count(),
    )  # fmt: skip


def jobs_of(person):
    """Background work that this person asked for and that has not ended."""
    states = [Job.State.WAITING, Job.State.RUNNING]
    return Job.objects.filter(person_id=person.pk, state__in=states)


def proposals_for(person):
    """Proposed change sets whose decision waits for this person, and for nobody nearer."""
    rows = approvals.proposals(person) if reach(person, Action.SEAT_ASSIGN) else []
    return [one for one in rows if likely_approver(one) == person]


def offers_for(person):
    """Approved change sets with customers that wait for this person's own yes."""
    waiting = Q(changes__taker=person, changes__state="waiting", changes__accepted_at=None)
    rows = ChangeSet.objects.filter(waiting, state=ChangeSet.State.APPROVED)
    return rows.distinct()


def answering(ids):
    """Customer → who answers for it now, None for nobody: for many at once, as `answers_for` for one."""
    heads, units, found = Heads(), {None: None}, {}
    away = set(Person.objects.unavailable().values_list("pk", flat=True))
    held = rows_of(Assignment.objects.at().filter(customer__in=list(ids), seat=MANAGER))
    others = Customer.objects.filter(pk__in=set(ids) - set(held)).select_related("home_unit")
    held |= with_backups({row.pk: Place(unit=row.home_unit) for row in others})
    for pk, one in held.items():
        if one.manager is not None and one.manager.pk not in away:
            found[pk] = one.manager
            continue
        if one.manager not in units:
            units[one.manager] = home_unit(one.manager)
        found[pk] = acting(heads, None, one, units[one.manager] or one.unit, one.manager)
    return found
