"""Agreements with our people: what was published, who is asked to sign it, and who signed what."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.access import Action
from accounts.scopes import AgreementScope, PersonScope
from kit.digests import digest_of
from kit.registry import Held, Holding
from kit.scoping import ScopedManager
from kit.templatetags.words import chinese


class Agreement(models.Model):
    """One published version of an agreement, whole and in both languages. Rows are added, never changed.

    The highest `number` of a key counts. months: how long a signature lasts, None for good.
    months_after: how long it binds after leaving, None without a fixed end, 0 not at all.
    """

    class Audience(models.TextChoices):
        EVERYBODY = "everybody", _("Everybody who works here")
        NAMED = "named", _("Only those who are asked by name")

    key = models.CharField(max_length=40)
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    title_zh = models.CharField(max_length=200)
    text = models.TextField()
    text_zh = models.TextField()
    audience = models.CharField(max_length=9, choices=Audience)
    months = models.PositiveSmallIntegerField(null=True)
    months_after = models.PositiveSmallIntegerField(null=True)
    digest = models.CharField(max_length=64)
    made_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())

    held = {"made_by": Holding(Held.HISTORY, _("Agreements published"))}
    append_only = True
    scope = AgreementScope()
    objects = ScopedManager()

    class Meta:
        ordering = ["key", "number"]
        constraints = [
            models.UniqueConstraint(fields=["key", "number"], name="agreement_version_once")
        ]

    def __str__(self):
        return self.title_zh if chinese() else self.title

    @property
    def words(self):
        """The text in the language of the page."""
        return self.text_zh if chinese() else self.text

    @property
    def facts(self):
        """What the digest is made of."""
        return {
            "key": self.key, "number": self.number, "title": [self.title, self.title_zh],
            "text": [self.text, self.text_zh], "months": self.months,
            "months_after": self.months_after,
        }  # fmt: skip

    @property
    def is_intact(self):
        """Whether the text is still what its digest was made of."""
        return digest_of(self.facts) == self.digest


class AgreementRequest(models.Model):
    """Somebody is asked by name to sign an agreement, until it is taken back."""

    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    key = models.CharField(max_length=40)
    asked_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)

    held = {
        "person": Holding(Held.CLOSE, _("Agreements to sign"), open=models.Q(ended_at=None)),
        "asked_by": Holding(Held.HISTORY, _("Signatures asked for")),
    }
    scope = PersonScope("person", Action.AGREEMENT_VIEW)
    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "key"], condition=models.Q(ended_at=None),
                name="agreement_asked_once",
            )
        ]  # fmt: skip


class AgreementSignature(models.Model):
    """One person's signature under one version. Rows are added, never changed.

    On paper: `signed_on` and `kept_at` say when and where it lies, and `made_by` who noted it.
    `content` holds keys, the company and the post, never a name; `digest` is its SHA-256.
    """

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="signatures")
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    made_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(db_default=Now())
    signed_on = models.DateField(null=True)
    kept_at = models.CharField(max_length=120, blank=True)
    expires_on = models.DateField(null=True)
    content = models.JSONField()
    digest = models.CharField(max_length=64)

    held = {
        "person": Holding(
            Held.HISTORY, _("Agreements signed"), page="accounts:person-agreements",
            action=Action.AGREEMENT_VIEW,
        ),
        "made_by": Holding(Held.HISTORY, _("Signatures under agreements recorded")),
    }  # fmt: skip
    append_only = True
    scope = PersonScope("person", Action.AGREEMENT_VIEW)
    objects = ScopedManager()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["person", "agreement"], name="agreement_signed")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(signed_on=None, kept_at="")
                | (models.Q(signed_on__isnull=False) & ~models.Q(kept_at="")),
                name="agreement_on_paper",
            )
        ]

    @property
    def is_intact(self):
        """Whether text and signature are still what the digests were made of."""
        return digest_of(self.content) == self.digest and self.agreement.is_intact
