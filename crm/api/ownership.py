"""Seats of a customer: who holds, held and will hold them; given, ended, taken back."""

from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.access import Action, can
from accounts.models import Person
from accounts.selectors.people import directory
from crm.forms.ownership import REASONS
from crm.models import Assignment, Customer
from crm.seats import Duty, Reason, Seat
from crm.selectors import ownership
from crm.services import ownership as service
from kit.api.base import ScopedViewSet, Way
from kit.api.shapes import (
    Body,
    InstantField,
    KeyField,
    Named,
    Query,
    VisibleField,
    sent_once,
)
from kit.clock import database_now
from kit.dates import company_zone, end_of_day
from kit.errors import NotAllowed

CHOSEN = [(reason.value, reason.label) for reason in REASONS]


class SeatShape(serializers.Serializer):
    """A person in a seat for a half-open period; `until` null: without an end."""

    id = serializers.IntegerField(allow_null=True, help_text="Null where nobody held it.")
    seat = serializers.ChoiceField(Seat.choices)
    person = Named(allow_null=True, help_text="Null where nobody held it.")
    since = InstantField()
    until = InstantField(allow_null=True)
    reason = serializers.ChoiceField(Reason.choices, allow_null=True)
    note = serializers.CharField(allow_blank=True)
    duty = serializers.ChoiceField(
        Duty.choices, allow_blank=True, help_text="What a key-account member is there for."
    )
    made_by = Named(allow_null=True)


class PlanShape(serializers.Serializer):
    """A start or an end that lies ahead; `id` is what `cancel` takes."""

    id = serializers.IntegerField(source="assignment.pk")
    seat = serializers.ChoiceField(Seat.choices, source="assignment.seat")
    person = Named(source="assignment.person")
    at = InstantField()
    starts = serializers.BooleanField(help_text="True: a start. False: an end.")


class SeatsShape(serializers.Serializer):
    """Who holds the seats at an instant, who answers then, the stretches of every seat, plans."""

    at = InstantField()
    seats = SeatShape(many=True)
    answers = Named(allow_null=True, help_text="The account manager, or who acts instead.")
    history = SeatShape(many=True)
    planned = PlanShape(many=True)


class SeatsQuery(Query):
    """Which instant is meant: one, the end of a day where the company is, or now."""

    at = InstantField(required=False)
    on = serializers.DateField(required=False)

    def validate(self, said):
        if "at" in said and "on" in said:
            raise serializers.ValidationError({"on": [_("Say this once.")]})
        return said


class Change(Body):
    """A change of a seat: why, and from when; now, if left out."""

    seat = serializers.ChoiceField(Seat.choices)
    why = serializers.ChoiceField(CHOSEN)
    note = serializers.CharField(required=False, allow_blank=True, max_length=300)
    at = InstantField(required=False, help_text="An instant ahead, within a year.")

    def validate_at(self, at):
        if at <= database_now():
            raise serializers.ValidationError(_("Say an instant ahead, or none for now."))
        return at


class AssignBody(Change):
    """Who takes the seat."""

    person = VisibleField(queryset=directory())
    duty = serializers.ChoiceField(
        Duty.choices, required=False, allow_blank=True,
        help_text="Of a key-account member: what this member is there for.",
    )  # fmt: skip
    because = serializers.CharField(
        required=False, allow_blank=True, max_length=300,
        help_text="Why all the same, where this person would carry too much; it goes into the trail.",
    )  # fmt: skip
    client_uuid = sent_once("a change")


class EndBody(Change):
    """Whose seat ends, where several hold it."""

    person = VisibleField(queryset=Person.objects.all(), required=False)


class CancelBody(Body):
    """The plan that is taken back."""

    change = KeyField(help_text="The `id` of one of `planned`.")


class SeatViewSet(ScopedViewSet):
    """The seats of a customer."""

    model = Customer
    ways = {
        "retrieve": Way(SeatsShape, asks=SeatsQuery),
        "assign": Way(SeatsShape, takes=AssignBody, statuses=(200, 201)),
        "end": Way(SeatsShape, takes=EndBody),
        "cancel": Way(SeatsShape, takes=CancelBody),
    }

    def retrieve(self, request, pk):
        """Seats at an instant, their history, the oldest first, and what is planned."""
        customer, said = self.get_object(), self.said
        if not can(request.user, Action.SEAT_HISTORY, customer):
            raise NotAllowed()
        at = end_of_day(said["on"], company_zone()) if "on" in said else said.get("at")
        return self.answer(seats(customer, at), [customer.pk])

    def assign(self, request, pk):
        """Put somebody into a seat; whoever holds it gives it up at that instant."""
        customer, given = self.get_object(), self.body()
        _key, status = self.once(
            given, service.assign, customer=customer, person=given["person"],
            starts_at=given.get("at"), duty=given.get("duty", ""),
            reason=given.get("because", ""), **told(given),
        )  # fmt: skip
        return self.after(customer, status)

    def end(self, request, pk):
        """Leave a seat empty."""
        customer, given = self.get_object(), self.body()
        service.end(
            actor=request.user, customer=customer, person=given.get("person"),
            ends_at=given.get("at"), **told(given),
        )  # fmt: skip
        return self.after(customer)

    def cancel(self, request, pk):
        """Take back a change that lies ahead."""
        customer, given = self.get_object(), self.body()
        row = self.seen(Assignment.objects.filter(customer=customer), given["change"])
        service.cancel_planned(actor=request.user, customer=customer, assignment=row)
        return self.after(customer)

    def after(self, customer, status=200):
        """The seats as they are now, if the customer is still within sight."""
        if can(self.request.user, Action.SEAT_HISTORY, customer):
            return self.answer(seats(customer), [customer.pk], status)
        nothing = {"seats": [], "answers": None, "history": [], "planned": []}
        return self.answer({"at": database_now()} | nothing, status=status)


def told(given):
    """What is said of every change."""
    return {"seat": given["seat"], "why": given["why"], "note": given.get("note", "")}


def seats(customer, at=None):
    """A dictionary of SeatsShape."""
    stretches = ownership.stretches(customer)
    steps = ownership.tell_gaps([step for line in stretches.values() for step in line])
    return {
        "at": at or database_now(),
        "seats": [held(row) for row in ownership.seats(customer, at)],
        "answers": ownership.answers_for(customer, at),
        "history": [stretch(one) for one in steps],
        "planned": ownership.planned(customer),
    }


def held(row):
    """A dictionary of SeatShape of an assignment."""
    return {
        "id": row.pk, "seat": row.seat, "person": row.person, "since": row.period.lower,
        "until": row.period.upper, "reason": row.reason, "note": row.note, "duty": row.duty,
        "made_by": row.made_by,
    }  # fmt: skip


def stretch(step):
    """A dictionary of SeatShape of a stretch; of a gap: why the seat was left, by whom."""
    return {
        "id": step.assignment and step.assignment.pk, "seat": step.seat, "person": step.person,
        "since": step.start, "until": step.end, "reason": step.why or None,
        "note": step.note or "", "duty": step.assignment.duty if step.assignment else "",
        "made_by": step.by,
    }  # fmt: skip
