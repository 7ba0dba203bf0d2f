"""Addresses: org."""

from django.http import Http404
from django.urls import path


def _soon(request, **kwargs):
    raise Http404


urlpatterns = [path("organisation", _soon, name="org")]
