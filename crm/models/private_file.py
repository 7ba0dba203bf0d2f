"""The file of a private customer: every value sealed under a key of its own.

Deleting the key of a value erases it everywhere: in its row, in the history, in old backups once the
deletion is played back. What may be kept of a household is decided by two people, field by field.
"""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from crm.models.customer_file import Fact
from crm.scopes import PrivateFactScope, PrivateSwitchScope
from kit import crypto
from kit.history import history
from kit.models import SubjectKey
from kit.registry import Held, Holding
from kit.scoping import ScopedManager
from kit.subjects import Tells

LONGEST = 3650  # days for which anything may be kept after the last contact


class Sight(models.TextChoices):
    """Who sees that a value is there, and how: plainly, or once it is revealed."""

    OPEN = "open", _("Everybody who sees the customer")
    MASKED = "masked", _("Whoever may reveal channels, one at a time")
    HOUSEHOLD = "household", _("Account manager and named people, one at a time")


@history()
class PrivateFact(models.Model):
    """One value of a private customer's file. Without a key there is no value any more."""

    customer = models.ForeignKey("crm.Customer", models.PROTECT, related_name="private_facts")
    field = models.CharField(max_length=40)
    guard = models.CharField(max_length=10, choices=Sight)
    sealed = models.BinaryField()
    key = models.ForeignKey(SubjectKey, models.SET_NULL, null=True, related_name="+")
    source = models.CharField(_("source"), max_length=10, choices=Fact.Source)
    confirmed_at = models.DateTimeField(db_default=Now())
    confirmed_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    held = {"confirmed_by": Holding(Held.HISTORY, _("Values of private files confirmed"))}
    tells = {"customer": Tells(_("Values of the private file"), clear=("value",))}
    scope = PrivateFactScope()
    objects = ScopedManager()

    class Meta:
        ordering = ["pk"]
        triggers = [pgtrigger.Protect(name="private_fact_kept", operation=pgtrigger.Delete)]
        constraints = [
            models.UniqueConstraint(fields=["customer", "field"], name="private_fact_once")
        ]

    def __str__(self):
        return self.field

    @property
    def value(self):
        """The clear value; None once its key is gone."""
        try:
            return crypto.unseal(self.key and self.key.wrapped, self.sealed)
        except crypto.Erased:
            return None

    def put(self, value):
        """Seal a value, under a new key where there is none."""
        if self.key is None:
            self.key = SubjectKey.objects.create(wrapped=crypto.new_key())
        self.sealed = crypto.seal(self.key.wrapped, value)


class Basis(models.TextChoices):
    """What allows to keep something."""

    CONTRACT = "contract", _("Contract")
    LEGAL_OBLIGATION = "legal_obligation", _("Legal obligation")
    CONSENT = "consent", _("Consent")
    SEPARATE_CONSENT = "separate_consent", _("Separate consent")


@history()
class PrivateSwitch(models.Model):
    """Why, on what basis and how long a field of households is kept. It is on once somebody else
    than who asked has agreed, and until it ends.
    """

    field = models.CharField(max_length=40)
    purpose = models.CharField(_("purpose"), max_length=300)
    basis = models.CharField(_("legal basis"), max_length=20, choices=Basis)
    retention_days = models.PositiveIntegerField(_("days kept after the last contact"))
    asked_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(db_default=Now())
    agreed_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    agreed_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    held = dict.fromkeys(
        ["asked_by", "agreed_by", "ended_by"],
        Holding(Held.HISTORY, _("Decisions on what is kept of households")),
    )
    scope = PrivateSwitchScope()
    objects = ScopedManager()

    class Meta:
        ordering = ["pk"]
        triggers = [pgtrigger.Protect(name="private_switch_kept", operation=pgtrigger.Delete)]
        constraints = [
            models.UniqueConstraint(
                fields=["field"], condition=Q(ended_at__isnull=True), name="private_switch_once"
            ),
            models.CheckConstraint(
                condition=~Q(purpose="") & Q(basis__in=Basis.values)
                & Q(retention_days__gte=1, retention_days__lte=LONGEST),
                name="private_switch_says_why",
            ),
            models.CheckConstraint(
                condition=Q(agreed_by__isnull=True) | ~Q(agreed_by=F("asked_by")),
                name="private_switch_two_people",
            ),
            models.CheckConstraint(
                condition=Q(agreed_by__isnull=True, agreed_at__isnull=True)
                | Q(agreed_by__isnull=False, agreed_at__isnull=False),
                name="private_switch_agreed",
            ),
        ]  # fmt: skip

    def __str__(self):
        return self.field

    @property
    def is_on(self):
        """Whether values may be kept by it now."""
        return self.agreed_at is not None and self.ended_at is None
