"""How allauth behaves here: no sign-up, and a lock-out that holds against parallel tries."""

import base64
import hashlib
from datetime import timedelta

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib.auth import authenticate
from django.db.models import Q
from django.shortcuts import render
from django.urls import reverse

from accounts.access import Action, can
from accounts.models import Person
from accounts.services import profile
from kit import crypto, limits
from kit.errors import OverBudget

WINDOW = timedelta(minutes=5)
STEP = timedelta(seconds=30)
PER_LOGIN = 5  # failures of one person in the window, whatever name was typed
PER_ADDRESS = 100  # an office shares one address
PICKED = "language_pick"  # cookie: the language chosen on the sign-in page
YEAR = 365 * 24 * 3600


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in for people whom the company has created."""

    def is_open_for_signup(self, request):
        return False

    def authenticate(self, request, **credentials):
        """The person, or None. A try is spent before it is made, and given back if it is right."""
        taken = self._spend(request, credentials)
        user = authenticate(request, **credentials)
        if user is None or not user.has_access:
            return None
        for one in taken:
            limits.refund(one)
        return user

    def _spend(self, request, credentials):
        try:
            return [
                limits.spend_recent(name, limit=limit, window=WINDOW, step=STEP)
                for name, limit in self._budgets(request, credentials)
            ]
        except OverBudget as spent:
            page = render(request, "account/locked.html", {"minutes": 6}, status=429)
            raise ImmediateHttpResponse(page) from spent

    def _budgets(self, request, credentials):
        return [
            (f"sign-in:{whose(credentials)}", PER_LOGIN),
            (f"sign-in-from:{self.get_client_ip(request)}", PER_ADDRESS),
        ]

    def get_login_redirect_url(self, request):
        """The page on which the work of the role begins."""
        if can(request.user, Action.ACTIVITY_LOG):
            return reverse("crm:today")
        if can(request.user, Action.CUSTOMER_VIEW):
            return reverse("crm:customers")
        return reverse("accounts:people")

    def post_login(self, request, user, **arguments):
        """The browser takes the person's language and theme; a language just chosen is kept."""
        response = super().post_login(request, user, **arguments)
        picked = request.COOKIES.get(PICKED)
        if picked in dict(settings.LANGUAGES) and picked != user.language:
            user = profile.update(actor=user, person=user, values={"language": picked})
        response.delete_cookie(PICKED)
        dress(response, user)
        return response


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets of the second factor are encrypted at rest, each under a key of its own."""

    def encrypt(self, text):
        wrapped = crypto.new_key()
        parts = (wrapped, crypto.seal(wrapped, text))
        return ".".join(base64.b64encode(part).decode() for part in parts)

    def decrypt(self, encrypted_text):
        wrapped, sealed = map(base64.b64decode, encrypted_text.split("."))
        return crypto.unseal(wrapped, sealed)


def whose(credentials):
    """What failures are counted under: the person, whichever of their names was typed."""
    login = (credentials.get("username") or credentials.get("email") or "").strip().lower()
    known = Person.objects.filter(Q(username__iexact=login) | Q(email__iexact=login))
    found = known.values_list("pk", flat=True).first() if login else None
    return found or hashlib.sha256(login.encode()).hexdigest()


def dress(response, person):
    """Write the person's language and theme into cookies of the browser."""
    remember(response, settings.LANGUAGE_COOKIE_NAME, person.language)
    if person.theme:
        remember(response, "theme", person.theme)
    else:
        response.delete_cookie("theme")


def remember(response, name, value, age=YEAR):
    """A cookie of appearance: no secret; the script that switches the theme writes it too."""
    response.set_cookie(
        name, value, max_age=age, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )
