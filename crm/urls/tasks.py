"""Addresses: tasks."""

from django.urls import path

from crm.views import tasks as views

urlpatterns = [
    path("tasks", views.index, name="tasks"),
    path("tasks/<int:pk>", views.detail, name="task"),
    path("tasks/<int:pk>/edit", views.edit, name="task-edit"),
    path("tasks/<int:pk>/give", views.give, name="task-give"),
    path("tasks/<int:pk>/finish", views.finish, name="task-finish"),
    path("tasks/<int:pk>/drop", views.drop, name="task-drop"),
    path("tasks/<int:pk>/reopen", views.reopen, name="task-reopen"),
    path("customers/<int:pk>/tasks", views.of_customer, name="customer-tasks"),
    path("customers/<int:pk>/tasks/new", views.create, name="task-new"),
]
