"""A sudden departure: who was frozen by whom and why, the calls to the customers, the incidents."""

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.access import Action
from accounts.models import Person
from handover.scopes import CallScope, FreezeScope, IncidentScope
from kit.history import history
from kit.registry import Held, Holding
from kit.scoping import ScopedManager
from kit.subjects import Tells

HOURS = 24  # within which a second person confirms a freeze


def by_and_at(by, at, name):
    """Who and when are known both or neither."""
    both = Q(**{f"{by}__isnull": False, f"{at}__isnull": False})
    neither = Q(**{f"{by}__isnull": True, f"{at}__isnull": True})
    return models.CheckConstraint(condition=both | neither, name=name)


@history(exclude=["evidence"])
class Freeze(models.Model):
    """One person's access stopped at once. It is in force until it is lifted or the person leaves."""

    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="freezes")
    trigger = models.CharField(_("what happened"), max_length=40)  # of the content "emergency"
    reason = models.CharField(_("reason"), max_length=500)
    evidence = models.TextField(_("evidence"), max_length=4_000, blank=True)  # in no trail
    state_before = models.CharField(max_length=10, choices=Person.State)
    frozen_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    frozen_at = models.DateTimeField(db_default=Now())
    confirmed_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True)
    lifted_why = models.CharField(max_length=500, blank=True)
    ended_at = models.DateTimeField(null=True)  # the person has left
    # How many sessions, tokens, jobs … ended, and who acts: [[person, customers, tasks]].
    cut = models.JSONField(default=dict)
    acting = models.JSONField(default=list)

    held = {
        "person": Holding(Held.HISTORY, _("Freezes")),
        "frozen_by": Holding(Held.HISTORY, _("Freezes ordered")),
        "confirmed_by": Holding(Held.HISTORY, _("Freezes confirmed")),
        "lifted_by": Holding(Held.HISTORY, _("Freezes lifted")),
    }
    scope = FreezeScope("person", Action.DEPARTURE_VIEW)
    objects = ScopedManager()

    class Meta:
        ordering = ["-frozen_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(lifted_at__isnull=True, ended_at__isnull=True),
                name="one_freeze_in_force",
            ),
            by_and_at("confirmed_by", "confirmed_at", "freeze_confirmed_by"),
            by_and_at("lifted_by", "lifted_at", "freeze_lifted_by"),
            models.CheckConstraint(
                condition=~Q(confirmed_by=models.F("frozen_by")), name="freeze_second_person"
            ),
        ]

    def __str__(self):
        return f"#{self.pk}"

    @property
    def in_force(self):
        return self.lifted_at is None and self.ended_at is None

    @property
    def confirm_by(self):
        """Until when a second person is to confirm it."""
        return self.frozen_at + timedelta(hours=HOURS)

    def get_absolute_url(self):
        from django.urls import reverse

        return reverse("handover:freeze", args=[self.pk])


@history()
class EmergencyCall(models.Model):
    """One customer to be called after a freeze: by whom, until when, what came of it."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("call", "To call")
        REACHED = "reached", pgettext_lazy("call", "Reached")
        EXHAUSTED = "exhausted", pgettext_lazy("call", "Not reached")
        DROPPED = "dropped", pgettext_lazy("call", "No longer needed")

    class Outcome(models.TextChoices):
        STAYS = "stays", _("Stays with us")
        CONCERNED = "concerned", _("Has a concern or an open promise")
        WANTS_OTHER = "wants_other", _("Wants another person")
        APPROACHED = "approached", _("Was approached by the leaver or a competitor")
        FOLLOWS = "follows", _("Follows the leaver")

    MOVES = {
        State.OPEN: {State.REACHED, State.EXHAUSTED, State.DROPPED},
        State.EXHAUSTED: {State.REACHED, State.DROPPED},
        State.REACHED: set(),
        State.DROPPED: set(),
    }

    freeze = models.ForeignKey(Freeze, models.PROTECT, related_name="calls")
    customer = models.ForeignKey("crm.Customer", models.PROTECT, related_name="+")
    tier = models.CharField(max_length=1, blank=True)
    due_at = models.DateTimeField()
    # Value of twelve months × 3 if nobody else knows the customer × 2 if something is due in 14 days.
    value = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    alone = models.BooleanField(default=False)
    due_soon = models.BooleanField(default=False)
    place = models.PositiveIntegerField()
    caller = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    attempts = models.JSONField(default=list)  # [[instant, person, channel]]
    outcome = models.CharField(max_length=12, choices=Outcome, blank=True)
    activity = models.ForeignKey("crm.Activity", models.PROTECT, null=True, related_name="+")
    meeting = models.ForeignKey("crm.Task", models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    held = {"caller": Holding(Held.TRANSFER, _("Calls after a freeze"), open=Q(state="open"))}
    tells = {"customer": Tells(_("Calls after a sudden departure"))}
    scope = CallScope()
    objects = ScopedManager()

    class Meta:
        ordering = ["place", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["freeze", "customer"], name="emergency_call_once")
        ]
        indexes = [
            models.Index(fields=["caller", "place"], condition=Q(state="open"), name="call_open")
        ]

    def __str__(self):
        return f"#{self.pk}"

    def get_absolute_url(self):
        from django.urls import reverse

        return reverse("handover:freeze-call", args=[self.freeze_id, self.pk])


@history()
class Incident(models.Model):
    """A customer that follows somebody who left, or wavers: what is known, the plan, the outcome."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("incident", "Open")
        WON_BACK = "won_back", _("Won back")
        PARTLY = "partly", _("Won back in part")
        LOST = "lost", _("Lost")
        DROPPED = "dropped", pgettext_lazy("incident", "No longer needed")  # the freeze was lifted

    ENDINGS = (State.WON_BACK, State.PARTLY, State.LOST)  # what somebody may say it came to

    customer = models.ForeignKey("crm.Customer", models.PROTECT, related_name="+")
    leaver = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    freeze = models.ForeignKey(Freeze, models.PROTECT, null=True, related_name="incidents")
    what = models.CharField(_("what is known"), max_length=1_000)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    opened_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(db_default=Now())
    closed_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    lesson = models.CharField(_("lesson"), max_length=1_000, blank=True)
    tasks = models.ManyToManyField("crm.Task", related_name="+", blank=True)
    version = models.PositiveIntegerField(default=1)

    held = {
        "leaver": Holding(Held.HISTORY, _("Customers that followed them")),
        "opened_by": Holding(Held.HISTORY, _("Incidents opened")),
        "closed_by": Holding(Held.HISTORY, _("Incidents closed")),
    }
    tells = {"customer": Tells(_("Incidents"), words=("what", "lesson"))}
    scope = IncidentScope()
    objects = ScopedManager()

    class Meta:
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "leaver"], condition=Q(state="open"), name="one_open_incident"
            ),
            by_and_at("closed_by", "closed_at", "incident_closed_by"),
        ]

    def __str__(self):
        return f"#{self.pk}"

    def get_absolute_url(self):
        from django.urls import reverse

        return reverse("handover:incident", args=[self.pk])
