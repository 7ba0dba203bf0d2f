"""The exit interview: for HR alone, encrypted at rest."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from handover.scopes import InterviewScope
from kit import crypto
from kit.models import SubjectKey
from kit.registry import Held, Holding
from kit.scoping import ScopedManager


class ExitInterview(models.Model):
    """The answers of somebody who leaves, under a key of their own. Nothing of them is in clear.

    `sealed` holds {question id: {"answer": text, "sources": text, "theme": bool}}, see `answers`.
    """

    departure = models.OneToOneField("handover.Departure", models.PROTECT, related_name="interview")
    sealed = models.BinaryField()
    key = models.ForeignKey(SubjectKey, models.SET_NULL, null=True, related_name="+")
    held_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    held_at = models.DateTimeField(null=True)  # completed; a draft before
    version = models.PositiveIntegerField(default=1)

    held = {"held_by": Holding(Held.HISTORY, _("Exit interviews held"))}
    scope = InterviewScope()
    objects = ScopedManager()

    @property
    def answers(self):
        """What was said, or nothing where the key is gone."""
        try:
            return crypto.unseal(self.key.wrapped if self.key else None, self.sealed)
        except crypto.Erased:
            return {}
