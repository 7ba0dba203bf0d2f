"""Addresses: tiers."""

from django.urls import path

from crm.views import tiers

urlpatterns = [
    path("tiers", tiers.formula, name="tiers"),
    path("customers/<int:pk>/tier", tiers.customer, name="customer-tier"),
    path("customers/<int:pk>/tier/end", tiers.end, name="customer-tier-end"),
]
