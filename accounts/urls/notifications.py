"""Addresses: notifications."""

from django.http import Http404
from django.urls import path


def _soon(request, **kwargs):
    raise Http404


urlpatterns = [path("inbox", _soon, name="inbox")]
