"""What a person holds, by what becomes of it when they go."""

from rest_framework import serializers

from accounts.access import Action
from accounts.models import Person
from accounts.selectors import holdings
from accounts.selectors.people import directory
from kit.api.base import ScopedViewSet, Way
from kit.api.shapes import Named
from kit.registry import Held


class HoldingShape(serializers.Serializer):
    """One relation to the person. `open`: rows that still count; `past`: those that are over."""

    relation = serializers.CharField(help_text="Model and field; stable.")
    label = serializers.CharField(help_text="In the language of the answer.")
    becomes = serializers.ChoiceField(
        [one.value for one in Held], help_text="When the person goes."
    )
    open = serializers.IntegerField()
    past = serializers.IntegerField()


class HoldingsShape(serializers.Serializer):
    """Everything that names a person, as far as the asker may count it."""

    person = Named()
    holdings = HoldingShape(many=True)


class HoldingsViewSet(ScopedViewSet):
    """What depends on a person."""

    model = Person
    ways = {"retrieve": Way(HoldingsShape)}

    def rows(self):
        return directory()

    def retrieve(self, request, pk):
        """Counts by relation, the fullest first."""
        person = self.get_object(Action.EXPOSURE_VIEW)
        lines = holdings.held_by(person, request.user)
        return self.answer({"person": person, "holdings": lines})
