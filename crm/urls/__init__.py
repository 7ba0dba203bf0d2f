"""Addresses of the customers' side, one module per domain word."""

from crm.urls import (
    access,
    activities,
    approvals,
    capacity,
    changesets,
    contacts,
    customers,
    exposure,
    imports,
    key_accounts,
    links,
    ownership,
    person_seats,
    saved_views,
    shares,
    tasks,
    territories,
    trade,
)

app_name = "crm"
urlpatterns = [
    *activities.urlpatterns,
    *customers.urlpatterns,
    *saved_views.urlpatterns,
    *ownership.urlpatterns,
    *key_accounts.urlpatterns,
    *capacity.urlpatterns,
    *person_seats.urlpatterns,
    *access.urlpatterns,
    *shares.urlpatterns,
    *approvals.urlpatterns,
    *changesets.urlpatterns,
    *contacts.urlpatterns,
    *links.urlpatterns,
    *exposure.urlpatterns,
    *trade.urlpatterns,
    *tasks.urlpatterns,
    *territories.urlpatterns,
    *imports.urlpatterns,
]
