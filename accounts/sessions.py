"""How long a session lives: twelve hours from sign-in, thirty minutes without a request."""

import time
from datetime import timedelta

from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.utils import timezone

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
NOTED = timedelta(minutes=5)  # the session is written at most this often
SIGNED_IN, SEEN = "signed_in_at", "seen_at"


@receiver(user_logged_in)
def begin(sender, request, user, **kwargs):
    """A session begins: both clocks start."""
    request.session[SIGNED_IN] = request.session[SEEN] = int(time.time())


def is_over(session):
    """Whether a session has been idle or alive for too long. One without clocks is over."""
    now = time.time()
    idle = now - session.get(SEEN, 0)
    return idle > IDLE.total_seconds() or now - session.get(SIGNED_IN, 0) > LONGEST.total_seconds()


def keep(request):
    """End the session of a request if its time is over, else note that it was used."""
    if not request.user.is_authenticated:
        return
    if is_over(request.session):
        logout(request)
        return
    now = int(time.time())
    if now - request.session[SEEN] >= NOTED.total_seconds():
        from allauth.usersessions.models import UserSession

        request.session[SEEN] = now
        mine = UserSession.objects.filter(session_key=request.session.session_key)
        mine.update(last_seen_at=timezone.now())
