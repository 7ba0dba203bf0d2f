"""Places of contacts at customers: a new one, a move, a change, an end."""

from functools import partial

from rest_framework import serializers
from rest_framework.decorators import action

from crm.api.contacts import NewPlace, PlaceShape
from crm.models import Contact, Customer, Position
from crm.selectors import contacts as rows
from crm.services import contacts
from kit.api.base import ScopedViewSet, Way
from kit.api.shapes import Body, KeyField, column, seen_tag, sent_once


class PlaceBody(NewPlace):
    """A place at one more customer; with `leaves`, instead of another one."""

    customer = KeyField()
    leaves = KeyField(required=False, help_text="The place that ends when this one begins.")
    client_uuid = sent_once("a place")


class ChangedPlace(Body):
    """Only the fields that change."""

    title = column(Position, "title")
    function = column(Position, "function")
    is_key_person = serializers.BooleanField(required=False)
    started_on = serializers.DateField(required=False, allow_null=True)
    version = seen_tag()


class EndedPlace(Body):
    """The last day; yesterday, if left out."""

    ended_on = serializers.DateField(required=False, allow_null=True)


class NewPositionViewSet(ScopedViewSet):
    """Places of a contact."""

    model = Contact
    ways = {"create": Way(PlaceShape, takes=PlaceBody, statuses=(200, 201))}

    def create(self, request, pk):
        """A place at one more customer, or a move to it."""
        contact, given = self.get_object(), self.body()
        customer = self.seen(Customer, given["customer"])
        leaves = self.seen(Position, given["leaves"]) if "leaves" in given else None
        verb = partial(contacts.move, position=leaves) if leaves else contacts.add_position
        values = {name: given[name] for name in contacts.PLACE if name in given}
        made = self.once(given, verb, customer=customer, contact=contact, values=values)
        return shown(self, *made)


class PositionViewSet(ScopedViewSet):
    """One place."""

    model = Position
    ways = {
        "retrieve": Way(PlaceShape),
        "partial_update": Way(PlaceShape, takes=ChangedPlace, versioned=True),
        "end": Way(PlaceShape, takes=EndedPlace),
    }

    def rows(self):
        return Position.objects.select_related("customer")

    def retrieve(self, request, pk):
        """One place."""
        self.get_object()
        return shown(self, pk)

    def partial_update(self, request, pk):
        """Change post, function, mark as key person, first day."""
        place, given = self.get_object(), self.body()
        version = self.version(given)
        contacts.edit_position(
            actor=request.user, customer=place.customer, position=place, values=given,
            version=version,
        )  # fmt: skip
        return shown(self, pk)

    @action(detail=True, methods=["post"])
    def end(self, request, pk):
        """The contact leaves the customer; the place stays in the history."""
        place, given = self.get_object(), self.body()
        contacts.end_position(
            actor=request.user, customer=place.customer, position=place,
            ended_on=given.get("ended_on"),
        )  # fmt: skip
        return shown(self, pk)


def shown(view, pk, status=200):
    """Answer with one place, its mark as key person only for who may know it."""
    place = rows.place_seen(view.request.user, pk)
    return view.answer(place, [place.customer_id], status)
