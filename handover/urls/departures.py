"""Addresses of departures: a new one and its plan."""

from django.urls import path

from handover.views import departures as views
from handover.views import final_pay, other_seats
from handover.views import plan_changes as changes

urlpatterns = [
    path("departures/new", views.new, name="departure-new"),
    path("departures/<int:pk>/plan", views.plan, name="departure-plan"),
    path("departures/<int:pk>/plan/give", changes.give, name="departure-give"),
    path("departures/<int:pk>/plan/seats", other_seats.index, name="departure-seats"),
    path("departures/<int:pk>/plan/pay", final_pay.decide, name="departure-pay"),
    path("departures/<int:pk>/plan/terms", changes.terms, name="departure-terms"),
    path("departures/<int:pk>/plan/tasks/<int:task>", changes.task, name="departure-plan-task"),
    path("departures/<int:pk>/plan/tasks/<int:task>/drop", changes.drop, name="departure-plan-drop"),
    path(
        "departures/<int:pk>/plan/customers/<int:handover>", changes.customer,
        name="departure-plan-customer",
    ),
]  # fmt: skip
