"""Erasures of people outside the company, and holds that forbid them.

To agree, and to take out all that is kept of a person, asks for the password again: on the pages only.
"""

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.decorators import action

from accounts.access import Action
from crm.models import Contact, Customer, Erasure, Hold
from crm.selectors import erasure as shapes
from crm.services import erasure
from kit.api.base import ScopedViewSet, Way
from kit.api.paging import keyset
from kit.api.shapes import Body, InstantField, KeyField, Named, PageQuery, column, page_of
from kit.errors import Refused


class ErasureShape(serializers.Serializer):
    """One request, and what became of it."""

    id = serializers.IntegerField()
    contact = KeyField(source="contact_id", allow_null=True)
    customer = KeyField(source="customer_id", allow_null=True)
    ground = serializers.ChoiceField(Erasure.Ground.choices)
    asked_on = serializers.DateField()
    answer_by = serializers.SerializerMethodField()
    asked_by = Named()
    state = serializers.ChoiceField(Erasure.State.choices)
    decided_by = Named(allow_null=True)
    decided_at = InstantField(allow_null=True)
    refused_because = serializers.CharField()
    erased_at = InstantField(allow_null=True)
    searched_at = InstantField(allow_null=True)
    remains = serializers.DictField(
        child=serializers.IntegerField(),
        help_text="Table → rows in which a name or number of the person was found afterwards.",
    )

    def get_answer_by(self, row) -> str:
        return shapes.answer_by(row).isoformat()


class NewErasure(Body):
    """Who is to be erased, and why."""

    customer = KeyField(help_text="The private customer, or the customer through which the contact is known.")  # fmt: skip
    contact = KeyField(required=False, allow_null=True)
    ground = column(Erasure, "ground", required=True)
    asked_on = serializers.DateField(help_text="The day on which it came to the company.")


class RefusedErasure(Body):
    """Why it is refused; no name in it."""

    because = column(Erasure, "refused_because", required=True, allow_blank=False)


class ErasureViewSet(ScopedViewSet):
    """Requests to erase a person."""

    model = Erasure
    ways = {
        "list": Way(page_of(ErasureShape), asks=PageQuery),
        "retrieve": Way(ErasureShape),
        "create": Way(ErasureShape, takes=NewErasure, statuses=(201,)),
        "refuse": Way(ErasureShape, takes=RefusedErasure),
        "withdraw": Way(ErasureShape, takes=Body),
    }

    def rows(self):
        return shapes.requests()

    def list(self, request):
        """Those that one asked for, or all of them for whoever decides or audits."""
        found, following = keyset(self.get_queryset(), ("pk",), self.said)
        return self.page(found, following, [row.customer_id for row in found if row.customer_id])

    def retrieve(self, request, pk):
        """One of them."""
        return self.shown(self.get_object())

    def create(self, request):
        """Ask; nothing is erased before somebody else has agreed."""
        given = self.body()
        customer = self.seen(Customer, given.pop("customer"))
        contact = given.pop("contact", None)
        contact = self.seen(Contact, contact) if contact else None
        row = erasure.ask(actor=request.user, customer=customer, contact=contact, **given)
        return self.shown(row, 201)

    @action(detail=True, methods=["post"])
    def refuse(self, request, pk):
        """Refuse it, and say why."""
        row = self.get_object(Action.ERASURE_DECIDE)
        return self.shown(erasure.refuse(actor=request.user, erasure=row, **self.body()))

    @action(detail=True, methods=["post"])
    def withdraw(self, request, pk):
        """Take one's own request back."""
        row = self.get_object()
        self.body()
        return self.shown(erasure.withdraw(actor=request.user, erasure=row))

    def shown(self, row, status=200):
        return self.answer(row, shapes.disclosed(row), status)


class HoldShape(serializers.Serializer):
    """What forbids to erase a person until a day."""

    id = serializers.IntegerField()
    contact = KeyField(source="contact_id", allow_null=True)
    customer = KeyField(source="customer_id", allow_null=True)
    ground = serializers.CharField()
    until_on = serializers.DateField()
    set_by = Named()
    ended_at = InstantField(allow_null=True)


class NewHold(Body):
    """Whom it protects, what forbids it and until when."""

    contact = KeyField(required=False, allow_null=True)
    customer = KeyField(required=False, allow_null=True, help_text="A private customer.")
    ground = column(Hold, "ground", required=True, allow_blank=False)
    until_on = serializers.DateField()


class HoldViewSet(ScopedViewSet):
    """Holds on erasures."""

    model = Hold
    ways = {
        "list": Way(page_of(HoldShape), asks=PageQuery),
        "create": Way(HoldShape, takes=NewHold, statuses=(201,)),
        "end": Way(HoldShape, takes=Body),
    }

    def rows(self):
        return shapes.all_holds()

    def list(self, request):
        """All of them for whoever decides or audits; else those that one set."""
        found, following = keyset(self.get_queryset(), ("pk",), self.said)
        return self.page(found, following, [row.customer_id for row in found if row.customer_id])

    def create(self, request):
        """Forbid to erase a contact or a private customer until a day."""
        given = self.body()
        contact, customer = given.pop("contact", None), given.pop("customer", None)
        if bool(contact) == bool(customer):
            raise Refused(_("Choose whom it protects."), field="contact")
        contact = self.seen(Contact, contact) if contact else None
        customer = self.seen(Customer, customer) if customer else None
        row = erasure.hold(actor=request.user, contact=contact, customer=customer, **given)
        return self.answer(row, [row.customer_id] if row.customer_id else [], 201)

    @action(detail=True, methods=["post"])
    def end(self, request, pk):
        """End it before its day."""
        row = self.get_object(Action.ERASURE_DECIDE)
        self.body()
        row = erasure.release(actor=request.user, hold=row)
        return self.answer(row, [row.customer_id] if row.customer_id else [])
