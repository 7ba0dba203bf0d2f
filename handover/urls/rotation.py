"""Addresses of rotation."""

urlpatterns: list = []
