"""Who is told of a freeze: always whoever answers at the moment of sending."""

from accounts.access import Role
from accounts.models import Person
from accounts.selectors.org import able_at, able_head_above
from accounts.services.notifications import addressee
from handover.models import Freeze
from handover.selectors import calls
from handover.selectors import emergency as ask


def unconfirmed(about):
    """The freeze of a notice, while it is in force and nobody has confirmed it."""
    rows = ask.in_force().filter(pk=about["freeze"], confirmed_at=None)
    return rows.select_related("person").first()


@addressee("freeze.head")
def head_when_sent(about):
    """The nearest head above the person who may be the second one."""
    row = unconfirmed(about)
    return row and able_head_above(row.person, lambda head: ask.may_confirm(head, row))


@addressee("freeze.hr")
def hr_when_sent(about):
    """Somebody of HR who may be the second one."""
    row = unconfirmed(about)
    found = row and first_of(Role.HR, row)
    return None if found == head_when_sent(about) else found  # asked as the head already


@addressee("freeze.director")
def director_when_sent(about):
    """A director, when the time for the second person is over; the one who ordered it if there is no other."""
    row = unconfirmed(about)
    if row is None:
        return None
    alone = Person.objects.with_access().filter(pk=row.frozen_by_id)
    return first_of(Role.DIRECTOR, row) or alone.filter(roles__contains=[Role.DIRECTOR]).first()


def first_of(role, row):
    """The first person of a role, by name, who can answer and may confirm."""
    people = Person.objects.with_access().filter(roles__contains=[role]).order_by("sort_key", "pk")
    return next((one for one in people if able_at(one) and ask.may_confirm(one, row)), None)


@addressee("freeze.acting")
def acting_when_sent(about):
    """Whoever acts, while the freeze lasts."""
    row = Freeze.objects.filter(pk=about["freeze"], lifted_at=None).first()
    return row and Person.objects.filter(pk=about["person"]).first()


@addressee("freeze.caller")
def caller_when_sent(about):
    """Whoever still has calls to make; where they cannot, who answers at most of those customers."""
    person = Person.objects.get(pk=about["person"])
    if not able_at(person):
        left = calls.left_by(person)
        left = [(count, who) for (freeze, who), count in left.items() if freeze == about["freeze"]]
        return Person.objects.get(pk=max(left)[1]) if left else None
    return person if calls.waiting(person).filter(freeze=about["freeze"]).exists() else None
