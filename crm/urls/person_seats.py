"""Addresses: what a person held."""

from django.urls import path

from crm.views import person_seats

urlpatterns = [path("people/<int:pk>/seats", person_seats.index, name="person-seats")]
