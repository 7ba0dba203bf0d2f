"""Load and limit of people, and the rules of ownership."""

from rest_framework import serializers

from accounts.access import Action, can
from accounts.models import Person
from accounts.selectors.people import directory
from crm.models import OwnershipRules
from crm.models.capacity import MOST_POINTS
from crm.selectors import capacity as ask
from crm.services import capacity
from kit.api.base import ScopedViewSet, Way
from kit.api.paging import keyset
from kit.api.shapes import Body, Named, PageQuery, TagField, column, page_of, seen_tag
from kit.errors import NotAllowed


class TiersShape(serializers.Serializer):
    """Customers of each tier."""

    A = serializers.IntegerField()
    B = serializers.IntegerField()
    C = serializers.IntegerField()


class LoadShape(serializers.Serializer):
    """What one person carries of what they can, as far as the asker sees the customers."""

    person = Named()
    points = serializers.DecimalField(max_digits=12, decimal_places=2)
    limit = serializers.IntegerField()
    own_limit = serializers.BooleanField(
        source="is_own", help_text="False: the limit of everybody, as the rules have it."
    )
    over = serializers.BooleanField(source="is_over")
    customers = TiersShape(source="counts", help_text="Held as account manager now.")


class LimitBody(Body):
    """The points this person can carry; null: as many as everybody."""

    limit = serializers.IntegerField(allow_null=True, min_value=0, max_value=MOST_POINTS)

    def validate(self, said):
        if "limit" not in said:  # a change is partial, but this is all there is to it
            self.fields["limit"].fail("required")
        return said


class LoadViewSet(ScopedViewSet):
    """Load of people."""

    model = Person
    ways = {
        "list": Way(page_of(LoadShape), asks=PageQuery),
        "retrieve": Way(LoadShape),
        "partial_update": Way(LoadShape, takes=LimitBody),
    }

    def rows(self):
        return directory()

    def list(self, request):
        """The load of everybody whose load the asker may see, by name."""
        people, following = keyset(ask.carriers(request.user), ("sort_key", "pk"), self.said)
        return self.page(ask.loads_of(request.user, people), following)

    def retrieve(self, request, pk):
        """The load of one person."""
        return self.shown(self.get_object())

    def partial_update(self, request, pk):
        """Set what one person can carry."""
        person = self.get_object()
        capacity.set_capacity(actor=request.user, person=person, **self.body())
        return self.shown(person)

    def shown(self, person):
        if not can(self.request.user, Action.LOAD_VIEW, person):
            raise NotAllowed()
        return self.answer(ask.load_of(self.request.user, person))


class RulesShape(serializers.Serializer):
    """The rules of ownership."""

    weight_a = column(OwnershipRules, "weight_a", help_text="Points of a customer of tier A.")
    weight_b = column(OwnershipRules, "weight_b", help_text="Points of a customer of tier B.")
    weight_c = column(OwnershipRules, "weight_c", help_text="Points of a customer of tier C.")
    default_capacity = serializers.IntegerField(help_text="Points one person can carry.")
    approval_rows = serializers.IntegerField(
        help_text="A set of more customers than these needs approval."
    )
    approval_tier = column(
        OwnershipRules, "approval_tier",
        help_text="A new account manager for this tier or a better one needs approval; blank: never.",
    )  # fmt: skip
    acceptance_days = serializers.IntegerField(help_text="Working days to accept.")
    version = TagField(capacity.RULES)


class ChangedRules(Body):
    """Only the rules that change."""

    weight_a = column(OwnershipRules, "weight_a", required=False, max_value=capacity.MOST_WEIGHT)
    weight_b = column(OwnershipRules, "weight_b", required=False, max_value=capacity.MOST_WEIGHT)
    weight_c = column(OwnershipRules, "weight_c", required=False, max_value=capacity.MOST_WEIGHT)
    default_capacity = serializers.IntegerField(required=False, min_value=0, max_value=MOST_POINTS)
    approval_rows = serializers.IntegerField(
        required=False, min_value=0, max_value=capacity.MOST_ROWS
    )
    approval_tier = column(OwnershipRules, "approval_tier", required=False)
    acceptance_days = serializers.IntegerField(
        required=False, min_value=0, max_value=capacity.MOST_DAYS
    )
    version = seen_tag()


class RulesViewSet(ScopedViewSet):
    """The one set of rules of ownership."""

    model = OwnershipRules
    ways = {
        "retrieve": Way(RulesShape),
        "partial_update": Way(RulesShape, takes=ChangedRules, versioned=True),
    }

    def retrieve(self, request):
        """The rules of ownership."""
        return self.answer(self.get_object(pk=1))

    def partial_update(self, request):
        """Change the rules of ownership; they count from now on."""
        if not can(request.user, Action.RULES_EDIT):
            raise NotAllowed()
        given = self.body()
        version = self.version(given)
        capacity.change_rules(actor=request.user, values=given, version=version)
        return self.answer(self.get_object(pk=1))
