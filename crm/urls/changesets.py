"""Addresses of change sets."""

from django.urls import path

from crm.views import changesets

urlpatterns = [
    path("changesets/<int:pk>", changesets.one, name="changeset"),
]
