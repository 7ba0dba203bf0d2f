"""Addresses of departures."""

urlpatterns: list = []
