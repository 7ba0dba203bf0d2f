"""Addresses: ownership."""

from django.urls import path

from crm.views import ownership as views

urlpatterns = [
    path("customers/<int:pk>/ownership", views.history, name="customer-ownership"),
    path("customers/<int:pk>/seats/<slug:seat>/assign", views.assign, name="customer-assign"),
    path("customers/<int:pk>/seats/<slug:seat>/end", views.end, name="customer-seat-end"),
    path(
        "customers/<int:pk>/seats/planned/<int:assignment>/cancel",
        views.cancel,
        name="customer-seat-cancel",
    ),
]
