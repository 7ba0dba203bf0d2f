"""allauth's pages that we use: sign in, out, password, second factor, sessions."""

from django.urls import include, path

urlpatterns = [path("", include("allauth.urls"))]
