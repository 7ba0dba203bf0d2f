"""Addresses: what a person holds."""

from django.urls import path

from accounts.views import holdings

urlpatterns = [path("people/<int:pk>/holdings", holdings.index, name="person-holdings")]
