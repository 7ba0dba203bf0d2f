"""Addresses: the file of a private customer."""

from django.urls import path

from crm.views import private_file as views

urlpatterns = [
    path("customers/<int:pk>/private", views.index, name="customer-private"),
    path("customers/<int:pk>/private/erase", views.erase, name="customer-private-erase"),
    path("customers/<int:pk>/private/<slug:name>/edit", views.edit, name="customer-private-edit"),
    path(
        "customers/<int:pk>/private/<slug:field>/reveal", views.reveal,
        name="customer-private-reveal",
    ),
    path(
        "customers/<int:pk>/private/<slug:field>/history", views.history,
        name="customer-private-history",
    ),
]  # fmt: skip
