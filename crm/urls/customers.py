"""Addresses: customers."""

from django.urls import path

from crm.views import customer_list, customers

urlpatterns = [
    path("customers", customer_list.index, name="customers"),
    path("customers/new", customers.create, name="customer-new"),
    path("customers/<int:pk>", customers.detail, name="customer"),
    path("customers/<int:pk>/edit", customers.edit, name="customer-edit"),
]
