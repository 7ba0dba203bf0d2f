"""What happened with a customer: visits, calls, messages, meetings."""

import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from crm.models.kept import kept
from crm.scopes import ActivityScope, CustomerScope
from kit.history import history
from kit.registry import Held, Holding
from kit.scoping import AnyOf, ScopedManager
from kit.subjects import Tells
from kit.templatetags.words import shown_name

OPEN_STEP = Q(next_step_on__isnull=False, next_step_done_at__isnull=True)


@history()
class Activity(models.Model):
    """One activity. It stays with the customer where it happened; a correction keeps both versions."""

    class Kind(models.TextChoices):
        VISIT = "visit", _("Visit")
        CALL = "call", _("Call")
        MESSAGE = "message", _("Message")
        MEETING = "meeting", _("Online meeting")

    class Proof(models.TextChoices):
        LOCATION = "location", _("Location matches")
        REPLY = "reply", _("Customer replied")
        ORDER = "order", _("Order or payment")
        JOINT = "joint", _("Joint visitor confirmed")
        SERVICE = "service", _("Service line spoke with them")

    customer = models.ForeignKey("crm.Customer", models.PROTECT, related_name="activities")
    # Who was there; null is somebody outside this system, named in `author_name` if the file did.
    author = models.ForeignKey(
        "accounts.Person", models.PROTECT, null=True, blank=True, related_name="activities"
    )
    author_name = models.CharField(max_length=80, blank=True)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.VISIT)
    happened_at = models.DateTimeField(_("when"))  # the phone's claim
    recorded_at = models.DateTimeField(db_default=Now())  # the server's truth
    note = models.TextField(_("note"), max_length=10_000, blank=True)
    next_step = models.CharField(_("next step"), max_length=200, blank=True)
    next_step_on = models.DateField(_("next step by"), null=True, blank=True)
    next_step_done_at = models.DateTimeField(null=True, blank=True)
    contacts = models.ManyToManyField(
        "crm.Contact", through="ActivityContact", related_name="activities", blank=True
    )
    client_uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    # SHA-256 of what was first sent: the same id with another body is refused.
    client_digest = models.CharField(max_length=64, blank=True, editable=False)
    is_late = models.BooleanField(default=False)  # claimed more than a day before it was received
    proof = models.CharField(max_length=8, choices=Proof, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    held = {"author": Holding(Held.HISTORY, _("Activities logged"))}
    tells = {"customer": Tells(_("Visits, calls and meetings"), words=("note", "next_step"))}
    scope = AnyOf(CustomerScope("customer"), ActivityScope())
    objects = ScopedManager()

    class Meta:
        ordering = ["-happened_at", "-pk"]
        indexes = [
            models.Index(fields=["customer", "-happened_at"], name="activity_customer"),
            models.Index(fields=["author", "-happened_at"], name="activity_author"),
            models.Index(
                fields=["customer", "next_step_on"], condition=OPEN_STEP, name="activity_next_step"
            ),
            models.Index(
                fields=["author", "next_step_on"], condition=OPEN_STEP, name="activity_own_step"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(proof="", confirmed_at__isnull=True)
                | ~Q(proof="") & Q(confirmed_at__isnull=False),
                name="activity_proof",
            )
        ]
        triggers = [kept("activity", kind="activities")]

    @property
    def next_step_open(self):
        """Whether something is to follow and has not been done."""
        promised = bool(self.next_step or self.next_step_on)
        return promised and self.next_step_done_at is None

    @property
    def author_shown(self):
        """Who was there, in the language of the page; somebody outside is called external."""
        if self.author is not None:
            return shown_name(self.author)
        if self.author_name:
            return _("%(name)s (external)") % {"name": self.author_name}
        return str(_("External"))

    def get_absolute_url(self):
        from django.urls import reverse

        return reverse("crm:activity", args=[self.pk])


@history()
class ActivityContact(models.Model):
    """One of theirs who took part. Its history tells who was named in which version."""

    activity = models.ForeignKey(Activity, models.PROTECT, related_name="+")
    contact = models.ForeignKey("crm.Contact", models.PROTECT, related_name="+")

    tells = {"contact": Tells(_("Took part in"), reads=("occasion",))}

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["activity", "contact"], name="activity_contact_once")
        ]

    @property
    def occasion(self):
        """What they took part in, and when."""
        day = date_format(localtime(self.activity.happened_at), "DATE_FORMAT")
        return f"{self.activity.get_kind_display()}, {day}"


@history()
class ActivityVisitor(models.Model):
    """A colleague who came along: sees that visit and the customer's name for 30 days."""

    activity = models.ForeignKey(Activity, models.PROTECT, related_name="visitors")
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="joint_visits")
    confirmed_at = models.DateTimeField(null=True, blank=True)

    held = {"person": Holding(Held.HISTORY, _("Joint visits"))}
    tells = {"activity__customer": None}
    scope = CustomerScope("activity__customer")
    objects = ScopedManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["activity", "person"], name="visitor_once")]
