"""What somebody knows about a post and passes on: in writing, by working together, to the team."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from handover.scopes import DepartureScope
from kit.history import history
from kit.registry import Held, Holding
from kit.scoping import ScopedManager


@history()
class WriteUp(models.Model):
    """What works in this post, in the leaver's words: prompt of the content → answer."""

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("write-up", "Draft")
        SUBMITTED = "submitted", pgettext_lazy("write-up", "Submitted")
        RETURNED = "returned", pgettext_lazy("write-up", "Returned")
        ACCEPTED = "accepted", pgettext_lazy("write-up", "Accepted")

    MOVES = {
        State.DRAFT: {State.SUBMITTED},
        State.SUBMITTED: {State.RETURNED, State.ACCEPTED},
        State.RETURNED: {State.SUBMITTED},
        State.ACCEPTED: {State.RETURNED},
    }
    WRITABLE = (State.DRAFT, State.RETURNED)

    departure = models.OneToOneField("handover.Departure", models.PROTECT, related_name="write_up")
    answers = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    note = models.CharField(max_length=500, blank=True)  # why it was returned
    answered_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    held = {"answered_by": Holding(Held.HISTORY, _("Answers to write-ups of a post"))}
    scope = DepartureScope("departure")
    objects = ScopedManager()


@history()
class ApprenticeStep(models.Model):
    """One step of a successor's apprenticeship, ticked by both."""

    departure = models.ForeignKey("handover.Departure", models.PROTECT, related_name="steps_learnt")
    successor = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    key = models.CharField(max_length=40)  # of the content
    leaver_at = models.DateTimeField(null=True)
    successor_at = models.DateTimeField(null=True)

    held = {"successor": Holding(Held.HISTORY, _("Steps of apprenticeships"))}
    scope = DepartureScope("departure")
    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["departure", "successor", "key"], name="apprentice_step_once"
            )
        ]


@history()
class TeamTalk(models.Model):
    """The talk of the supervisor with the team: when, who was there, what was asked."""

    departure = models.OneToOneField("handover.Departure", models.PROTECT, related_name="team_talk")
    held_on = models.DateField(_("day"))
    present = models.CharField(_("who was there"), max_length=300, blank=True)
    points = models.JSONField(default=list)  # ids of the content that were spoken about
    questions = models.TextField(_("questions and answers"), blank=True, max_length=4_000)
    noted_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")

    held = {"noted_by": Holding(Held.HISTORY, _("Notes of team talks"))}
    scope = DepartureScope("departure")
    objects = ScopedManager()
