"""Addresses: who knows whom."""

from django.urls import path

from crm.views import links

urlpatterns = [
    path("customers/<int:pk>/map", links.customer_map, name="customer-map"),
    path("contacts/<int:pk>/links/new", links.create, name="link-new"),
    path("links/<int:pk>/end", links.end, name="link-end"),
]
