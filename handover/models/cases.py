"""What the people of a case write: the brief of each customer, and what a director waives."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from handover.scopes import BriefScope, OwnPartScope
from kit.history import history
from kit.registry import Held, Holding
from kit.scoping import ScopedManager
from kit.subjects import Tells


@history()
class BriefAnswer(models.Model):
    """What the leaver says to one question of the brief of a customer, in their own words."""

    handover = models.ForeignKey(
        "handover.CustomerHandover", models.PROTECT, related_name="answers"
    )
    question = models.CharField(max_length=40)  # of `customer_brief` in the content "departure"
    text = models.TextField(max_length=2_000, blank=True)
    prefilled = models.BooleanField(default=False)  # as the live data had it, nobody has changed it
    written_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField(db_default=Now())

    held = {"written_by": Holding(Held.HISTORY, _("Answers in handover briefs"))}
    tells = {"handover__customer": Tells(_("Handover briefs"), words=("text",))}
    scope = BriefScope("handover__departure", handover="handover")
    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["handover", "question"], name="brief_answer_once")
        ]


@history()
class Waiver(models.Model):
    """One thing that a case asks for and a director let go, by name and with a reason."""

    departure = models.ForeignKey("handover.Departure", models.PROTECT, related_name="waivers")
    gate = models.CharField(max_length=40)  # of handover.gates
    handover = models.ForeignKey(
        "handover.CustomerHandover", models.PROTECT, null=True, blank=True, related_name="waivers"
    )
    task = models.ForeignKey(
        "handover.HandoverTask", models.PROTECT, null=True, blank=True, related_name="waivers"
    )
    reason = models.CharField(max_length=300)
    by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    held = {"by": Holding(Held.HISTORY, _("Things waived in departure cases"))}
    tells = {"handover__customer": Tells(_("Waivers in departures"), words=("reason",))}
    scope = OwnPartScope("departure", handover="handover", task="task")
    objects = ScopedManager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["departure", "gate", "handover", "task"],
                nulls_distinct=False,
                name="waived_once",
            )
        ]

    @property
    def label(self):
        """What was let go, in words."""
        from handover import gates

        known = gates.GATES.get(self.gate)
        return known.label if known else self.gate
