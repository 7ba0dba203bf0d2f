"""Rotation: exemptions from it, reminders that were sent, and what a file lacked after a move.

The policy itself is content (handover/content/rotation.yaml); the clock is derived, see selectors.
"""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.scopes import CustomerScope
from kit.dates import CompanyToday
from kit.history import history
from kit.registry import Held, Holding
from kit.scoping import ScopedManager
from kit.subjects import Tells


@history(exclude=["client_uuid"])
class RotationExemption(models.Model):
    """One customer stays with its account manager until a day; it ends by itself."""

    class State(models.TextChoices):
        ASKED = "asked", pgettext_lazy("exemption", "Waiting for approval")
        APPROVED = "approved", pgettext_lazy("exemption", "Approved")
        REFUSED = "refused", pgettext_lazy("exemption", "Refused")
        ENDED = "ended", pgettext_lazy("exemption", "Ended early")

    MOVES = {
        State.ASKED: {State.APPROVED, State.REFUSED},
        State.APPROVED: {State.ENDED},
        State.REFUSED: set(),
        State.ENDED: set(),
    }

    customer = models.ForeignKey("crm.Customer", models.PROTECT, related_name="exemptions")
    # Whose clock stands still: the account manager when it was asked for.
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=40)  # code of the content "rotation"
    note = models.CharField(_("note"), max_length=300, blank=True)
    until = models.DateField(_("until"))
    # Somebody else of ours whom the customer knows: an exemption is no reason to depend on one.
    second_contact = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=State, default=State.ASKED)
    asked_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(db_default=Now())
    decided_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_note = models.CharField(max_length=300, blank=True)
    client_uuid = models.UUIDField(null=True, editable=False)

    held = {
        "person": Holding(Held.CLOSE, _("Exemptions from rotation"), open=Q(state="approved")),
        "second_contact": Holding(
            Held.TRANSFER, _("Second contact of exempted customers"),
            open=Q(state="approved", until__gte=CompanyToday()),
        ),
        "asked_by": Holding(Held.HISTORY, _("Exemptions asked for")),
        "decided_by": Holding(Held.HISTORY, _("Exemptions decided")),
    }  # fmt: skip
    tells = {"customer": Tells(_("Exemptions from rotation"), words=("note", "decision_note"))}
    scope = CustomerScope("customer")
    objects = ScopedManager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["customer"], condition=Q(state="asked"), name="exemption_asked_once"
            ),
            models.UniqueConstraint(fields=["asked_by", "client_uuid"], name="exemption_sent_once"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True, decided_at__isnull=True)
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="exemption_decided",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="exemption_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(second_contact=F("person")), name="exemption_second_contact"
            ),
        ]
        indexes = [
            models.Index(
                fields=["customer", "person"], condition=Q(state="approved"), name="exemption_now"
            )
        ]

    def get_absolute_url(self):
        from django.urls import reverse

        return reverse("handover:customer-rotation", args=[self.customer_id])


class RotationReminder(models.Model):
    """That somebody was reminded of one due day of one clock; there is never a second one."""

    customer = models.ForeignKey("crm.Customer", models.PROTECT, related_name="+")
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    due_on = models.DateField()
    days = models.SmallIntegerField()  # after the due day; before it, if negative
    who = models.CharField(max_length=16)  # account_manager, supervisor, sales_head, director
    made_at = models.DateTimeField(db_default=Now())

    held = {"person": Holding(Held.HISTORY, _("Reminders of rotation"))}
    tells = {"customer": None}
    scope = CustomerScope("customer")
    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "person", "due_on", "days", "who"], name="rotation_reminded"
            )
        ]


@history()
class FileGap(models.Model):
    """What the receiver of a rotated customer found missing or wrong in its file, or that nothing was."""

    class Part(models.TextChoices):
        NOTHING = "nothing", _("Nothing was missing")
        CONTACTS = "contacts", _("Contacts and how to reach them")
        LINKS = "links", _("Who decides, who knows whom")
        TERMS = "terms", _("Prices, terms, contracts")
        PROMISES = "promises", _("Promises and open work")
        HISTORY = "history", _("What happened before")
        CARE = "care", _("Habits and preferences")
        OTHER = "other", pgettext_lazy("file", "Something else")

    customer = models.ForeignKey("crm.Customer", models.PROTECT, related_name="gaps")
    change = models.ForeignKey("crm.Change", models.PROTECT, related_name="gaps")
    found_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    found_at = models.DateTimeField(db_default=Now())
    part = models.CharField(_("part of the file"), max_length=10, choices=Part)
    text = models.CharField(_("what was missing"), max_length=300, blank=True)

    held = {"found_by": Holding(Held.HISTORY, _("Gaps found in files"))}
    tells = {"customer": Tells(_("Gaps found in files"), words=("text",))}
    scope = CustomerScope("customer")
    objects = ScopedManager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["change"], condition=Q(part="nothing"), name="file_complete_once"
            ),
            models.CheckConstraint(
                condition=Q(part="nothing") | ~Q(text=""), name="file_gap_has_text"
            ),
        ]
