"""Addresses: documents of customers."""

from django.urls import path

from crm.views import customer_documents as views

urlpatterns = [
    path("customers/<int:pk>/documents", views.index, name="customer-documents"),
    path("customers/<int:pk>/documents/new", views.new, name="customer-document-new"),
    path("documents/<int:pk>", views.detail, name="document"),
    path("documents/<int:pk>/edit", views.edit, name="document-edit"),
    path("documents/<int:pk>/renew", views.renew, name="document-renew"),
    path("documents/<int:pk>/retire", views.retire, name="document-retire"),
    path("documents/<int:pk>/restore", views.restore, name="document-restore"),
    path("documents/<int:pk>/look/<int:number>", views.look, name="document-look"),
    path("documents/<int:pk>/fetch/<int:number>", views.fetch, name="document-fetch"),
]
