"""Addresses: people."""

from django.urls import path

from accounts.views import people

urlpatterns = [
    path("people", people.index, name="people"),
    path("people/new", people.new, name="person-new"),
    path("people/<int:pk>", people.detail, name="person"),
    path("people/<int:pk>/edit", people.edit, name="person-edit"),
    path("people/<int:pk>/roles", people.roles, name="person-roles"),
    path("people/<int:pk>/state", people.state, name="person-state"),
    path("people/<int:pk>/absence", people.absence, name="person-absence"),
    path("people/<int:pk>/absence/<int:absence>/end", people.absence_end, name="absence-end"),
]
