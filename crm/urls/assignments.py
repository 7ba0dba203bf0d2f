"""Addresses: who looks after whom now."""

from django.urls import path

from crm.views import assignments as views

urlpatterns = [
    path("assignments", views.index, name="assignments"),
    path("assignments/select", views.select, name="assignments-select"),
]
