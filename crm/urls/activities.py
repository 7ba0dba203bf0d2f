"""Addresses: activities."""

from django.http import Http404
from django.urls import path


def _soon(request, **kwargs):
    raise Http404


urlpatterns = [
    path("", _soon, name="today"),
    path("log", _soon, name="log"),
    path("visits/<int:pk>", _soon, name="activity"),
]
