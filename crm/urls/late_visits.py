"""Addresses of visits that arrived late."""

from django.urls import path

from crm.views import late_visits

urlpatterns = [
    path("late-visits", late_visits.index, name="late-visits"),
    path("late-visits/<int:pk>/accept", late_visits.accept, name="late-visit-accept"),
    path("late-visits/<int:pk>/reject", late_visits.reject, name="late-visit-reject"),
]
