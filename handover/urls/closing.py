"""Addresses of closing."""

urlpatterns: list = []
