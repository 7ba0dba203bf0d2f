"""Addresses of exposure."""

urlpatterns: list = []
