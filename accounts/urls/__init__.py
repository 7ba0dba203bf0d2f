"""Addresses of our people's side, one module per domain word."""

from accounts.urls import audit, notifications, org, people, profile

app_name = "accounts"
urlpatterns = [
    *people.urlpatterns,
    *org.urlpatterns,
    *notifications.urlpatterns,
    *profile.urlpatterns,
    *audit.urlpatterns,
]
