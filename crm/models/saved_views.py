"""Saved views of lists, the one a list opens with, and selections: frozen lists of keys."""

from datetime import timedelta
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.scopes import OwnRows
from crm.models.changesets import ChangeSet
from crm.scopes import SavedViewScope
from kit.clock import StatementNow
from kit.registry import Held, Holding
from kit.scoping import ScopedManager, ScopedQuerySet


class Listing(models.TextChoices):
    """The lists that can be saved and selected from."""

    CUSTOMERS = "customers", _("Customers")


class SavedView(models.Model):
    """Filters, columns and order of a list under a name; what it shows is each viewer's own sight."""

    page = models.CharField(max_length=20, choices=Listing, default=Listing.CUSTOMERS)
    name = models.CharField(_("name"), max_length=60)
    # Parameter of the address → values, as the list's own filter reads them: nothing else is used.
    filters = models.JSONField(default=dict)
    columns = ArrayField(models.CharField(max_length=20), default=list)  # empty: the usual ones
    sort = models.CharField(max_length=20, blank=True)
    made_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="saved_views")
    made_at = models.DateTimeField(db_default=Now())
    # The unit whose people see it too, with everybody below; null: the maker alone.
    shared_with = models.ForeignKey(
        "accounts.Unit", models.PROTECT, null=True, blank=True, related_name="+"
    )
    position = models.IntegerField(default=0)  # among the maker's own; the smallest stands first

    held = {"made_by": Holding(Held.CLOSE, _("Saved views"))}
    scope = SavedViewScope()
    objects = ScopedManager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["made_by", "page", "name"], name="saved_view_once")
        ]

    def __str__(self):
        return self.name


class StartView(models.Model):
    """With which view a person's list opens."""

    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="start_views")
    page = models.CharField(max_length=20, choices=Listing, default=Listing.CUSTOMERS)
    view = models.ForeignKey(SavedView, models.CASCADE, related_name="starts")

    held = {"person": Holding(Held.CLOSE, _("Views that open first"))}
    scope = OwnRows("person")
    objects = ScopedManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "page"], name="start_view_once")]


class SelectionQuerySet(ScopedQuerySet):
    def live(self):
        """Selections that are neither used up nor expired."""
        return self.filter(used_at=None, expires_at__gt=StatementNow())


class Selection(models.Model):
    """Keys frozen for one act of one person. It is empty after use, and after an hour."""

    LIVES = timedelta(hours=1)
    MOST = ChangeSet.MOST  # it ends in one

    id = models.UUIDField(primary_key=True, default=uuid4)
    page = models.CharField(max_length=20, choices=Listing, default=Listing.CUSTOMERS)
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="selections")
    ids = ArrayField(models.BigIntegerField(), default=list)
    filters = models.TextField(blank=True)  # of the list it was made from, as its address says them
    made_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    held = {"person": Holding(Held.CLOSE, _("Selections of customers"))}
    scope = OwnRows("person")
    objects = models.Manager.from_queryset(SelectionQuerySet)()

    class Meta:
        ordering = ["-made_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ids__len__lte=ChangeSet.MOST), name="selection_not_too_long"
            )
        ]
        indexes = [models.Index(fields=["expires_at"], name="selection_expiry")]

    @property
    def count(self):
        return len(self.ids)
