"""Addresses: load, limits, rules of ownership."""

from django.urls import path

from crm.views import capacity as views

urlpatterns = [
    path("load", views.index, name="load"),
    path("people/<int:pk>/load", views.of_person, name="person-load"),
    path("people/<int:pk>/capacity", views.edit, name="person-capacity"),
    path("settings/ownership", views.rules, name="ownership-rules"),
]
