"""How deep relations are: of a contact, of a customer, one level set, one confirmed."""

from rest_framework import serializers

from crm.models import Contact, Customer, Depth
from crm.selectors import depth as shapes
from crm.services import depth
from kit.api.base import ScopedViewSet, Way
from kit.api.shapes import Body, InstantField, Named
from kit.errors import NotAllowed


class DepthShape(serializers.Serializer):
    """The level of one of ours with one of theirs."""

    id = serializers.IntegerField(source="depth.pk")
    person = Named(source="depth.person")
    contact = Named(source="depth.contact")
    level = serializers.IntegerField(source="depth.level", help_text="As it was set.")
    level_now = serializers.IntegerField(
        source="now", help_text="Evidence older than a year lowers it by one."
    )
    evidence_on = serializers.ListField(source="depth.evidence_on", child=serializers.DateField())
    waits = serializers.BooleanField(help_text="Tier A: a supervisor has not confirmed it yet.")
    confirmed_by = Named(source="depth.confirmed_by", allow_null=True)
    confirmed_at = InstantField(source="depth.confirmed_at", allow_null=True)
    version = serializers.IntegerField(source="depth.version")


class DepthsShape(serializers.Serializer):
    """The levels of a contact."""

    results = DepthShape(many=True)


class CustomerDepthShape(serializers.Serializer):
    """The best level at a customer, and how many of ours hold level 2 or more."""

    best = serializers.IntegerField(source="best.level", default=0)
    ours = serializers.IntegerField()
    relations = DepthShape(many=True, source="rows")


class LevelBody(Body):
    """One's own level, with the day of each evidence that it needs, in the order of its list."""

    level = serializers.IntegerField(min_value=1, max_value=5)
    evidence_on = serializers.ListField(child=serializers.DateField(), max_length=10)
    version = serializers.IntegerField(
        default=0, min_value=0, max_value=2**31 - 1, help_text="As it was seen; 0 where none was."
    )


class ConfirmBody(Body):
    """The level as it was seen."""

    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1)


class CustomerDepthViewSet(ScopedViewSet):
    """How deep the relations to a customer are."""

    model = Customer
    ways = {"retrieve": Way(CustomerDepthShape)}

    def retrieve(self, request, pk):
        """The best level, who holds level 2 or more, and every relation."""
        customer = self.get_object()
        return self.answer(shapes.of_customer(request.user, customer), [customer.pk])


class ContactDepthViewSet(ScopedViewSet):
    """How deep the relations to a contact are."""

    model = Contact
    ways = {"list": Way(DepthsShape), "save": Way(DepthsShape, takes=LevelBody)}

    def list(self, request, pk):
        """The levels of our people."""
        return self.shown(self.get_object())

    def save(self, request, pk):
        """Set one's own level; whoever was faster is a conflict."""
        contact, given = self.get_object(), self.body()
        customer = shapes.through(request.user, contact)
        if customer is None:
            raise NotAllowed()
        depth.save(actor=request.user, customer=customer, contact=contact, **given)
        return self.shown(contact)

    def shown(self, contact):
        rows = shapes.of_contact(self.request.user, contact)
        return self.answer({"results": rows}, shapes.seen_at(self.request.user, contact))


class DepthViewSet(ScopedViewSet):
    """One level."""

    model = Depth
    ways = {"confirm": Way(DepthsShape, takes=ConfirmBody)}

    def confirm(self, request, pk):
        """A head above the person confirms it."""
        row, given = self.get_object(), self.body()
        customer = shapes.seen_through(request.user, row.contact)
        if customer is None:
            raise NotAllowed()
        depth.confirm(actor=request.user, customer=customer, depth=row, version=given["version"])
        rows = shapes.of_contact(request.user, row.contact)
        return self.answer({"results": rows}, [customer.pk])
