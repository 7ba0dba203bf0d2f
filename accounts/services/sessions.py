"""Personal API tokens, and the sessions a person has open."""

from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Action
from accounts.audit import record
from accounts.models import ApiToken, Person
from accounts.service import service
from kit.errors import Conflict, Refused

DAYS = 90
MOST = 20


@service(Action.TOKEN_ISSUE)
def issue_token(*, actor, name, days):
    """Issue a personal API token that lives `days` days (1 to 90).

    Returns (row, token). The token is shown once; only its digest is kept.
    """
    if not name.strip():
        raise Refused(_("Enter what it is for"), field="name")
    if not 1 <= days <= DAYS:
        raise Refused(_("A token lasts 1 to 90 days"), field="days")
    person = Person.objects.select_for_update().get(pk=actor.pk)
    if not person.has_access or person.auth_epoch != actor.auth_epoch:
        raise Conflict(_("Sign in again first."))
    mine = ApiToken.objects.filter(user=person)
    if mine.filter(name=name).exists():
        raise Refused(_("You already have a token of this name"), field="name")
    if mine.count() >= MOST:
        raise Refused(_("You have 20 tokens. Revoke one first."))
    row, token = ApiToken.objects.create(
        user=person, expiry=timedelta(days=days), name=name, epoch=person.auth_epoch
    )
    record(person, {"token": (None, name), "expires": (None, row.expiry)})
    return row, token


@service(Action.PROFILE_EDIT, on="person")
def revoke_token(*, actor, person, token):
    """Take back one of one's own tokens; it is dead with the next request."""
    row = ApiToken.objects.select_for_update().filter(user=person, pk=token.pk).first()
    if row is None:
        raise Conflict(_("This token is gone already."))
    record(person, {"token": (row.name, None)})
    row.delete()
    return person


@service(Action.PROFILE_EDIT, on="person")
def end(*, actor, person, sessions):
    """Sign out other devices of one's own. `sessions`: UserSession rows. Returns how many."""
    rows = UserSession.objects.filter(user=person, pk__in=[row.pk for row in sessions])
    keys = list(rows.values_list("session_key", flat=True))
    if not keys:
        raise Conflict(_("There is no other session to end."))
    Session.objects.filter(session_key__in=keys).delete()
    rows.delete()
    record(person, {"sessions": (len(keys), 0)})
    return len(keys)


def note_use(token):
    """Keep the day on which a token was last used; written once a day, and no verb."""
    day = timezone.now().date()
    if token.last_used_on != day:
        ApiToken.objects.filter(pk=token.pk).update(last_used_on=day)
