"""Addresses: who made a customer."""

from django.urls import path

from crm.views import contributions as views

urlpatterns = [
    path("customers/<int:pk>/made-by", views.index, name="customer-contributions"),
    path(
        "customers/<int:pk>/made-by/<int:contribution>/take-back", views.take_back,
        name="customer-contribution-back",
    ),
]  # fmt: skip
