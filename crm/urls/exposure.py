"""Addresses: what hangs on whom."""

from django.urls import path

from crm.views import exposure

urlpatterns = [path("exposure", exposure.files, name="exposure")]
