"""Addresses: profile, sessions, tokens."""

from django.urls import path

from accounts.views import profile, sessions

urlpatterns = [
    path("profile", profile.profile, name="profile"),
    path("profile/sessions", sessions.index, name="sessions"),
    path("profile/sessions/end", sessions.end, name="sessions-end"),
    path("profile/tokens", sessions.tokens, name="tokens"),
    path("profile/tokens/<str:token>/revoke", sessions.revoke, name="token-revoke"),
]
