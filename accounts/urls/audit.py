"""Addresses: audit."""

from django.http import Http404
from django.urls import path


def _soon(request, **kwargs):
    raise Http404


urlpatterns = [path("audit", _soon, name="trail")]
