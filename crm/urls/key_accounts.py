"""Addresses: key-account teams."""

from django.urls import path

from crm.views import key_accounts as views

urlpatterns = [
    path("customers/<int:pk>/team/<int:assignment>/duty", views.duty, name="customer-member-duty"),
]
