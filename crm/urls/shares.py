"""Addresses: the list of shares."""

from django.urls import path

from crm.views import shares as views

urlpatterns = [path("shares", views.index, name="shares")]
