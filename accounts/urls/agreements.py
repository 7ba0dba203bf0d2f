"""Addresses: agreements."""

from django.urls import path

from accounts.views import agreements

ONE = "agreements/<slug:key>"

urlpatterns = [
    path("agreements", agreements.index, name="agreements"),
    path("agreements/new", agreements.new, name="agreement-new"),
    path("agreements/signatures/<int:pk>", agreements.signature, name="agreement-signature"),
    path("agreements/requests/<int:pk>/end", agreements.take_back, name="agreement-take-back"),
    path(ONE, agreements.detail, name="agreement"),
    path(f"{ONE}/text", agreements.edit, name="agreement-text"),
    path(f"{ONE}/publish", agreements.publish, name="agreement-publish"),
    path(f"{ONE}/ask", agreements.ask, name="agreement-ask"),
    path(f"{ONE}/remind", agreements.remind, name="agreement-remind"),
    path(f"{ONE}/paper", agreements.paper, name="agreement-paper"),
    path(f"{ONE}/sign", agreements.sign, name="agreement-sign"),
    path("people/<int:pk>/agreements", agreements.of_person, name="person-agreements"),
]
