"""Addresses: the customer file."""

from django.urls import path

from crm.views import customer_file as views

urlpatterns = [
    path("customers/<int:pk>/file", views.index, name="customer-file"),
    path("customers/<int:pk>/file/<slug:name>", views.part, name="customer-file-part"),
    path("customers/<int:pk>/file/<slug:name>/edit", views.edit, name="customer-file-edit"),
    path("customers/<int:pk>/file/<slug:name>/confirm", views.confirm, name="customer-file-confirm"),
    path("customers/<int:pk>/file/<slug:name>/<slug:field>/ask", views.ask, name="customer-file-ask"),
    path(
        "customers/<int:pk>/file/<slug:name>/<slug:field>/history", views.history,
        name="customer-file-history",
    ),
]  # fmt: skip
