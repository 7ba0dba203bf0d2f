"""Who made this customer: what is noted by hand beside all that is recorded anyway."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from crm.scopes import CustomerScope
from kit.history import history
from kit.registry import Held, Holding
from kit.scoping import ScopedManager
from kit.subjects import Tells


@history()
class Contribution(models.Model):
    """A person or department did something for a customer that no other record tells."""

    class Kind(models.TextChoices):
        BROUGHT = "brought", _("Brought")
        INTRODUCED = "introduced", _("Introduced")
        SERVED = "served", _("Served")
        SOLD = "sold", _("Sold")
        COLLECTED = "collected", _("Collected payments")

    customer = models.ForeignKey("crm.Customer", models.PROTECT, related_name="contributions")
    kind = models.CharField(_("what"), max_length=12, choices=Kind)
    person = models.ForeignKey(
        "accounts.Person", models.PROTECT, null=True, blank=True, related_name="contributions"
    )
    unit = models.ForeignKey(
        "accounts.Unit", models.PROTECT, null=True, blank=True, related_name="contributions"
    )
    happened_on = models.DateField(_("when"))
    evidence = models.CharField(_("evidence"), max_length=300)
    noted_by = models.ForeignKey(
        "accounts.Person", models.PROTECT, related_name="contributions_noted"
    )
    noted_at = models.DateTimeField(db_default=Now())
    taken_back_at = models.DateTimeField(null=True, blank=True)

    held = {
        "person": Holding(Held.HISTORY, _("Contributions to customers")),
        "noted_by": Holding(Held.HISTORY, _("Contributions noted")),
    }
    tells = {"customer": Tells(_("Contributions to the customer"), words=("evidence",))}
    scope = CustomerScope("customer")
    objects = ScopedManager()

    class Meta:
        ordering = ["happened_on", "pk"]
        indexes = [models.Index(fields=["customer", "happened_on"], name="contribution_customer")]
        constraints = [
            models.CheckConstraint(
                condition=Q(person=None, unit__isnull=False) | Q(person__isnull=False, unit=None),
                name="contribution_of_one",
            ),
            models.CheckConstraint(condition=~Q(evidence=""), name="contribution_has_evidence"),
        ]
