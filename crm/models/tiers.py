"""What the tier of a customer comes from: the points of the formula, and a person's override."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.access import Action
from crm.models.customers import Customer
from crm.scopes import CustomerScope
from kit.history import history
from kit.registry import Held, Holding
from kit.scoping import ScopedManager
from kit.subjects import Tells


class TierScore(models.Model):
    """The points of a customer by the formula, counted every night; none without orders of two years.

    `parts`: of each criterion its id, the share it reaches (0 to 1) and the value it was read from.
    """

    customer = models.OneToOneField(
        Customer, models.PROTECT, primary_key=True, related_name="tier_score"
    )
    tier = models.CharField(max_length=1, choices=Customer.Tier)
    points = models.PositiveSmallIntegerField()
    parts = models.JSONField()
    counted_at = models.DateTimeField(db_default=Now())

    tells = {"customer": None}
    scope = CustomerScope("customer")
    objects = ScopedManager()


@history()
class TierOverride(models.Model):
    """A tier that a person has set for a time, against the formula."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="tier_overrides")
    tier = models.CharField(_("tier"), max_length=1, choices=Customer.Tier)
    # What it had before any of them, and has again where the formula has no points.
    before = models.CharField(max_length=1, choices=Customer.Tier, default="", blank=True)
    reason = models.CharField(_("reason"), max_length=500)
    until = models.DateField(_("until"))  # the last day, in the company's zone
    made_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="tier_overrides")
    made_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True, blank=True)

    held = {"made_by": Holding(Held.HISTORY, _("Tiers set"), action=Action.CUSTOMER_VIEW)}
    tells = {"customer": Tells(_("Tiers set by hand"), words=("reason",))}
    scope = CustomerScope("customer")
    objects = ScopedManager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["customer"], condition=Q(ended_at=None), name="tier_override_one"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="tier_override_has_reason"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("made_at")),
                name="tier_override_in_order",
            ),
        ]
