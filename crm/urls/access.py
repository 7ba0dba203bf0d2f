"""Addresses: access."""

urlpatterns = []
