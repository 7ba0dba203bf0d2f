"""How deep the relation between one of ours and one of theirs is, by the evidence of its level.

Levels and what each needs are content (crm/content/relationship.yaml). Of the evidence only the days
are kept: what happened stands in the activities, what is private belongs into the protected part.
"""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from crm.scopes import ContactScope
from kit.history import history
from kit.registry import Held, Holding
from kit.scoping import ScopedManager
from kit.subjects import Tells


@history()
class Depth(models.Model):
    """The level that one of ours has set for the own relation to a contact.

    evidence_on: the day of each evidence, in the order of the level's list. oldest_on: the oldest of
    them; a year later the level counts one less, at the time of asking.
    """

    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="depths")
    contact = models.ForeignKey("crm.Contact", models.PROTECT, related_name="depths")
    level = models.PositiveSmallIntegerField(_("level"))
    evidence_on = models.JSONField()
    oldest_on = models.DateField()
    set_at = models.DateTimeField(db_default=Now())
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    held = {
        "person": Holding(Held.HISTORY, _("Relations and how deep they are")),
        "confirmed_by": Holding(Held.HISTORY, _("Levels of relations confirmed")),
    }
    tells = {"contact": Tells(_("How deep a relation is"))}
    scope = ContactScope("contact")
    objects = ScopedManager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["person", "contact"], name="depth_once"),
            models.CheckConstraint(condition=Q(level__gte=1, level__lte=5), name="depth_level"),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                name="depth_confirmed_by",
            ),
        ]

    def __str__(self):
        return str(self.level)
