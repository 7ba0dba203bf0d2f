"""Addresses of templates."""

urlpatterns: list = []
