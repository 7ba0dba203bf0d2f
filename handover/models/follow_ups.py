"""The calls of the service line after a handover: what the customer says, unknown to the seats."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from handover.scopes import FollowUpScope
from kit.dates import company_zone, today
from kit.history import history
from kit.registry import Held, Holding
from kit.scoping import ScopedManager
from kit.subjects import Tells


@history()
class FollowUp(models.Model):
    """One call, 30, 60 or 90 days after the last working day, with the answers of the customer."""

    class Result(models.TextChoices):
        ANSWERED = "answered", _("Spoke with the customer")
        UNREACHED = "unreached", _("Not reached")

    handover = models.ForeignKey(
        "handover.CustomerHandover", models.PROTECT, related_name="follow_ups"
    )
    days = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    result = models.CharField(max_length=10, choices=Result, blank=True)
    answers = models.JSONField(default=dict)  # question id of the content → text
    note = models.CharField(max_length=1_000, blank=True)
    called_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    called_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    held = {"called_by": Holding(Held.HISTORY, _("Calls after handovers"))}
    tells = {"handover__customer": Tells(_("Calls after handovers"), words=("answers", "note"))}
    scope = FollowUpScope()
    objects = ScopedManager()

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["handover", "days"], name="follow_up_once"),
            models.CheckConstraint(
                condition=Q(called_at__isnull=True, called_by__isnull=True, result="")
                | Q(called_at__isnull=False, called_by__isnull=False) & ~Q(result=""),
                name="follow_up_called_by",
            ),
        ]
        indexes = [
            models.Index(fields=["due_on"], condition=Q(called_at=None), name="follow_up_open")
        ]

    @property
    def is_overdue(self):
        """Not made yet, and its day has passed in the company's zone."""
        return self.called_at is None and self.due_on < today(company_zone())

    def get_absolute_url(self):
        from django.urls import reverse

        return reverse("handover:follow-up", args=[self.pk])
