"""Addresses of change sets, and of the wizard that puts one together."""

from django.urls import path

from crm.views import changesets, transfer_preview, transfers

urlpatterns = [
    path("transfers/new", transfers.new, name="transfer-new"),
    path("transfers/<int:pk>/who", transfers.who, name="transfer-who"),
    path("transfers/<int:pk>/people", transfers.people, name="transfer-people"),
    path("transfers/<int:pk>/how", transfers.how, name="transfer-how"),
    path("transfers/<int:pk>/preview", transfer_preview.index, name="transfer-preview"),
    path("transfers/<int:pk>/leave-out", transfers.leave_out, name="transfer-leave-out"),
    path("transfers/<int:pk>/bring-back", transfers.bring_back, name="transfer-bring-back"),
    path("transfers/<int:pk>/discard", transfers.discard, name="transfer-discard"),
    path("changesets", changesets.index, name="changesets"),
    path("changesets/<int:pk>", changesets.one, name="changeset"),
    path("changesets/<int:pk>/cancel", changesets.cancel, name="changeset-cancel"),
    path("changesets/<int:pk>/resume", changesets.resume, name="changeset-resume"),
    path("changesets/<int:pk>/undo", changesets.undo, name="changeset-undo"),
    path("changes", changesets.recent, name="changes"),
]
