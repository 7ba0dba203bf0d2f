"""How allauth behaves here: no sign-up, and a lock-out that holds against parallel tries."""

from datetime import timedelta

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from django.shortcuts import render

from kit import limits
from kit.errors import OverBudget

WINDOW = timedelta(minutes=5)
PER_LOGIN = 5  # failures of one login name in the window
PER_ADDRESS = 100  # an office shares one address


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in for people whom the company has created."""

    def is_open_for_signup(self, request):
        return False

    def pre_authenticate(self, request, **credentials):
        for name, limit in self._budgets(request, credentials):
            if limits.used(name, window=WINDOW) >= limit:
                raise ImmediateHttpResponse(
                    render(request, "account/locked.html", {"minutes": 5}, status=429)
                )

    def authenticate(self, request, **credentials):
        self.pre_authenticate(request, **credentials)
        user = self._signed_in(request, credentials)
        return user

    def _signed_in(self, request, credentials):
        from django.contrib.auth import authenticate

        user = authenticate(request, **credentials)
        if user is None or not user.has_access:
            self._count_failure(request, credentials)
            return None
        return user

    def _count_failure(self, request, credentials):
        for name, limit in self._budgets(request, credentials):
            try:
                limits.spend(name, limit=limit, window=WINDOW)
            except OverBudget:
                continue

    def _budgets(self, request, credentials):
        login = (credentials.get("username") or credentials.get("email") or "").lower()[:80]
        return [
            (f"sign-in:{login}", PER_LOGIN),
            (f"sign-in-from:{request.META.get('REMOTE_ADDR', '')}", PER_ADDRESS),
        ]

    def get_login_redirect_url(self, request):
        return "/"
