"""Addresses: orders, payments, rates."""

from django.urls import path

from crm.views import rates
from crm.views import trade as views

urlpatterns = [
    path("customers/<int:pk>/trade", views.of_customer, name="customer-trade"),
    path("customers/<int:pk>/orders/new", views.new_order, name="order-new"),
    path("customers/<int:pk>/payments/new", views.new_payment, name="payment-new"),
    path("orders", views.index, name="orders"),
    path("orders/<int:pk>", views.order, name="order"),
    path("orders/<int:pk>/edit", views.edit_order, name="order-edit"),
    path("payments/<int:pk>/edit", views.edit_payment, name="payment-edit"),
    path("rates", rates.index, name="rates"),
    path("rates/new", rates.create, name="rate-new"),
    path("rates/<int:pk>/edit", rates.edit, name="rate-edit"),
]
