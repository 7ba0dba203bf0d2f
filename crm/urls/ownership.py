"""Addresses: ownership."""

urlpatterns = []
