"""Questions about the customer file that somebody would not answer now."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.scopes import CustomerScope
from kit.registry import Held, Holding
from kit.scoping import ScopedManager


class SkippedQuestion(models.Model):
    """One person is not asked for this field of this subject again until a day."""

    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    customer = models.ForeignKey("crm.Customer", models.PROTECT, related_name="+")
    contact = models.ForeignKey("crm.Contact", models.PROTECT, null=True, related_name="+")
    field = models.CharField(max_length=40)
    until_on = models.DateField()

    held = {"person": Holding(Held.HISTORY, _("Questions about files put off"))}
    tells = {"customer": None, "contact": None}
    scope = CustomerScope("customer")
    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "customer", "contact", "field"], nulls_distinct=False,
                name="question_skipped_once",
            )
        ]  # fmt: skip
