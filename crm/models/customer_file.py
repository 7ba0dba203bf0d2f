"""The customer file: what is known of a customer in five parts, each value with who confirmed it.

What the file asks for is content (crm/content/customer_file.yaml, or the company's own copy). What
another model keeps already (names, addresses, channels, links) is not kept twice: a fact of such a
field is a confirmation without a value.
"""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from crm.scopes import CustomerScope, FactScope
from kit import crypto
from kit.history import history
from kit.registry import Held, Holding
from kit.scoping import ScopedManager
from kit.subjects import Tells


class Guard(models.TextChoices):
    """Which right a fact needs besides seeing the customer."""

    OPEN = "open", _("Everybody who sees the customer")
    SETTLEMENT = "settlement", _("Who may see settlement traits and key persons")


@history()
class Fact(models.Model):
    """One value of a customer's file, or of a contact at the customer, as last confirmed.

    field: id of the definition. `value` holds what is said of an organisation; what is said of a
    contact is `sealed` under the key of that contact, so that erasing the contact erases it
    everywhere. A row is never deleted: one that was emptied is not `is_filled`.
    """

    class Source(models.TextChoices):
        VISIT = "visit", _("Visit")
        CALL = "call", _("Call")
        CUSTOMER = "customer", _("Told by the customer")
        DOCUMENT = "document", _("Document")
        REGISTER = "register", _("Public register")
        COLLEAGUE = "colleague", _("Colleague")
        ESTIMATE = "estimate", _("Own estimate")

    customer = models.ForeignKey("crm.Customer", models.PROTECT, related_name="facts")
    contact = models.ForeignKey("crm.Contact", models.PROTECT, null=True, related_name="facts")
    field = models.CharField(max_length=40)
    guard = models.CharField(max_length=10, choices=Guard, default=Guard.OPEN)
    is_filled = models.BooleanField(default=True)
    value = models.JSONField(null=True)
    sealed = models.BinaryField(null=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    source = models.CharField(_("source"), max_length=10, choices=Source, default=Source.VISIT)
    confirmed_at = models.DateTimeField(db_default=Now())
    confirmed_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    held = {"confirmed_by": Holding(Held.HISTORY, _("Facts of customer files confirmed"))}
    tells = {
        "customer": Tells(_("Values of the customer file"), words=("value", "note")),
        "contact": Tells(_("Values of the customer file"), clear=("said",)),
    }
    scope = FactScope()
    objects = ScopedManager()

    class Meta:
        ordering = ["pk"]
        triggers = [pgtrigger.Protect(name="fact_kept", operation=pgtrigger.Delete)]
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "contact", "field"], nulls_distinct=False, name="fact_once"
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=True) | Q(sealed__isnull=True), name="fact_in_one_place"
            ),
            models.CheckConstraint(
                condition=Q(contact__isnull=True) | Q(value__isnull=True, note=""),
                name="fact_of_contact_sealed",
            ),
        ]

    def __str__(self):
        return self.field

    @property
    def said(self):
        """(value, note) in the clear; (None, "") once the contact's key is gone."""
        if self.sealed is None:
            return self.value, self.note
        try:
            key = self.contact.key
            return tuple(crypto.unseal(key and key.wrapped, self.sealed))
        except crypto.Erased:
            return None, ""

    def put(self, value, note):
        """Set value and note; `value` None is a confirmation of what is kept elsewhere."""
        if self.contact_id is None:
            self.value, self.note = value, note
        elif value is not None or note:
            self.sealed = crypto.seal(self.contact.key.wrapped, [value, note])
        else:
            self.sealed = None


class Completeness(models.Model):
    """How complete the file of a customer is, counted when it changed last and every night.

    `total` and the five of `parts` are percentages, in the order of the parts.
    """

    customer = models.OneToOneField(
        "crm.Customer", models.PROTECT, primary_key=True, related_name="completeness"
    )
    total = models.PositiveSmallIntegerField()
    parts = models.JSONField()
    counted_at = models.DateTimeField(db_default=Now())

    tells = {"customer": None}
    scope = CustomerScope("customer")
    objects = ScopedManager()

    class Meta:
        indexes = [models.Index(fields=["total"], name="completeness_total")]
