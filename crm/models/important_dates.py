"""The important dates of a customer: a day and a month that come every year, or in one year only.

Kinds, who leads each and when to remind are content (crm/content/relationship.yaml).
"""

from calendar import isleap
from datetime import date

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from crm.models.customer_file import Guard
from crm.scopes import CustomerScope, FactScope
from kit import crypto
from kit.history import history
from kit.registry import Held, Holding
from kit.scoping import ScopedManager
from kit.subjects import Tells


def index_of(month, day):
    """By what a sealed day is found."""
    return crypto.blind_index(f"important date {month}-{day}")


@history(exclude=["day_index", "client_uuid"])
class ImportantDate(models.Model):
    """One day. That of a person is sealed under the key of the contact and never has a year.

    year: of a day that comes once, None every year. said_on: the day it was entered or moved; marks
    of reminders before it are over.
    """

    customer = models.ForeignKey("crm.Customer", models.PROTECT, related_name="important_dates")
    contact = models.ForeignKey("crm.Contact", models.PROTECT, null=True, related_name="+")
    kind = models.CharField(_("kind"), max_length=40)
    guard = models.CharField(max_length=10, choices=Guard, default=Guard.OPEN)
    name = models.CharField(_("name"), max_length=80, blank=True)
    month = models.PositiveSmallIntegerField(null=True)
    day = models.PositiveSmallIntegerField(null=True)
    year = models.PositiveSmallIntegerField(null=True)
    sealed = models.BinaryField(null=True)
    day_index = models.BinaryField(null=True)
    said_on = models.DateField()
    said_at = models.DateTimeField(db_default=Now())
    said_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)
    client_uuid = models.UUIDField(null=True, editable=False)

    held = {"said_by": Holding(Held.HISTORY, _("Important dates entered"))}
    tells = {
        "customer": Tells(_("Important dates"), words=("name",)),
        "contact": Tells(_("Important dates"), clear=("month_day",), drop=True),
    }
    scope = FactScope()
    objects = ScopedManager()

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["month", "day"], name="important_date_day"),
            models.Index(fields=["day_index"], name="important_date_sealed"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["said_by", "client_uuid"], name="date_sent_once"),
            models.CheckConstraint(
                condition=Q(contact__isnull=True, month__isnull=False, day__isnull=False,
                            sealed__isnull=True, day_index__isnull=True)
                | Q(contact__isnull=False, month__isnull=True, day__isnull=True, year__isnull=True,
                    name="", sealed__isnull=False, day_index__isnull=False, guard="settlement"),
                name="date_of_person_sealed",
            ),
        ]  # fmt: skip

    def __str__(self):
        return self.kind

    @property
    def month_day(self):
        """(month, day); None once the contact's key is gone."""
        if self.sealed is None:
            return self.month, self.day
        try:
            return tuple(crypto.unseal(self.contact.key and self.contact.key.wrapped, self.sealed))
        except crypto.Erased:
            return None

    def put(self, month, day, year=None):
        """Set the day; that of a person goes under the contact's key."""
        if self.contact_id is None:
            self.month, self.day, self.year = month, day, year
        else:
            self.sealed = crypto.seal(self.contact.key.wrapped, [month, day])
            self.day_index = index_of(month, day)

    def in_year(self, year):
        """The day it is in a year, or None: 29 February is the 28th where there is none."""
        if self.month_day is None or self.year not in (None, year):
            return None
        month, day = self.month_day
        return date(year, month, 28 if (month, day) == (2, 29) and not isleap(year) else day)


class DateReminder(models.Model):
    """That one mark before one occurrence of an important date was told; there is never a second."""

    important_date = models.ForeignKey(ImportantDate, models.CASCADE, related_name="reminders")
    occurs_on = models.DateField()
    days = models.PositiveSmallIntegerField()  # working days before
    made_at = models.DateTimeField(db_default=Now())

    tells = {"important_date__customer": None}
    scope = CustomerScope("important_date__customer")
    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["important_date", "occurs_on", "days"], name="date_reminded_once"
            )
        ]
