"""Addresses: imports."""

from django.urls import path

from crm.views import imports as views

urlpatterns = [
    path("imports", views.index, name="imports"),
    path("imports/new", views.create, name="import-new"),
    path("imports/template", views.template, name="import-template"),
    path("imports/<int:pk>", views.detail, name="import"),
    path("imports/<int:pk>/columns", views.columns, name="import-columns"),
    path("imports/<int:pk>/start", views.start, name="import-start"),
    path("imports/<int:pk>/check", views.check, name="import-check"),
    path("imports/<int:pk>/resume", views.resume, name="import-resume"),
    path("imports/<int:pk>/discard", views.discard, name="import-discard"),
    path("imports/<int:pk>/rows", views.rows, name="import-rows"),
    path("imports/<int:pk>/bad-rows", views.bad_rows, name="import-bad-rows"),
    path("imports/<int:pk>/undo", views.undo, name="import-undo"),
]
