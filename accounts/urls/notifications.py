"""Addresses: notifications."""

from django.urls import path

from accounts.views import notifications

urlpatterns = [
    path("inbox", notifications.index, name="inbox"),
    path("inbox/read", notifications.read, name="inbox-read"),
    path("inbox/<int:pk>/open", notifications.opened, name="inbox-open"),
]
