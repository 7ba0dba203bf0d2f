"""The sessions, tokens and second factors of one person."""

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.translation import gettext as _

BROWSERS = [
    ("MicroMessenger", "WeChat"), ("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"),
    ("CriOS", "Chrome"), ("Safari", "Safari"),
]  # fmt: skip
SYSTEMS = [
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
    ("Mac OS", "macOS"), ("Linux", "Linux"),
]  # fmt: skip


def open_sessions(person, current_key=""):
    """Sessions that are still alive, the present one first; each with `device` and `is_here`."""
    alive = Session.objects.filter(expire_date__gt=timezone.now())
    rows = UserSession.objects.filter(user=person, session_key__in=alive.values("session_key"))
    rows = list(rows.order_by("-last_seen_at"))
    for row in rows:
        row.device = device(row.user_agent)
        row.is_here = row.session_key == current_key
    return sorted(rows, key=lambda row: not row.is_here)


def device(agent):
    """Chrome on Windows, out of what a browser says of itself."""
    browser = next((name for sign, name in BROWSERS if sign in agent), "")
    system = next((name for sign, name in SYSTEMS if sign in agent), "")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("Unknown device")


def second_factors(person):
    """How many second factors a person has set up."""
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    return Authenticator.objects.filter(user=person, type__in=kinds).count()
