"""The trail: one sentence per business verb, append-only, chained by the sealer."""

from django.db import models
from django.db.models import Func
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.scopes import TrailScope
from kit.registry import Held
from kit.scoping import ScopedManager


class XidField(models.Field):
    """PostgreSQL's 64-bit transaction id."""

    def db_type(self, connection):
        return "xid8"


class CurrentXid(Func):
    """The id of the present transaction."""

    template = "pg_current_xact_id()"
    arity = 0
    output_field = XidField()


class ClockTimestamp(Func):
    """The wall clock of the database, also inside a long transaction."""

    template = "clock_timestamp()"
    arity = 0
    output_field = models.DateTimeField()


class TrailEntry(models.Model):
    """Who did what, to what, when and why. No foreign keys: it outlives everything it names."""

    # when it was written (the database says) and when it happened (imports, seed, offline claim)
    recorded_at = models.DateTimeField(db_default=ClockTimestamp())
    happened_at = models.DateTimeField(db_default=ClockTimestamp())
    actor_id = models.BigIntegerField()
    on_behalf_of_id = models.BigIntegerField(null=True)
    verb = models.CharField(max_length=80)
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=40)
    customer_id = models.BigIntegerField(null=True)
    # field → [before, after]; personal values as ciphertext under the subject's key
    changes = models.JSONField(default=dict)
    key_id = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    request_id = models.CharField(max_length=40, blank=True)
    xid = XidField(db_default=CurrentXid())

    held = {"actor_id": Held.HISTORY, "on_behalf_of_id": Held.HISTORY}
    append_only = True
    scope = TrailScope()
    objects = ScopedManager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["customer_id", "-id"], name="trail_customer"),
            models.Index(fields=["subject_type", "subject_id", "-id"], name="trail_subject"),
            models.Index(fields=["actor_id", "-id"], name="trail_actor"),
        ]
        verbose_name = _("trail entry")


class Seal(models.Model):
    """The link of one trail entry in the chain: hash over the entry and the hash before it."""

    position = models.BigIntegerField(primary_key=True)
    entry_id = models.BigIntegerField(unique=True)
    digest = models.BinaryField()
    sealed_at = models.DateTimeField(db_default=Now())

    owner_only = True

    class Meta:
        ordering = ["position"]


class Anchor(models.Model):
    """Head and count of the chain as they were written outside the database."""

    position = models.BigIntegerField()
    digest = models.BinaryField()
    written_at = models.DateTimeField(db_default=Now())

    owner_only = True
