"""Addresses: profile."""

from django.http import Http404
from django.urls import path


def _soon(request, **kwargs):
    raise Http404


urlpatterns = [path("profile", _soon, name="profile")]
