"""Our people come, change, go; nobody is deleted."""

from collections.abc import Callable
from datetime import timedelta

from django.contrib.sessions.models import Session
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from psycopg2.extras import DateTimeTZRange

from accounts import audit
from accounts.access import GRANTED_BY, Action, Role
from accounts.audit import assign, initial, record, record_many
from accounts.models import Absence, ApiToken, Person, Unit
from accounts.service import only, service
from accounts.services import org
from kit import bulk, guards
from kit.clock import database_now
from kit.dates import plausible
from kit.errors import NotAllowed, Refused
from kit.state import move
from kit.versions import unchanged

EDITABLE = {"name", "latin_name", "email", "title", "joined_on"}
CREATED_WITH = EDITABLE | {"username", "roles", "language", "time_zone"}
LONGEST = timedelta(days=3 * 366)
ANY_OTHER = {Role.HR, Role.ADMINISTRATOR}  # who hands out the roles that are not in GRANTED_BY
State = Person.State
MOVES = {
    State.ACTIVE: {State.ON_NOTICE, State.FROZEN, State.LEFT},
    State.ON_NOTICE: {State.ACTIVE, State.FROZEN, State.LEFT},
    State.FROZEN: {State.ACTIVE, State.ON_NOTICE, State.LEFT},
    State.LEFT: {State.ACTIVE},  # somebody comes back; nothing of the former access does
}
OUT = {State.FROZEN, State.LEFT}
# By hand nobody is frozen, nor brought back from it: that is a sudden departure and its way back.
BY_HAND = {
    state: (MOVES[state] & {State.LEFT}) if state == State.FROZEN else MOVES[state] - {State.FROZEN}
    for state in MOVES
}
# What else ends in the transaction in which somebody leaves: functions of the person, locked.
ENDS_WHEN_LEAVING: list[Callable] = []
ADMINISTRATORS = 4_802  # key of the lock under which their number may shrink


@service(Action.PERSON_EDIT)
def create(*, actor, values, unit=None, since=None):
    """Take somebody on: values are fields of CREATED_WITH, `unit` is where they belong.

    They choose a password by the mail of "Forgotten password". Returns the person.
    """
    person = Person(**sound(actor, values))
    insert([person])
    if unit is not None:
        org.enter(actor, Unit.objects.get(pk=unit.pk), person, since)
    return person


def insert(people, memberships=(), when=None):
    """Write new people and their places inside a running verb. Returns the people.

    people: unsaved, with values as `sound` gives them; they have no password. memberships:
    unsaved, of any period, pointing to them. when: the instant each row is claimed for, a function
    of the row; None is now.
    """
    for person in people:
        person.set_unusable_password()
    bulk.insert(people)
    record_many([
        {"subject": person, "changes": initial(person, CREATED_WITH),
         "happened_at": when and when(person)}
        for person in people
    ])  # fmt: skip
    org.insert(memberships, when=when)
    return people


def sound(actor, values):
    """The values of a new person, or Refused at the first that is wrong."""
    values = only(values, CREATED_WITH)
    values["username"] = values["username"].strip().lower()
    if "@" in values["username"] or not values["username"]:
        raise Refused(_("A user name has letters, digits, dots and dashes"), field="username")
    if Person.objects.filter(username__iexact=values["username"]).exists():
        raise Refused(_("This user name is already in use."), field="username")
    check_values(values)
    check_roles(actor, set(), set(values.get("roles", ())))
    return values


@service(Action.PERSON_EDIT, on="person")
def edit(*, actor, person, values, version=None):
    """Change names, address of mail, post or first day of a person.

    version: the tag of EDITABLE that was seen (kit.versions); another one is a Conflict.
    """
    human(person)
    unchanged(person, EDITABLE, version)
    values = only(values, EDITABLE)
    check_values(values, person)
    if not change([(person, values)]):
        record(person)
    return person


def change(pairs, when=None):
    """Change people inside a running verb; returns (person, changes) of those that differ.

    pairs: a person, locked by the caller, and field → new value. when: see `insert`.
    """
    changed = []
    for person, values in pairs:
        if changes := assign(person, values):
            person.save()
            changed.append((person, changes))
    record_many([
        {"subject": person, "changes": changes, "happened_at": when and when(person)}
        for person, changes in changed
    ])  # fmt: skip
    return changed


@service(Action.ROLES_EDIT, on="person")
def set_roles(*, actor, person, roles):
    """Give a person exactly these roles; never oneself, and never leaving no administrator."""
    of_somebody_else(actor, person)
    explained()
    roles = sorted(set(roles))
    check_roles(actor, set(person.roles), set(roles))
    stays = Role.ADMINISTRATOR in roles
    guards.check("people.set_roles", person=person, stays_administrator=stays)
    changes = assign(person, {"roles": roles})
    if not changes:
        raise Refused(_("These are the roles already."), field="roles")
    person.save()
    record(person, changes)
    return person


@service(Action.PERSON_EDIT, on="person")
def set_state(*, actor, person, state):
    """Move a person between active, on notice and left; never oneself. The system freezes, too.

    Who is frozen or has left loses every session and token in this transaction. Who comes back
    gets a new epoch too, so that nothing of before lives again. Seats stay where they are. Rights
    that were given by name end for who has left; who is frozen has none by the state alone, so that
    lifting a mistaken freeze brings back what was.
    """
    of_somebody_else(actor, person)
    explained()
    if state not in BY_HAND[person.state] and state in MOVES[person.state]:
        system_only(actor)
    out = state in OUT
    guards.check("people.set_state", person=person, stays_administrator=not out, state=state)
    return put_state(person, State(state))


def put_state(person, state):
    """Inside a running verb: the state of a locked person, with all that ends or dies by it."""
    before = person.state
    move(person, "state", state, MOVES)
    if {before, person.state} & OUT:
        cut_access(person)
    person.save()
    record(person, {"state": (before, person.state)})
    if person.state == State.LEFT:
        for end in ENDS_WHEN_LEAVING:
            end(person)
    return person


def ends_when_leaving(function):
    """Register the decorated function as one that ends something when a person leaves."""
    ENDS_WHEN_LEAVING.append(function)
    return function


def cut_access(person):
    """A new epoch; sessions and tokens of the old one are gone. The caller saves the person."""
    from allauth.usersessions.models import UserSession

    person.auth_epoch += 1
    ApiToken.objects.filter(user=person).delete()
    sessions = UserSession.objects.filter(user=person)
    Session.objects.filter(session_key__in=sessions.values("session_key")).delete()
    sessions.delete()


@service(Action.ABSENCE_SET, on="person")
def record_absence(*, actor, person, starts_at, ends_at, kind=Absence.Kind.LEAVE, note=""):
    """Write down that somebody is away from an instant to another; it begins by itself.

    A start in the past counts from now: who answered for a customer then is not rewritten.
    """
    human(person)
    start = max(starts_at, database_now())
    if not plausible(start.date()):
        raise Refused(_("An absence begins within a year"), field="first_day")
    if ends_at <= start:
        raise Refused(_("The last day must be today or later"), field="last_day")
    if ends_at - start > LONGEST:
        raise Refused(_("An absence lasts three years at most"), field="last_day")
    period = DateTimeTZRange(start, ends_at, "[)")
    absence = Absence.objects.create(
        person=person, period=period, kind=Absence.Kind(kind), note=note[:200]
    )
    # The kind may be about health: the trail keeps the time only.
    record(absence, {"person": (None, person), "from": (None, start), "to": (None, ends_at)})
    return absence


@service(Action.ABSENCE_SET, on="absence")
def end_absence(*, actor, absence):
    """Somebody is back before the time; an absence that has not begun is taken back."""
    now = database_now()
    upper = absence.period.upper
    if upper is not None and upper <= now:
        raise Refused(_("This absence is over."))
    record(absence, {"person": (absence.person_id, absence.person_id), "to": (upper, now)})
    if absence.period.lower >= now:
        absence.delete()
        return absence
    absence.period = DateTimeTZRange(absence.period.lower, now, "[)")
    absence.save()
    return absence


# -- what these verbs refuse ----------------------------------------------------------------------


def last_administrator(*, person, stays_administrator, **rest):
    """Whether nobody could administer any more. Two at once are asked one after the other."""
    loses = person.state not in OUT and Role.ADMINISTRATOR in person.roles
    if not loses or stays_administrator:
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ADMINISTRATORS])
    others = Person.objects.with_access().filter(roles__contains=[Role.ADMINISTRATOR])
    return not others.exclude(pk=person.pk).exists()


for verb in ("people.set_roles", "people.set_state"):
    guards.guard(verb, gettext_lazy("This is the last administrator. Appoint another one first."))(
        last_administrator
    )


def of_somebody_else(actor, person):
    """Roles and state are never one's own to change, nor anybody's for the company's account."""
    human(person)
    if actor.pk == person.pk:
        raise NotAllowed(_("Nobody changes their own roles or state."))


def system_only(actor):
    """A freeze names who answers and asks a second person: nobody does without it by hand."""
    if not actor.has_role(Role.SYSTEM):
        text = _("Access is stopped and restored under “Sudden departure”, with a second person.")
        raise Refused(text, field="state", code="sudden_departure")


def human(person):
    """The company's own account is no person of the directory."""
    if Role.SYSTEM in person.roles:
        raise NotAllowed()


def explained():
    """A reason is part of the act."""
    if not (audit.current.get().reason or "").strip():
        raise Refused(_("Say why"), field="reason")


def check_roles(actor, before, after):
    """Known roles only, each made or unmade by those who may: see GRANTED_BY."""
    if not after <= set(Role.values) - {Role.SYSTEM}:
        raise Refused(_("Choose from the list of roles"), field="roles")
    messages = {
        Role.ADMINISTRATOR: _("Only an administrator appoints administrators."),
        Role.DIRECTOR: _("Only a director appoints directors and auditors."),
        Role.AUDITOR: _("Only a director appoints directors and auditors."),
    }
    for role in sorted(before ^ after):
        if not actor.has_role(*GRANTED_BY.get(role, ANY_OTHER), Role.SYSTEM):
            text = messages.get(role, _("A director appoints directors and auditors only."))
            raise Refused(text, field="roles")


def check_values(values, person=None):
    """A name; a mail address that nobody else has; a first day that can be meant."""
    if "name" in values and not values["name"].strip():
        raise Refused(_("Enter the name"), field="name")
    if values.get("joined_on") and not plausible(values["joined_on"]):
        raise Refused(_("Enter a day from 1900 to a year from now"), field="joined_on")
    email = values.get("email")
    others = Person.objects.exclude(pk=person.pk) if person else Person.objects
    if email and others.filter(email__iexact=email).exists():
        raise Refused(_("This email address is already in use."), field="email")
