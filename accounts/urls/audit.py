"""Addresses: audit."""

from django.urls import path

from accounts.views import audit

urlpatterns = [path("trail", audit.index, name="trail")]
