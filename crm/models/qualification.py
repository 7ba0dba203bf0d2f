"""MAN: whether a customer has money, authority and need; each with evidence, a day and who said it.

The rules, the lists of evidence and how long each letter stays valid are content
(crm/content/qualification.yaml, or the company's own copy).
"""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.scopes import CustomerScope
from kit.history import history
from kit.registry import Held, Holding
from kit.scoping import ScopedManager
from kit.subjects import Tells


@history()
class Finding(models.Model):
    """What was found of one letter of a customer, as last said; older ones are in its history.

    evidence: the entry of the company's list in both languages, as it read then. found_on: the day
    of the evidence; from it the letter's validity counts, at the time of asking.
    """

    class Letter(models.TextChoices):
        MONEY = "money", pgettext_lazy("finding", "Money")
        AUTHORITY = "authority", pgettext_lazy("finding", "Authority")
        NEED = "need", pgettext_lazy("finding", "Need")

    class Value(models.TextChoices):
        YES = "yes", pgettext_lazy("finding", "Yes")
        NO = "no", pgettext_lazy("finding", "No")
        UNKNOWN = "unknown", pgettext_lazy("finding", "Unknown")

    customer = models.ForeignKey("crm.Customer", models.PROTECT, related_name="findings")
    letter = models.CharField(max_length=10, choices=Letter)
    value = models.CharField(max_length=8, choices=Value)
    evidence = models.JSONField(null=True)
    words = models.CharField(_("what it rests on"), max_length=300, blank=True)
    contact = models.ForeignKey("crm.Contact", models.PROTECT, null=True, related_name="+")
    found_on = models.DateField(_("day of the evidence"))
    said_at = models.DateTimeField(db_default=Now())
    said_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    held = {"said_by": Holding(Held.HISTORY, _("Findings about customers (MAN)"))}
    tells = {
        "customer": Tells(_("Findings of MAN"), words=("words",)),
        "contact": Tells(_("Findings of MAN")),
    }
    scope = CustomerScope("customer")
    objects = ScopedManager()

    class Meta:
        ordering = ["pk"]
        triggers = [pgtrigger.Protect(name="finding_kept", operation=pgtrigger.Delete)]
        constraints = [
            models.UniqueConstraint(fields=["customer", "letter"], name="finding_once"),
            models.CheckConstraint(
                condition=Q(value="unknown") | Q(evidence__isnull=False) | ~Q(words=""),
                name="finding_has_evidence",
            ),
            models.CheckConstraint(
                condition=Q(letter="authority") | Q(contact__isnull=True), name="finding_contact"
            ),
        ]

    def __str__(self):
        return f"{self.letter}: {self.value}"
