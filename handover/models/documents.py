"""What a leaver hands over besides customers: documents, and channels and things of the company."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from handover.scopes import DepartureScope, DocumentScope
from kit.history import history
from kit.registry import Held, Holding
from kit.scoping import ScopedManager
from kit.subjects import Tells


@history()
class HandoverDocument(models.Model):
    """One line of the list of documents; whoever receives it says what became of it."""

    class Kind(models.TextChoices):
        CONTRACT = "contract", _("Contract")
        PRICES = "prices", _("Price agreement")
        QUOTATION = "quotation", _("Quotations")
        MINUTES = "minutes", _("Minutes and correspondence")
        ACCOUNT = "account", _("Statements of account")
        OTHER = "other", pgettext_lazy("document", "Other")

    class State(models.TextChoices):
        EXPECTED = "expected", _("Not yet handed over")
        RECEIVED = "received", _("Received")
        MISSING = "missing", pgettext_lazy("document", "Missing")
        ON_PAPER = "on_paper", _("Original on paper")
        NOT_APPLICABLE = "not_applicable", _("Not applicable")

    EXPLAINED = (State.MISSING, State.NOT_APPLICABLE)

    departure = models.ForeignKey("handover.Departure", models.PROTECT, related_name="documents")
    handover = models.ForeignKey(
        "handover.CustomerHandover", models.PROTECT, null=True, blank=True, related_name="documents"
    )
    # The document of a customer whose paper original the leaver keeps; it goes with the tick.
    original = models.ForeignKey("crm.Document", models.PROTECT, null=True, related_name="+")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    title = models.CharField(_("what"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.EXPECTED)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    made_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())
    ticked_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    ticked_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    held = {
        "made_by": Holding(Held.HISTORY, _("Documents listed in handovers")),
        "ticked_by": Holding(Held.HISTORY, _("Documents received")),
    }
    tells = {"handover__customer": Tells(_("Handover documents"), words=("title", "reason"))}
    scope = DocumentScope("departure", handover="handover")
    objects = ScopedManager()

    class Meta:
        ordering = ["handover__place", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ticked_at__isnull=True, ticked_by__isnull=True)
                | Q(ticked_at__isnull=False, ticked_by__isnull=False),
                name="document_ticked_by",
            ),
            models.UniqueConstraint(
                fields=["departure", "original"], name="original_once_in_departure"
            ),
        ]


@history()
class HeldThing(models.Model):
    """A channel or a thing of the company that the registry does not know: who has it afterwards."""

    class Kind(models.TextChoices):
        CHANNEL = "channel", _("Channel or account")
        ASSET = "asset", _("Device, key, sample or seal")

    departure = models.ForeignKey("handover.Departure", models.PROTECT, related_name="things")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    title = models.CharField(_("what"), max_length=200)
    taker = models.ForeignKey(
        "accounts.Person", models.PROTECT, null=True, blank=True, related_name="+"
    )
    proof = models.CharField(_("proof"), max_length=300, blank=True)
    made_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())
    done_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    held = {
        "taker": Holding(Held.HISTORY, _("Channels and things taken over")),
        "made_by": Holding(Held.HISTORY, _("Things listed in handovers")),
        "done_by": Holding(Held.HISTORY, _("Things taken back in handovers")),
    }
    scope = DepartureScope("departure")
    objects = ScopedManager()

    class Meta:
        ordering = ["kind", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, done_by__isnull=True)
                | Q(done_at__isnull=False, done_by__isnull=False),
                name="thing_done_by",
            )
        ]
