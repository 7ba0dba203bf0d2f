"""Addresses: access."""

from django.urls import path

from crm.views import access as views

urlpatterns = [
    path("customers/<int:pk>/shares", views.shared, name="customer-shares"),
    path("customers/<int:pk>/shares/<int:share>/change", views.change, name="share-change"),
    path("customers/<int:pk>/shares/<int:share>/revoke", views.revoke, name="share-revoke"),
    path("customers/<int:pk>/access", views.why, name="customer-access"),
]
