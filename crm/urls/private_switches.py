"""Addresses: what may be kept of households."""

from django.urls import path

from crm.views import private_switches as views

urlpatterns = [
    path("private-file", views.index, name="private-file"),
    path("private-file/<slug:field>", views.ask, name="private-field"),
    path("private-switches/<int:pk>/agree", views.agree, name="private-switch-agree"),
    path("private-switches/<int:pk>/end", views.end, name="private-switch-end"),
]
