"""Addresses: people."""

from django.http import Http404
from django.urls import path


def _soon(request, **kwargs):
    raise Http404


urlpatterns = [path("people", _soon, name="people")]
