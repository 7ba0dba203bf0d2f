"""Addresses of decisions."""

from django.urls import path

from crm.views import approvals

urlpatterns = [
    path("approvals", approvals.index, name="approvals"),
    path("approvals/<int:pk>", approvals.proposal, name="approval"),
    path("approvals/<int:pk>/offer", approvals.offer, name="approval-offer"),
]
