"""Addresses: customers."""

from django.http import Http404
from django.urls import path


def _soon(request, **kwargs):
    raise Http404


urlpatterns = [
    path("customers", _soon, name="customers"),
    path("customers/<int:pk>", _soon, name="customer"),
]
