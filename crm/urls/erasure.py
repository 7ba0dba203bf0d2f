"""Addresses: erasures of people outside the company, holds, and access to what is kept of them."""

from django.urls import path

from crm.views import erasure, subject_access

urlpatterns = [
    path("erasures", erasure.index, name="erasures"),
    path("erasures/<int:pk>", erasure.detail, name="erasure"),
    path("erasures/<int:pk>/agree", erasure.agree, name="erasure-agree"),
    path("erasures/<int:pk>/refuse", erasure.refuse, name="erasure-refuse"),
    path("erasures/<int:pk>/withdraw", erasure.withdraw, name="erasure-withdraw"),
    path("contacts/<int:pk>/erase", erasure.ask_contact, name="contact-erase"),
    path("customers/<int:pk>/erase", erasure.ask_customer, name="customer-erase"),
    path("contacts/<int:pk>/hold", erasure.hold_contact, name="contact-hold"),
    path("customers/<int:pk>/hold", erasure.hold_customer, name="customer-hold"),
    path("holds/<int:pk>/end", erasure.release, name="hold-end"),
    path("contacts/<int:pk>/data", subject_access.of_contact, name="contact-data"),
    path("customers/<int:pk>/data", subject_access.of_customer, name="customer-data"),
]
