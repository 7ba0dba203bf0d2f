"""Addresses of exposure: if somebody left tomorrow, and one's own readiness."""

from django.urls import path

from handover.views import exposure, readiness

urlpatterns = [
    path("people/<int:pk>/exposure", exposure.index, name="exposure"),
    path("exposure/together", exposure.together, name="exposure-together"),
    path("exposure/reduce", exposure.reduce, name="exposure-reduce"),
    path("readiness", readiness.index, name="readiness"),
]
