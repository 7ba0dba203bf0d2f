"""Addresses: the important dates of customers."""

from django.urls import path

from crm.views import important_dates as views

urlpatterns = [
    path("important-dates", views.coming, name="important-dates"),
    path("customers/<int:pk>/dates", views.of_customer, name="customer-dates"),
    path("customers/<int:pk>/dates/new/<slug:kind>", views.create, name="important-date-new"),
    path("important-dates/<int:pk>/edit", views.edit, name="important-date-edit"),
    path("important-dates/<int:pk>/remove", views.remove, name="important-date-remove"),
]
