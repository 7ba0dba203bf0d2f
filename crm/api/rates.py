"""What units of other currencies are worth."""

from rest_framework import serializers

from crm.models import Rate
from crm.services import rates
from kit.api.base import ScopedViewSet, Way
from kit.api.paging import keyset
from kit.api.shapes import Body, PageQuery, column, page_of


class CurrencyField(serializers.CharField):
    """A currency by its three letters."""

    def __init__(self, **options):
        super().__init__(min_length=3, max_length=3, **options)


class RateShape(serializers.Serializer):
    """What one unit of a currency is worth in the company's, from a day until the next rate."""

    id = serializers.IntegerField()
    currency = serializers.CharField()
    since = serializers.DateField()
    rate = column(Rate, "rate")
    version = serializers.IntegerField()


class RateQuery(PageQuery):
    """Rates, narrowed."""

    currency = CurrencyField(required=False)


class ChangedRate(Body):
    """Another worth for the same day."""

    rate = column(Rate, "rate")
    version = serializers.IntegerField(required=False, min_value=0, help_text="As it was seen.")


class NewRate(Body):
    """A rate from a day on; the same again is the one there is."""

    currency = CurrencyField()
    since = serializers.DateField()
    rate = column(Rate, "rate")


class RateViewSet(ScopedViewSet):
    """The rates of currencies."""

    model = Rate
    ways = {
        "list": Way(page_of(RateShape), asks=RateQuery),
        "retrieve": Way(RateShape),
        "create": Way(RateShape, takes=NewRate, statuses=(200, 201)),
        "partial_update": Way(RateShape, takes=ChangedRate, versioned=True),
    }

    def list(self, request):
        """Rates by currency and day."""
        rows = self.get_queryset()
        if "currency" in self.said:
            rows = rows.filter(currency=self.said["currency"].upper())
        return self.page(*keyset(rows, ("currency", "since", "pk"), self.said))

    def retrieve(self, request, pk):
        """One rate."""
        return self.answer(self.get_object())

    def create(self, request):
        """Record a rate; 200 where it is known, 409 where that day has another one."""
        given = self.body()
        same = {"currency": given["currency"].upper(), "since": given["since"]}
        rate, status = self.created(same, rates.record_rate, values=given)
        return self.answer(rate, status=status)

    def partial_update(self, request, pk):
        """Set another worth for the same day."""
        rate, given = self.get_object(), self.body()
        version = self.version(given)
        value = given.get("rate", rate.rate)
        rates.change_rate(actor=request.user, rate=rate, value=value, version=version)
        return self.answer(self.get_object())
