"""Change sets: who looks after customers from when on, from the proposal to the undo."""

from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from crm.scopes import ChangeScope, ChangeSetScope
from crm.seats import Reason, Seat
from kit.history import history
from kit.registry import Held, Holding
from kit.scoping import ScopedManager
from kit.subjects import Tells


@history()
class ChangeSet(models.Model):
    """One or thousands of changes of seats that are decided, carried out and taken back together."""

    MOST = 5_000  # customers of one set
    UNDO_FOR = timedelta(hours=72)

    class Origin(models.TextChoices):
        SINGLE = "single", _("One customer")
        BULK = "bulk", _("Several customers")
        ROTATION = "rotation", _("Rotation")
        DEPARTURE = "departure", _("Departure")
        UNDO = "undo", _("Undo")

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PROPOSED = "proposed", _("Waiting for approval")
        APPROVED = "approved", _("Waiting for acceptance")
        SCHEDULED = "scheduled", _("Scheduled")
        RUNNING = "running", _("Running")
        APPLIED = "applied", _("Applied")
        PARTLY_UNDONE = "partly_undone", _("Partly undone")
        UNDONE = "undone", _("Undone")
        REFUSED = "refused", _("Refused")
        CANCELLED = "cancelled", _("Cancelled")
        STOPPED = "stopped", _("Stopped, nothing was changed")

    class Former(models.TextChoices):
        """What becomes of the former holder's sight: a choice that is always made."""

        REMOVED = "removed", _("No longer sees the customer")
        READS = "reads", _("May read until a day")

    origin = models.CharField(max_length=10, choices=Origin)
    state = models.CharField(_("state"), max_length=14, choices=State, default=State.DRAFT)
    reason = models.CharField(_("reason"), max_length=12, choices=Reason)
    note = models.CharField(_("note"), max_length=300, blank=True)
    because = models.CharField(_("why in spite of the warnings"), max_length=300, blank=True)
    former = models.CharField(max_length=8, choices=Former)
    former_until = models.DateTimeField(null=True)
    effective_at = models.DateTimeField(null=True)  # null: as soon as it is decided
    # Of everything it rests on, as the proposer and then the approver saw it (selectors/changesets).
    seen = models.CharField(max_length=64, blank=True)
    made_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())
    proposed_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_note = models.CharField(max_length=300, blank=True)
    accept_by = models.DateTimeField(null=True)  # silence after that escalates
    finished_at = models.DateTimeField(null=True)
    undo_until = models.DateTimeField(null=True)
    undoes = models.ForeignKey("self", models.PROTECT, null=True, related_name="undone_by")
    job = models.ForeignKey("kit.Job", models.SET_NULL, null=True, related_name="+")
    client_uuid = models.UUIDField(null=True)
    version = models.PositiveIntegerField(default=0)

    held = {
        "made_by": Holding(Held.HISTORY, _("Change sets proposed")),
        "decided_by": Holding(Held.HISTORY, _("Change sets decided")),
    }
    scope = ChangeSetScope()
    objects = ScopedManager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["made_by", "client_uuid"], name="changeset_sent_once"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True, decided_at__isnull=True)
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="changeset_decided",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("made_by")),
                name="changeset_by_another",
            ),
        ]
        indexes = [
            models.Index(
                fields=["state", "id"],
                condition=Q(state__in=["proposed", "approved", "scheduled", "running"]),
                name="changeset_open",
            ),
            models.Index(fields=["made_by", "-id"], name="changeset_made_by"),
        ]

    def __str__(self):
        return f"#{self.pk}"

    def get_absolute_url(self):
        from django.urls import reverse

        return reverse("crm:changeset", args=[self.pk])


class Change(models.Model):
    """One customer's seat in a change set: from whom, to whom, and what came of it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        LEFT_OUT = "left_out", _("Left out")
        DECLINED = "declined", _("Declined by the receiver")
        APPLIED = "applied", _("Applied")
        FAILED = "failed", _("Not applied")
        UNDONE = "undone", _("Undone")
        KEPT = "kept", _("Could not be undone")

    change_set = models.ForeignKey(ChangeSet, models.PROTECT, related_name="changes")
    customer = models.ForeignKey("crm.Customer", models.PROTECT, related_name="changes")
    seat = models.CharField(max_length=20, choices=Seat)
    giver = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    taker = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    remark = models.JSONField(default=dict)  # code and values: why it failed, was kept, or declined
    accepted_at = models.DateTimeField(null=True)
    # One pending change per customer and seat, from the approval to the end.
    reserved = models.BooleanField(default=False)
    assignment = models.ForeignKey("crm.Assignment", models.SET_NULL, null=True, related_name="+")
    # What an undo puts back: seats that ended with this change, tasks that went to the taker.
    ended = ArrayField(models.BigIntegerField(), default=list)
    tasks = ArrayField(models.BigIntegerField(), default=list)

    held = {
        "giver": Holding(Held.HISTORY, _("Seats given up by a change set")),
        "taker": Holding(Held.TRANSFER, _("Seats to come by a change set"), open=Q(reserved=True)),
    }
    tells = {"customer": Tells(_("Changes of who looks after them"), words=("remark",))}
    scope = ChangeScope()
    objects = ScopedManager()

    class Meta:
        ordering = ["customer", "seat"]
        constraints = [
            models.UniqueConstraint(
                fields=["change_set", "customer", "seat"], name="change_once",
            ),
            models.UniqueConstraint(
                fields=["customer", "seat"], condition=Q(reserved=True), name="one_pending_change",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["taker", "change_set"],
                condition=Q(state="waiting"),
                name="change_waiting_taker",
            ),
        ]
