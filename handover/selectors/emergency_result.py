"""What became of a freeze, looked at now: what has ended, who answers, who was told, who confirmed."""

from dataclasses import dataclass

from allauth.usersessions.models import UserSession

from accounts.access import Action, can
from accounts.models import ApiToken, Person
from accounts.selectors.org import able_at
from handover.models import Departure, Freeze
from handover.selectors import calls
from handover.selectors import emergency as ask
from kit.clock import database_now

KINDS = {
    "immediate_dismissal": Departure.Kind.DISMISSAL,
    "found_diversion": Departure.Kind.DISMISSAL,
    "death_illness": Departure.Kind.DEATH_ILLNESS,
}


def kind(freeze):
    """The kind of departure that a trigger suggests."""
    return KINDS.get(freeze.trigger, Departure.Kind.RESIGNATION)


@dataclass
class Line:
    """A freeze in a list."""

    freeze: Freeze
    viewer: Person

    @property
    def state(self):
        return state_of(self.freeze)

    @property
    def may_confirm(self):
        return ask.may_confirm(self.viewer, self.freeze)


def state_of(freeze):
    """confirmed, waiting, late, lifted or over."""
    if freeze.lifted_at:
        return "lifted"
    if freeze.ended_at:
        return "over"
    if freeze.confirmed_at:
        return "confirmed"
    return "late" if database_now() > freeze.confirm_by else "waiting"


@dataclass
class Ended:
    """One kind of access: how much there was, how much of it is left now."""

    code: str
    count: int
    left: int = 0


def page(viewer, freeze):
    """The context of the page of a freeze."""
    acts = can(viewer, Action.FREEZE, freeze.person)
    rows = calls.listed(viewer, freeze)
    counts, case = calls.counts(rows), ask.case_of(freeze, viewer)
    overtaken = case is not None and case == ask.overtaken_by(freeze)
    return {
        "ended": ended(freeze), "acting": acting(freeze), "state": state_of(freeze),
        "trigger": ask.trigger_words(freeze), "acts": acts,
        "may_confirm": ask.may_confirm(viewer, freeze),
        "may_lift": acts and freeze.in_force and not overtaken,
        "opened": case, "checked_at": database_now(),
        "calls": sum(counts.values()), "open_calls": sum(counts[one] for one in calls.STEPS),
        "late_calls": rows.filter(calls.late()).count(),
    }  # fmt: skip


def ended(freeze):
    """What the freeze ended; while it is in force, with what is left of it."""
    left = {}
    if freeze.in_force:
        person = freeze.person_id
        left = {
            "sessions": UserSession.objects.filter(user=person).count(),
            "tokens": ApiToken.objects.filter(user=person).count(),
            "jobs": ask.jobs_of(freeze.person).count(),
        }
    codes = ("sessions", "tokens", "jobs", "shares", "decisions")
    return [Ended(code, freeze.cut.get(code, 0), left.get(code, 0)) for code in codes]


def acting(freeze):
    """[(person, customers, whether they can still answer)] as it was named with the freeze."""
    people = Person.objects.in_bulk([key for key, _number in freeze.acting])
    return [(people[key], n, able_at(people[key])) for key, n in freeze.acting if key in people]
