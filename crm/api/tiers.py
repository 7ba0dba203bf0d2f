"""Why a customer has its tier; the tier by hand."""

from rest_framework import serializers

from accounts.access import Action
from crm.models import Customer
from crm.selectors import tiers as asked
from crm.services import tiers
from kit.api.base import ScopedViewSet, Way
from kit.api.shapes import Body


class TierBody(Body):
    """The tier by hand, with the reason and the last day."""

    tier = serializers.ChoiceField(Customer.Tier.choices)
    reason = serializers.CharField(max_length=500)
    until = serializers.DateField(help_text="The last day; afterwards the formula counts again.")


class TierPart(serializers.Serializer):
    """What one criterion of the formula adds."""

    criterion = serializers.CharField(source="criterion.id")
    value = serializers.CharField(allow_null=True, help_text="What it was read from.")
    points = serializers.IntegerField()
    of = serializers.IntegerField(source="criterion.weight")


class TierWhy(serializers.Serializer):
    """Why a customer has its tier; points only for who sees its orders."""

    tier = serializers.CharField(source="customer.tier")
    by_formula = serializers.CharField(source="score.tier", default=None, allow_null=True)
    points = serializers.IntegerField(source="score.points", default=None, allow_null=True)
    counted_at = serializers.DateTimeField(source="score.counted_at", default=None, allow_null=True)
    parts = TierPart(source="rows", many=True)
    by_hand = serializers.CharField(source="override.tier", default=None, allow_null=True)
    until = serializers.DateField(source="override.until", default=None, allow_null=True)
    reason = serializers.CharField(source="override.reason", default=None, allow_null=True)


class TierViewSet(ScopedViewSet):
    """The tier of a customer that one sees."""

    model = Customer
    ways = {
        "retrieve": Way(TierWhy), "override": Way(TierWhy, takes=TierBody), "end": Way(TierWhy),
    }  # fmt: skip

    def retrieve(self, request, pk):
        """Why the customer has its tier."""
        return self.why(pk)

    def override(self, request, pk):
        """Set the tier by hand until a day; the reason is kept."""
        tiers.override(actor=request.user, customer=self.get_object(), **self.body())
        return self.why(pk)

    def end(self, request, pk):
        """End a tier that was set by hand: the formula counts again."""
        tiers.end_override(actor=request.user, customer=self.get_object())
        return self.why(pk)

    def why(self, pk):
        found = asked.why(self.request.user, self.get_object(pk=pk), Action.TRADE_VIEW)
        return self.answer(found, [pk])
