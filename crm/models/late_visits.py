"""Visits that arrived after their author had lost access: kept apart until a supervisor has looked."""

import json

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.scopes import LateVisitScope
from kit.history import history
from kit.registry import Held, Holding
from kit.scoping import ScopedManager
from kit.subjects import Tells


@history(exclude=["written"])
class LateVisit(models.Model):
    """One visit as it was written and signed on a device. It is no activity of a customer yet."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("late visit", "To be looked at")
        ACCEPTED = "accepted", pgettext_lazy("late visit", "Taken over")
        REJECTED = "rejected", pgettext_lazy("late visit", "Rejected")

    MOVES = {State.WAITING: {State.ACCEPTED, State.REJECTED}}

    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    device = models.ForeignKey("accounts.Device", models.PROTECT, related_name="+")
    client_uuid = models.UUIDField()
    written = models.TextField(max_length=20_000)  # to the letter, as it was signed; in no trail
    signature = models.CharField(max_length=100)
    # Of a customer that its author looked after then, or when access ended; else null.
    customer = models.ForeignKey("crm.Customer", models.PROTECT, null=True, related_name="+")
    happened_at = models.DateTimeField(null=True)  # what the device claims
    cut_at = models.DateTimeField()  # when access had ended
    received_at = models.DateTimeField(db_default=Now())
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    decided_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=300, blank=True)
    activity = models.ForeignKey("crm.Activity", models.PROTECT, null=True, related_name="+")

    held = {
        "person": Holding(Held.HISTORY, _("Visits that arrived late")),
        "decided_by": Holding(Held.HISTORY, _("Late visits decided")),
    }
    tells = {"customer": Tells(_("Late visits"), words=("why", "written"))}
    scope = LateVisitScope()
    objects = ScopedManager()

    class Meta:
        ordering = ["happened_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["person", "client_uuid"], name="late_visit_once"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True, decided_at__isnull=True)
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="late_visit_decided_by",
            ),
        ]

    @property
    def said(self):
        """What was written, as a dict; {} once it is forgotten."""
        return json.loads(self.written or "{}")

    @property
    def claims_too_late(self):
        """Whether it claims to have happened when its author had no access any more."""
        return self.happened_at is None or self.happened_at > self.cut_at
