"""Territories: which of our people looks after which region."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kit.history import history
from kit.registry import Held, Holding
from kit.scoping import Everyone, ScopedManager


@history()
class Territory(models.Model):
    """A region in one person's care. Several people may share one; it gives no sight of customers."""

    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="territories")
    region = models.ForeignKey("crm.Region", models.PROTECT, related_name="territories")
    started_on = models.DateField(_("since"), null=True, blank=True)
    ended_on = models.DateField(_("until"), null=True, blank=True)

    held = {
        "person": Holding(
            Held.TRANSFER, _("Territories"), open=Q(ended_on__isnull=True),
            page="crm:person-territories",
        ),
    }  # fmt: skip
    scope = Everyone()
    objects = ScopedManager()

    class Meta:
        ordering = ["region__position", "region_id", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "region"],
                condition=Q(ended_on__isnull=True),
                name="territory_once",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True)
                | Q(started_on__isnull=True)
                | Q(ended_on__gte=models.F("started_on")),
                name="territory_dates",
            ),
        ]
