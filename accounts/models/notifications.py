"""Notices in a person's inbox."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.scopes import OwnRows
from kit.registry import Held, Holding
from kit.scoping import ScopedManager


class Notice(models.Model):
    """One line of an inbox: what, why me, by when. Written by the outbox at the time of sending."""

    class Kind(models.TextChoices):
        DECISION = "decision", _("Needs a decision")
        ACTION = "action", _("Needs action")
        KNOW = "know", _("To know")

    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.KNOW)
    # A template code with its values, so that it reads in the language of the moment.
    code = models.CharField(max_length=40)
    values = models.JSONField(default=dict)
    url = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    due_on = models.DateField(null=True)
    read_at = models.DateTimeField(null=True)
    effect_id = models.BigIntegerField(null=True)  # makes the sending idempotent

    held = {
        "person": Holding(Held.CLOSE, _("Notices"), open=models.Q(read_at__isnull=True)),
    }
    scope = OwnRows("person")
    objects = ScopedManager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(
                fields=["person"], condition=models.Q(read_at__isnull=True), name="notice_unread"
            )
        ]
        constraints = [models.UniqueConstraint(fields=["effect_id", "person"], name="notice_once")]
