"""Addresses of the customers' side, one module per domain word."""

from crm.urls import (
    access,
    activities,
    changesets,
    contacts,
    customers,
    exposure,
    imports,
    links,
    ownership,
    territories,
    trade,
    person_seats,
    shares,
)

app_name = "crm"
urlpatterns = [
    *activities.urlpatterns,
    *customers.urlpatterns,
    *ownership.urlpatterns,
    *person_seats.urlpatterns,
    *access.urlpatterns,
    *changesets.urlpatterns,
    *contacts.urlpatterns,
    *links.urlpatterns,
    *exposure.urlpatterns,
    *trade.urlpatterns,
    *territories.urlpatterns,
    *shares.urlpatterns,
    *imports.urlpatterns,
]
