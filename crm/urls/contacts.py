"""Addresses: contacts, their places and channels."""

from django.urls import path

from crm.views import channels, contacts

urlpatterns = [
    path("contacts", contacts.index, name="contacts"),
    path("contacts/<int:pk>", contacts.detail, name="contact"),
    path("contacts/<int:pk>/edit", contacts.edit, name="contact-edit"),
    path("customers/<int:pk>/contacts/new", contacts.create, name="contact-new"),
    path("contacts/<int:pk>/positions/new", contacts.new_place, name="position-new"),
    path("positions/<int:pk>/edit", contacts.edit_place, name="position-edit"),
    path("positions/<int:pk>/end", contacts.end_place, name="position-end"),
    path("contacts/<int:pk>/channels/new", channels.create, name="channel-new"),
    path("channels/<int:pk>/edit", channels.edit, name="channel-edit"),
    path("channels/<int:pk>/end", channels.end, name="channel-end"),
    path("channels/<int:pk>/reveal", channels.reveal, name="channel-reveal"),
]
