"""Addresses: Today, the log sheet, visits, timelines."""

from django.urls import path

from crm.views import activities, questions, today

urlpatterns = [
    path("", today.index, name="today"),
    path("log", activities.log, name="log"),
    path("log/sheet", activities.sheet, name="log-sheet"),
    path("log/search", activities.search, name="log-search"),
    path("visits/<int:pk>", activities.visit, name="activity"),
    path("visits/<int:pk>/correct", activities.correct, name="activity-correct"),
    path("visits/<int:pk>/confirm", activities.confirm, name="activity-confirm"),
    path("visits/<int:pk>/question", questions.show_question, name="activity-question"),
    path("visits/<int:pk>/next-step", activities.next_step_done, name="activity-next-step"),
    path("customers/<int:pk>/timeline", activities.history, name="customer-timeline"),
]
