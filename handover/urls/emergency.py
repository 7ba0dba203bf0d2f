"""Addresses of emergency."""

urlpatterns: list = []
