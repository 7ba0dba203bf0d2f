"""Addresses: territories."""

from django.urls import path

from crm.views import territories as views

urlpatterns = [
    path("territories", views.index, name="territories"),
    path("people/<int:pk>/territories", views.of_person, name="person-territories"),
    path("people/<int:pk>/territories/new", views.give, name="territory-new"),
    path("territories/<int:pk>/end", views.end, name="territory-end"),
]
