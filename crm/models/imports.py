"""Imports: a file of another system, its rows, and the names under which that system knows ours."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from crm.scopes import ImportScope
from kit.registry import Held, Holding
from kit.scoping import ScopedManager


class Import(models.Model):
    """One file, read for one kind of thing. What it did can be undone until `undo_until`."""

    class Kind(models.TextChoices):
        EMPLOYEES = "employees", _("Employees")
        TEAMS = "teams", _("Teams")
        REGIONS = "regions", _("Regions")
        TERRITORIES = "territories", _("Territories")
        CUSTOMERS = "customers", _("Customers")
        CONTACTS = "contacts", _("Contacts")
        RELATIONS = "relations", _("Contacts at customers")
        SEATS = "seats", _("Seat history")
        ACTIVITIES = "activities", _("Activities")
        ORDERS = "orders", _("Orders")
        ORDER_LINES = "order_lines", _("Order lines")
        PAYMENTS = "payments", _("Payments")

    class State(models.TextChoices):
        MATCHING = "matching", _("Columns to be matched")
        CHECKING = "checking", _("Being checked")
        CHECKED = "checked", _("Checked, not started")
        REFUSED = "refused", _("Refused, nothing changed")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        UNDOING = "undoing", _("Being undone")
        UNDONE = "undone", _("Undone")
        FAILED = "failed", _("Stopped by a fault")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    source = models.CharField(_("source"), max_length=60)
    file_name = models.CharField(_("file"), max_length=200)
    digest = models.CharField(max_length=64)  # SHA-256 of the file
    # mapping, partial, keep_incomplete: what was asked for; the rest is what the file says of itself
    options = models.JSONField(default=dict)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.CHECKING)
    read = models.PositiveIntegerField(default=0)
    accepted = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    notes = models.JSONField(default=list)  # remarks on the file as a whole
    made_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="imports")
    made_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)
    undo_until = models.DateTimeField(null=True)
    job = models.ForeignKey("kit.Job", models.SET_NULL, null=True, related_name="+")
    # The rows are sealed under it; without it they are gone.
    key = models.ForeignKey("kit.SubjectKey", models.SET_NULL, null=True, related_name="+")

    held = {"made_by": Holding(Held.HISTORY, _("Imports"))}
    scope = ImportScope()
    objects = ScopedManager()

    class Meta:
        ordering = ["-made_at", "-pk"]


class ImportRow(models.Model):
    """One row of the file, until the import can no longer be undone."""

    class Outcome(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        REFUSED = "refused", _("Refused")
        CREATED = "created", _("Created")
        UPDATED = "updated", _("Updated")
        UNCHANGED = "unchanged", _("Unchanged")
        UNDONE = "undone", _("Undone")
        KEPT = "kept", _("Kept, it is in use")

    imported = models.ForeignKey(Import, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()  # as counted in a spreadsheet
    key = models.CharField(max_length=200, blank=True)  # of the source, or made of the cells
    digest = models.BinaryField(max_length=16, null=True)  # keyed, of all its cells
    # Rows to which others of the file refer come first: 0, then 1 …
    round = models.PositiveSmallIntegerField(default=0)
    outcome = models.CharField(max_length=9, choices=Outcome, default=Outcome.WAITING)
    sealed = models.BinaryField(null=True)  # the cells, encrypted
    before = models.BinaryField(null=True)  # what an undo puts back, encrypted
    remarks = models.JSONField(default=list)  # reasons and faults: code, field
    subject_id = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["imported", "number"], name="import_row_once")
        ]
        indexes = [
            models.Index(
                fields=["imported", "round", "number"],
                condition=Q(outcome="waiting"),
                name="import_row_waiting",
            ),
            models.Index(fields=["imported", "key"], name="import_row_key"),
        ]


class SourceKey(models.Model):
    """Under which key a source knows one of our rows. No source reaches into another's keys."""

    source = models.CharField(max_length=60)
    kind = models.CharField(max_length=12, choices=Import.Kind)
    key = models.CharField(max_length=200)
    subject_id = models.BigIntegerField()
    digest = models.BinaryField(max_length=16)  # of the row as last read
    # Field → keyed digest of what was last written: what a person changed since is not overwritten.
    written = models.JSONField(default=dict)
    made_in = models.ForeignKey(Import, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "kind", "key"], name="source_key_once")
        ]
        indexes = [models.Index(fields=["kind", "subject_id"], name="source_key_subject")]
