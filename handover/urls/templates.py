"""Addresses of the templates of departures."""

from django.urls import path

from handover.views import final_pay
from handover.views import templates as views

urlpatterns = [
    path("departures/templates", views.index, name="templates"),
    path("departures/pay-rules", final_pay.rules, name="pay-rules"),
    path("departures/pay-rules/<slug:rule>", final_pay.rule, name="pay-rule"),
    path("departures/pay-rules/<slug:rule>/remove", final_pay.remove, name="pay-rule-remove"),
    path("departures/templates/try", views.trial, name="template-try"),
    path("departures/templates/texts/<slug:task>", views.texts, name="template-texts"),
    path("departures/templates/<slug:kind>/<slug:group>/add", views.add, name="template-add"),
    path("departures/templates/<slug:kind>/<slug:group>/<slug:task>", views.row, name="template-row"),
    path(
        "departures/templates/<slug:kind>/<slug:group>/<slug:task>/remove", views.remove,
        name="template-remove",
    ),
]  # fmt: skip
