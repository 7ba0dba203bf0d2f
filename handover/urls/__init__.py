"""Addresses of the handover, one module per domain word."""

from handover.urls import (
    cases,
    closing,
    departures,
    emergency,
    exposure,
    overview,
    rotation,
    templates,
)

app_name = "handover"
urlpatterns = [
    *exposure.urlpatterns,
    *overview.urlpatterns,
    *rotation.urlpatterns,
    *emergency.urlpatterns,
    *templates.urlpatterns,
    *departures.urlpatterns,
    *cases.urlpatterns,
    *closing.urlpatterns,
]
