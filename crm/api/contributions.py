"""Who made a customer: the ledger, and what is noted by hand."""

from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.models import Unit
from accounts.selectors.people import directory
from crm.models import Contribution, Customer
from crm.selectors import contributions as asked
from crm.services import contributions
from kit.api.base import ScopedViewSet, Way
from kit.api.shapes import Body, Named, VisibleField
from kit.errors import Refused


class LedgerLine(serializers.Serializer):
    """What one person or department did."""

    kind = serializers.ChoiceField(Contribution.Kind.choices)
    person = Named(allow_null=True)
    unit = Named(allow_null=True)
    first = serializers.DateField()
    last = serializers.DateField()
    count = serializers.IntegerField()
    amount = serializers.DecimalField(
        max_digits=None, decimal_places=2, allow_null=True, help_text="In the company's currency."
    )
    noted = serializers.IntegerField(
        source="noted.pk", default=None, allow_null=True, help_text="Key of what was noted by hand."
    )
    evidence = serializers.CharField(source="noted.evidence", default=None, allow_null=True)


class LedgerShape(serializers.Serializer):
    """Who brought, introduced, served, sold and collected, of what one may see."""

    origin = serializers.ChoiceField(Customer.Origin.choices)
    lines = LedgerLine(many=True)


class ContributionBody(Body):
    """What a person or a department did, and where it can be seen."""

    kind = serializers.ChoiceField(Contribution.Kind.choices)
    person = VisibleField(queryset=directory(), required=False, allow_null=True)
    unit = serializers.PrimaryKeyRelatedField(
        queryset=Unit.objects.all(), required=False, allow_null=True
    )
    happened_on = serializers.DateField()
    evidence = serializers.CharField(max_length=contributions.LONGEST)


class TakenBack(Body):
    """What was noted."""

    noted = serializers.IntegerField(min_value=1, max_value=2**63 - 1)


class LedgerViewSet(ScopedViewSet):
    """The ledger of a customer that one sees."""

    model = Customer
    ways = {
        "retrieve": Way(LedgerShape), "note": Way(LedgerShape, takes=ContributionBody),
        "take_back": Way(LedgerShape, takes=TakenBack),
    }  # fmt: skip

    def retrieve(self, request, pk):
        """Who made the customer."""
        return self.ledger(self.get_object())

    def note(self, request, pk):
        """Note what no other record tells: of a person or of a unit."""
        customer, given = self.get_object(), self.body()
        who = [given.pop(name, None) for name in ("person", "unit")]
        if None not in who:
            raise Refused(_("Name a person or a department"), field="unit")
        contributions.note(actor=request.user, customer=customer, who=who[0] or who[1], **given)
        return self.ledger(customer)

    def take_back(self, request, pk):
        """Take back what was noted by hand."""
        customer = self.get_object()
        row = self.seen(Contribution, self.body()["noted"])
        contributions.take_back(actor=request.user, customer=customer, contribution=row)
        return self.ledger(customer)

    def ledger(self, customer):
        lines = [line for _kind, rows in asked.ledger(self.request.user, customer) for line in rows]
        return self.answer({"origin": customer.origin, "lines": lines}, [customer.pk])
