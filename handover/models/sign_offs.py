"""The signatures of a case: what was signed, by whom, and that nothing of it was changed since."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from handover.scopes import SignOffScope
from kit.digests import digest_of
from kit.registry import Held, Holding
from kit.scoping import ScopedManager


class SignOff(models.Model):
    """One signature, or the note of HR that somebody did not sign. Rows are added, never changed.

    `content` holds keys of people and customers, never their names, and what was missing then;
    `digest` is the SHA-256 of it as kit.digests writes it.
    """

    class Signer(models.TextChoices):
        LEAVER = "leaver", _("Leaver")
        SUCCESSOR = "successor", _("Successor")
        WITNESS = "witness", _("Witness")
        SUPERVISOR = "supervisor", _("Supervisor")
        FINANCE = "finance", _("Finance")
        IT = "it", _("IT")
        HR = "hr", _("HR")

    departure = models.ForeignKey("handover.Departure", models.PROTECT, related_name="sign_offs")
    signer = models.CharField(max_length=10, choices=Signer)
    # Whose signature it is; nobody where HR notes that a department did not sign.
    person = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    made_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    missing_because = models.CharField(max_length=300, blank=True)  # not signed, as HR notes
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    signed_at = models.DateTimeField(db_default=Now())

    held = {
        "person": Holding(Held.HISTORY, _("Handovers signed")),
        "made_by": Holding(Held.HISTORY, _("Missing signatures noted")),
    }
    append_only = True
    scope = SignOffScope("departure")
    objects = ScopedManager()

    class Meta:
        ordering = ["pk"]

    @property
    def is_intact(self):
        """Whether the content is still what its digest was made of."""
        return digest_of(self.content) == self.digest
