"""The day of the final pay of a case: read and decided by those who run cases."""

from rest_framework import serializers

from accounts.access import Action
from handover.models import Departure
from handover.selectors import final_pay as ask
from handover.services import final_pay
from kit.api.base import ScopedViewSet, Way
from kit.api.shapes import Body
from kit.errors import NotAllowed


class FinalPayShape(serializers.Serializer):
    """On which day the wages of a leaver are paid, and where that day comes from."""

    pays_on = serializers.BooleanField(help_text="The pay goes on after this kind of departure.")
    day = serializers.DateField(allow_null=True, help_text="Null while nobody has decided.")
    by_law = serializers.DateField(allow_null=True, help_text="The latest day, by the rule.")
    decided = serializers.BooleanField(help_text="A person said so, not a rule.")
    source = serializers.CharField(allow_blank=True)
    version = serializers.IntegerField(help_text="Of the departure case.")


class DecidedPay(Body):
    """The day that a person decides, never later than the rule has it."""

    day = serializers.DateField()
    why = serializers.CharField(max_length=200, help_text="Where this day comes from.")
    version = serializers.IntegerField(
        min_value=0, max_value=2**31 - 1, help_text="As it was seen."
    )


class FinalPayViewSet(ScopedViewSet):
    """The day of the final pay, for those who run cases."""

    model = Departure
    ways = {
        "retrieve": Way(FinalPayShape),
        "decide": Way(FinalPayShape, takes=DecidedPay),
    }

    def retrieve(self, request, pk):
        """The day of the final pay of a case."""
        return self.shown(self.to_run())

    def decide(self, request, pk):
        """Say on which day it is; 409 where the pay goes on."""
        departure, given = self.to_run(), self.body()
        return self.shown(final_pay.decide(actor=request.user, departure=departure, **given))

    def to_run(self):
        """The case of the address, for those who run cases; else 403."""
        case = self.get_object()
        running = Departure.objects.visible_to(self.request.user, Action.DEPARTURE_RUN)
        if not running.filter(pk=case.pk).exists():
            raise NotAllowed()
        return case

    def shown(self, departure):
        pay = ask.of(departure) or ask.Pay(None)
        return self.answer({
            "pays_on": departure.kind in Departure.STAYS, "day": pay.day, "by_law": pay.by_law,
            "decided": pay.decided, "source": pay.source, "version": departure.version,
        })  # fmt: skip
