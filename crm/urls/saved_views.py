"""Addresses: saved views and selections."""

from django.urls import path

from crm.views import saved_views as views
from crm.views import selections

urlpatterns = [
    path("customers/views", views.index, name="saved-views"),
    path("customers/views/new", views.create, name="saved-view-new"),
    path("customers/views/<int:pk>", views.view, name="saved-view"),
    path("customers/views/<int:pk>/edit", views.edit, name="saved-view-edit"),
    path("customers/views/<int:pk>/remove", views.remove, name="saved-view-remove"),
    path("customers/views/<int:pk>/start", views.start, name="saved-view-start"),
    path("customers/views/<int:pk>/first", views.first, name="saved-view-first"),
    path("customers/views/<int:pk>/unshare", views.unshare, name="saved-view-unshare"),
    path("customers/selection", selections.pick, name="selection-new"),
    path("customers/selection/<uuid:pk>", selections.selection, name="selection"),
    path("customers/selection/<uuid:pk>/clear", selections.clear, name="selection-clear"),
]
