"""The overview of who leads people: the same numbers as the page."""

from django.http import Http404
from rest_framework import serializers

from accounts.models import Person
from crm.selectors.trade import company_currency
from handover.selectors import needs, overview
from kit.api.base import ScopedViewSet, Way
from kit.api.shapes import InstantField, Named, Query

AMOUNT = {"max_digits": 20, "decimal_places": 2}


class OverviewQuery(Query):
    """What the numbers are compared with."""

    period = serializers.ChoiceField(list(overview.PERIODS), required=False)


class FiguresShape(serializers.Serializer):
    """Customers in service that the asker sees."""

    customers = serializers.IntegerField()
    single = serializers.IntegerField(help_text="Single-threaded, tiers A and B.")
    stale = serializers.IntegerField()
    vacant = serializers.IntegerField(help_text="Without an account manager.")


class NowShape(FiguresShape):
    """The same now."""

    acting = serializers.IntegerField(help_text="Somebody answers for the account manager.")
    overdue = serializers.IntegerField(help_text="Rotations past their day.")
    new = serializers.IntegerField(help_text="Entered since the instant that is compared with.")


class ConcentrationShape(serializers.Serializer):
    """How unevenly the value is spread over those who hold something."""

    gini = serializers.FloatField()
    effective = serializers.FloatField(help_text="As if so many people held equal books.")
    half = serializers.IntegerField(help_text="So many people hold half.")


class BookShape(serializers.Serializer):
    """What one person looks after."""

    person = Named()
    customers = serializers.IntegerField()
    value = serializers.DecimalField(**AMOUNT, help_text="Ordered within twelve months.")
    single = serializers.IntegerField(help_text="Single-threaded, tiers A and B.")
    no_backup = serializers.IntegerField(help_text="Tiers A and B.")


class CellShape(serializers.Serializer):
    """Customers with so many people in contact on each side; 3 stands for three and more."""

    ours = serializers.IntegerField()
    theirs = serializers.IntegerField()
    customers = serializers.IntegerField()
    value = serializers.DecimalField(**AMOUNT)


class NeedShape(serializers.Serializer):
    """Something that waits for the asker."""

    text = serializers.CharField()
    url = serializers.CharField()
    count = serializers.IntegerField()
    urgent = serializers.BooleanField()


class OverviewShape(serializers.Serializer):
    """The overview."""

    as_of = InstantField()
    currency = serializers.CharField()
    now = NowShape()
    then = FiguresShape(help_text="A period ago.")
    weighs = serializers.ChoiceField(
        [("value", "value"), ("customers", "customers")], help_text="What concentration compares."
    )
    concentration = ConcentrationShape(allow_null=True)
    threads = CellShape(many=True)
    people = BookShape(many=True)
    needs = NeedShape(many=True)


class OverviewViewSet(ScopedViewSet):
    """The overview."""

    model = Person
    ways = {"retrieve": Way(OverviewShape, asks=OverviewQuery)}

    def retrieve(self, request):
        """Numbers, concentration, threads and books, as far as the asker sees the customers."""
        if not overview.has_overview(request.user):
            raise Http404
        made = overview.of(request.user, self.said.get("period", "month"))
        grid = overview.grid(made.lines)
        cells = [
            {"ours": a, "theirs": b, "customers": count, "value": value}
            for (a, b), (count, value) in grid.items()
        ]
        shown = {
            "as_of": made.now, "currency": company_currency(), "now": vars(made.figures) | {"overdue": len(made.overdue)}, "then": made.past,
            "weighs": made.weighs, "concentration": overview.spread(made), "threads": cells,
            "people": made.books, "needs": needs.of(request.user),
        }  # fmt: skip
        return self.answer(shown)
