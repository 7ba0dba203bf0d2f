"""Addresses: MAN, the qualification of a customer."""

from django.urls import path

from crm.views import qualification as views

urlpatterns = [
    path("customers/<int:pk>/man", views.index, name="customer-man"),
    path("customers/<int:pk>/man/step", views.step, name="customer-man-step"),
    path("customers/<int:pk>/man/<slug:letter>", views.edit, name="customer-man-letter"),
]
