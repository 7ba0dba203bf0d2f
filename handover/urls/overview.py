"""Addresses of the overview."""

from django.urls import path

from handover.views import overview

urlpatterns = [
    path("overview", overview.index, name="overview"),
    path("risk", overview.risk, name="risk"),
]
