"""Addresses: links."""

urlpatterns = []
