"""Addresses: contacts."""

urlpatterns = []
