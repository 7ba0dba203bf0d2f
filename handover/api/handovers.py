"""Customers that are handed over: who takes each, its brief, what the customer knows and says."""

from rest_framework import serializers
from rest_framework.decorators import action

from handover.models import CustomerHandover
from handover.selectors import briefs as shapes
from handover.services import briefs, introductions
from kit.api.base import ScopedViewSet, Way
from kit.api.paging import keyset
from kit.api.shapes import Body, InstantField, KeyField, Named, PageQuery, page_of


class HandoverShape(serializers.Serializer):
    """A customer of a case and how far its handover is."""

    id = serializers.IntegerField()
    departure = serializers.IntegerField(source="departure_id")
    customer = Named()
    tier = serializers.CharField(allow_blank=True)
    successor = Named(allow_null=True)
    brief = serializers.ChoiceField(CustomerHandover.Brief.choices)
    told_at = InstantField(allow_null=True, help_text="When the customer was told who comes.")
    reaction = serializers.ChoiceField(CustomerHandover.Reaction.choices, allow_blank=True)
    declined = serializers.IntegerField(help_text="How often the customer said no.")
    called_at = InstantField(allow_null=True, help_text="When the service line called.")
    version = serializers.IntegerField()


class AnswerShape(serializers.Serializer):
    """One question of the brief with its answer."""

    question = serializers.CharField(source="key")
    label = serializers.CharField()
    text = serializers.CharField(allow_blank=True)
    from_file = serializers.ListField(
        child=serializers.CharField(),
        help_text="What the customer file says to it, as far as the asker may know; no part of the brief.",
    )


class SheetShape(HandoverShape):
    """A customer of a case with its brief, as far as the asker may read it."""

    answers = AnswerShape(many=True, source="said")


class HandoverQuery(PageQuery):
    """Which customers."""

    departure = KeyField(required=False)


class BriefAnswers(Body):
    """Answers by question; those that are not named stay as they are."""

    answers = serializers.DictField(
        child=serializers.CharField(max_length=2_000, allow_blank=True), allow_empty=False
    )


class Missing(Body):
    """What is missing in the brief."""

    why = serializers.CharField(max_length=500)


class ReactionBody(Body):
    """How the customer takes it. Sent twice with one number, it counts once."""

    reaction = serializers.ChoiceField(CustomerHandover.Reaction.choices)
    note = serializers.CharField(max_length=500, required=False, allow_blank=True)
    client_uuid = serializers.UUIDField()


class TogetherBody(ReactionBody):
    """That both were there, how the customer takes it, and whom they met."""

    contacts = serializers.ListField(
        child=KeyField(), required=False, max_length=50,
        help_text="Contacts whom both met, of those at the customer.",
    )  # fmt: skip


class HandoverViewSet(ScopedViewSet):
    """The customers of cases, as far as one sees them."""

    model = CustomerHandover
    ways = {
        "list": Way(page_of(HandoverShape), asks=HandoverQuery),
        "retrieve": Way(SheetShape),
        "brief": Way(SheetShape, takes=BriefAnswers),
        "submit": Way(SheetShape, takes=Body),
        "accept": Way(SheetShape, takes=Body),
        "give_back": Way(SheetShape, takes=Missing),
        "tell": Way(SheetShape, takes=Body),
        "reaction": Way(SheetShape, takes=ReactionBody),
        "confirm": Way(SheetShape, takes=TogetherBody),
        "call": Way(SheetShape, takes=Body),
    }

    def rows(self):
        return CustomerHandover.objects.select_related("customer", "successor", "departure__person")

    def list(self, request):
        """Customers handed over, by their key."""
        rows = self.get_queryset()
        if "departure" in self.said:
            rows = rows.filter(departure=self.said["departure"])
        rows, following = keyset(rows, ("pk",), self.said)
        return self.page(rows, following, [row.customer_id for row in rows])

    def retrieve(self, request, pk):
        """One customer with its brief."""
        return self.shown()

    @action(detail=True, methods=["post"])
    def brief(self, request, pk):
        """Save answers of the brief."""
        return self.act(briefs.write)

    @action(detail=True, methods=["post"])
    def submit(self, request, pk):
        """Hand the brief to the receiver; every question has an answer."""
        return self.act(briefs.submit)

    @action(detail=True, methods=["post"])
    def accept(self, request, pk):
        """The receiver accepts the brief."""
        return self.act(briefs.accept)

    @action(detail=True, methods=["post"], url_path="return")
    def give_back(self, request, pk):
        """The receiver returns the brief with what is missing."""
        return self.act(briefs.give_back)

    @action(detail=True, methods=["post"])
    def tell(self, request, pk):
        """The customer knows who comes."""
        return self.act(introductions.tell)

    @action(detail=True, methods=["post"])
    def reaction(self, request, pk):
        """How the customer takes it."""
        return self.act(introductions.react_once)

    @action(detail=True, methods=["post"])
    def confirm(self, request, pk):
        """Leaver or receiver says that both were there; the word of both finishes the visit."""
        return self.act(introductions.confirm)

    @action(detail=True, methods=["post"])
    def call(self, request, pk):
        """The service line has called."""
        return self.act(introductions.call)

    def act(self, verb):
        handover, given = self.get_object(), self.body()
        verb(actor=self.request.user, handover=handover, **given)
        return self.shown()

    def shown(self):
        handover = self.get_object()
        handover.said = shapes.questions(self.request.user, handover)
        return self.answer(handover, [handover.customer_id])
