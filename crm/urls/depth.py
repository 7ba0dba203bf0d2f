"""Addresses: how deep relations are."""

from django.urls import path

from crm.views import depth as views

urlpatterns = [
    path("customers/<int:pk>/depth", views.of_customer, name="customer-depth"),
    path("contacts/<int:pk>/depth", views.of_contact, name="contact-depth"),
    path("contacts/<int:pk>/depth/<int:level>", views.edit, name="contact-depth-level"),
    path("depth/<int:pk>/confirm", views.confirm, name="depth-confirm"),
]
