"""Addresses of the handover, one module per domain word."""

app_name = "handover"
urlpatterns: list = []
