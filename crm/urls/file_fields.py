"""Addresses: what the customer file asks for."""

from django.urls import path

from crm.views import file_fields as views

urlpatterns = [
    path("file-fields", views.index, name="file-fields"),
    path("file-fields/<slug:part>/new", views.create, name="file-field-new"),
    path("file-fields/<slug:part>/<slug:field>", views.edit, name="file-field"),
    path("file-fields/<slug:part>/<slug:field>/remove", views.remove, name="file-field-remove"),
    path("file-fields/<slug:part>/<slug:field>/restore", views.restore, name="file-field-restore"),
]
