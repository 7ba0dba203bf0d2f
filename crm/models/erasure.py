"""Erasing what is kept of a person outside the company, and what forbids it for a time.

One person asks, another decides. Which keys were destroyed is noted outside the database too
(kit/erasures.py), so that a restored backup forgets it again.
"""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.scopes import ErasureScope
from kit.history import history
from kit.models import SubjectKey
from kit.registry import Held, Holding
from kit.scoping import ScopedManager
from kit.subjects import Tells


def of_one(name):
    """Constraint: about a contact or a customer, never both."""
    return models.CheckConstraint(
        condition=Q(contact__isnull=True, customer__isnull=False)
        | Q(contact__isnull=False, customer__isnull=True),
        name=name,
    )


class AboutPerson(models.Model):
    """A row about one data subject: a contact, or a customer that is a private person."""

    contact = models.ForeignKey("crm.Contact", models.PROTECT, null=True, related_name="+")
    customer = models.ForeignKey("crm.Customer", models.PROTECT, null=True, related_name="+")

    class Meta:
        abstract = True

    @property
    def subject(self):
        return self.contact or self.customer


@history(exclude=["words"])
class Erasure(AboutPerson):
    """One request to erase a person, from who asked for it to what the search afterwards found.

    gone: label of a model → rows changed. remains: table → rows in which a name or number of the
    person was found afterwards. words: those names and numbers, sealed under `key` until the search
    is over.
    """

    class Ground(models.TextChoices):
        ASKED = "asked", _("The person asks for it")
        CONSENT = "consent", _("The person took back the consent")
        NEEDLESS = "needless", _("No longer needed for what it was kept for")
        UNLAWFUL = "unlawful", _("It should never have been kept")

    class State(models.TextChoices):
        ASKED = "asked", pgettext_lazy("erasure", "Waits for a second person")
        AGREED = "agreed", pgettext_lazy("erasure", "Being erased")
        SEARCHING = "searching", pgettext_lazy("erasure", "Erased, being searched for")
        DONE = "done", pgettext_lazy("erasure", "Erased")
        REFUSED = "refused", pgettext_lazy("erasure", "Refused")
        WITHDRAWN = "withdrawn", pgettext_lazy("erasure", "Taken back")

    OPEN = (State.ASKED, State.AGREED)

    ground = models.CharField(_("why"), max_length=10, choices=Ground)
    asked_on = models.DateField(_("came to us on"))
    asked_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(db_default=Now())
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    decided_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    refused_because = models.CharField(_("because"), max_length=300, blank=True)
    key = models.ForeignKey(SubjectKey, models.SET_NULL, null=True, related_name="+")
    words = models.BinaryField(null=True)
    gone = models.JSONField(default=dict)
    remains = models.JSONField(default=dict)
    erased_at = models.DateTimeField(null=True)
    searched_at = models.DateTimeField(null=True)
    # Done before, and again after a backup of before was restored: nobody decides a second time.
    is_replay = models.BooleanField(default=False)

    held = {
        "asked_by": Holding(Held.HISTORY, _("Erasures asked for")),
        "decided_by": Holding(Held.HISTORY, _("Erasures decided")),
    }
    tells = {"contact": Tells(_("Erasures")), "customer": Tells(_("Erasures"))}
    scope = ErasureScope()
    objects = ScopedManager()

    class Meta:
        ordering = ["-pk"]
        triggers = [pgtrigger.Protect(name="erasure_kept", operation=pgtrigger.Delete)]
        constraints = [
            of_one("erasure_of_one"),
            models.UniqueConstraint(
                fields=["contact", "customer"], condition=Q(state__in=["asked", "agreed"]),
                nulls_distinct=False, name="erasure_asked_once",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True, decided_at__isnull=True)
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="erasure_decided_by",
            ),
            models.CheckConstraint(
                condition=Q(state="withdrawn") | Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="erasure_two_people",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["asked", "refused", "withdrawn"]) | Q(decided_by__isnull=False)
                | Q(is_replay=True),
                name="erasure_agreed",
            ),
        ]  # fmt: skip

    def get_absolute_url(self):
        from django.urls import reverse

        return reverse("crm:erasure", args=[self.pk])


@history()
class Hold(AboutPerson):
    """What forbids to erase a person until a day: a dispute, a duty to keep, an inquiry."""

    ground = models.CharField(_("what forbids it"), max_length=300)
    until_on = models.DateField(_("until"))
    set_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    set_at = models.DateTimeField(db_default=Now())
    ended_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    held = {
        "set_by": Holding(Held.HISTORY, _("Holds on erasures set")),
        "ended_by": Holding(Held.HISTORY, _("Holds on erasures ended")),
    }
    tells = {
        "contact": Tells(_("Holds"), words=("ground",)),
        "customer": Tells(_("Holds"), words=("ground",)),
    }
    scope = ErasureScope()
    objects = ScopedManager()

    class Meta:
        ordering = ["-pk"]
        triggers = [pgtrigger.Protect(name="hold_kept", operation=pgtrigger.Delete)]
        constraints = [
            of_one("hold_of_one"),
            models.CheckConstraint(condition=~Q(ground=""), name="hold_says_why"),
            models.CheckConstraint(
                condition=Q(ended_by__isnull=True, ended_at__isnull=True)
                | Q(ended_by__isnull=False, ended_at__isnull=False),
                name="hold_ended_by",
            ),
        ]
