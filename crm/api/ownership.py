"""Seats of a customer: who holds them, who held them at an instant, and their whole history."""

from rest_framework import serializers

from accounts.access import Action, can
from crm.models import Customer
from crm.seats import Reason, Seat
from crm.selectors import ownership
from kit.api.base import ScopedViewSet, Way
from kit.api.shapes import InstantField, Named, Query
from kit.clock import database_now
from kit.errors import NotAllowed


class SeatShape(serializers.Serializer):
    """A person in a seat for a half-open period; `until` null: without an end."""

    seat = serializers.ChoiceField(Seat.choices)
    person = Named(allow_null=True, help_text="Null where nobody held it.")
    since = InstantField()
    until = InstantField(allow_null=True)
    reason = serializers.ChoiceField(Reason.choices, allow_null=True)
    note = serializers.CharField(allow_blank=True)
    made_by = Named(allow_null=True)


class SeatsShape(serializers.Serializer):
    """Who holds the seats at an instant, who answers then, and the stretches of every seat."""

    at = InstantField()
    seats = SeatShape(many=True)
    answers = Named(allow_null=True, help_text="The account manager, or who acts instead.")
    history = SeatShape(many=True)


class SeatsQuery(Query):
    """The instant that is meant; now without one."""

    at = InstantField(required=False)


class SeatViewSet(ScopedViewSet):
    """The seats of a customer."""

    model = Customer
    ways = {"retrieve": Way(SeatsShape, asks=SeatsQuery)}

    def retrieve(self, request, pk):
        """Seats at an instant, and their history, the oldest first."""
        customer = self.get_object()
        if not can(request.user, Action.SEAT_HISTORY, customer):
            raise NotAllowed()
        at = self.said.get("at")
        stretches = ownership.stretches(customer)
        steps = ownership.tell_gaps([step for line in stretches.values() for step in line])
        shown = {
            "at": at or database_now(),
            "seats": [held(row) for row in ownership.seats(customer, at)],
            "answers": ownership.answers_for(customer, at),
            "history": [stretch(one) for one in steps],
        }  # fmt: skip
        return self.answer(shown, [customer.pk])


def held(row):
    """A dictionary of SeatShape of an assignment."""
    return {
        "seat": row.seat, "person": row.person, "since": row.period.lower,
        "until": row.period.upper, "reason": row.reason, "note": row.note, "made_by": row.made_by,
    }  # fmt: skip


def stretch(step):
    """A dictionary of SeatShape of a stretch; of a gap: why the seat was left, by whom."""
    return {
        "seat": step.seat, "person": step.person, "since": step.start, "until": step.end,
        "reason": step.why or None, "note": step.note or "", "made_by": step.by,
    }  # fmt: skip
