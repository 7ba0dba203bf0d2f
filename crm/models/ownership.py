"""Seats: who answers for a customer, in which seat, over which period."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Deferrable, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.access import Action
from crm.scopes import CustomerScope
from crm.seats import SINGLE_SEATS, Duty, Reason, Seat
from kit.clock import StatementNow
from kit.history import history
from kit.registry import Held, Holding, not_over
from kit.scoping import ScopedQuerySet
from kit.subjects import Tells


class AssignmentQuerySet(ScopedQuerySet):
    def at(self, instant=None):
        """Seats held at an instant (default: now). Starts and ends need no job."""
        return self.filter(period__contains=instant or StatementNow())

    def current(self):
        return self.at()

    def on(self, day, zone):
        """Seats held at the end of a day in the company's zone: who answered on that day."""
        from kit.dates import end_of_day

        return self.filter(period__contains=end_of_day(day, zone))

    def during(self, day, zone):
        """Everybody who held a seat at some time of that day."""
        from kit.dates import day_range

        return self.filter(period__overlap=day_range(day, zone))


@history()
class Assignment(models.Model):
    """A person in a seat of a customer for a half-open period of instants."""

    customer = models.ForeignKey("crm.Customer", models.PROTECT, related_name="assignments")
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="assignments")
    seat = models.CharField(max_length=20, choices=Seat)
    # In the key-account team only: what this member is there for, where that was said.
    duty = models.CharField(max_length=10, choices=Duty, blank=True, default="", db_default="")
    period = DateTimeRangeField()
    reason = models.CharField(max_length=12, choices=Reason, default=Reason.OTHER)
    note = models.CharField(max_length=300, blank=True)
    made_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())

    held = {
        "person": Holding(
            Held.TRANSFER, _("Seats at customers"), open=not_over("period"),
            page="crm:person-seats", action=Action.SEAT_HISTORY,
        ),
        "made_by": Holding(
            Held.HISTORY, _("Changes of seats recorded"), action=Action.SEAT_HISTORY
        ),
    }  # fmt: skip
    tells = {"customer": Tells(_("Who looked after them"), words=("note",))}
    scope = CustomerScope("customer")
    objects = models.Manager.from_queryset(AssignmentQuerySet)()

    class Meta:
        ordering = ["-period", "-pk"]
        constraints = [
            ExclusionConstraint(
                name="one_holder_per_seat",
                expressions=[
                    ("customer", RangeOperators.EQUAL),
                    ("seat", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
                condition=Q(seat__in=SINGLE_SEATS),
                deferrable=Deferrable.DEFERRED,
            ),
            ExclusionConstraint(
                name="member_once",
                expressions=[
                    ("customer", RangeOperators.EQUAL),
                    ("person", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
                condition=Q(seat="key_account_member"),
                deferrable=Deferrable.DEFERRED,
            ),
            ExclusionConstraint(
                name="seats_are_different_people",
                expressions=[
                    ("customer", RangeOperators.EQUAL),
                    ("person", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
                condition=Q(seat__in=SINGLE_SEATS),
                deferrable=Deferrable.DEFERRED,
            ),
            models.CheckConstraint(condition=Q(period__isempty=False), name="seat_not_empty"),
            models.CheckConstraint(
                condition=Q(duty="") | Q(seat=Seat.KEY_ACCOUNT_MEMBER), name="duty_of_members"
            ),
        ]
        indexes = [
            models.Index(
                fields=["person", "customer"],
                condition=Q(period__endswith__isnull=True),
                name="assignment_open_person",
            ),
            models.Index(fields=["customer", "seat"], name="assignment_customer"),
        ]
