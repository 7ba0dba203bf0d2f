"""Devices on which somebody writes without a network: each signs what it keeps with a key of its own."""

import uuid

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.scopes import OwnRows
from kit.history import history
from kit.registry import Held, Holding
from kit.scoping import ScopedManager


@history()
class Device(models.Model):
    """One device with its public key; the private one never leaves it.

    It opens nothing. It lets what it signed be kept for the supervisor after its person's access ended.
    """

    number = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="devices")
    name = models.CharField(_("name"), max_length=80)
    public_key = models.CharField(max_length=400)  # SPKI in base64
    made_at = models.DateTimeField(db_default=Now())
    revoked_at = models.DateTimeField(null=True)

    held = {"person": Holding(Held.HISTORY, _("Devices registered"))}
    scope = OwnRows("person")
    objects = ScopedManager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self):
        return self.name
