"""Addresses of our people's side, one module per domain word."""

from accounts.urls import agreements, audit, holdings, notifications, org, people, profile

app_name = "accounts"
urlpatterns = [
    *people.urlpatterns,
    *holdings.urlpatterns,
    *org.urlpatterns,
    *notifications.urlpatterns,
    *profile.urlpatterns,
    *audit.urlpatterns,
    *agreements.urlpatterns,
]
