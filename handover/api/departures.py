"""Departure cases: planned, changed before they open, opened, withdrawn, with the pages' services."""

from rest_framework import serializers
from rest_framework.decorators import action

from accounts.access import Action
from accounts.selectors.people import directory
from handover.models import Departure
from handover.services import cases, departures
from kit.api.base import ScopedViewSet, Way
from kit.api.paging import keyset
from kit.api.shapes import (
    Body,
    InstantField,
    Named,
    PageQuery,
    SeveralField,
    VisibleField,
    page_of,
    sent_once,
)
from kit.errors import NotAllowed


class DepartureShape(serializers.Serializer):
    """A departure case as a whole."""

    id = serializers.IntegerField()
    person = Named(help_text="Who leaves.")
    kind = serializers.ChoiceField(Departure.Kind.choices)
    last_day = serializers.DateField()
    state = serializers.ChoiceField(Departure.State.choices)
    confidential_until = InstantField(allow_null=True)
    witness = Named(allow_null=True)
    opened_by = Named(help_text="Who runs it.")
    made_at = InstantField()
    opened_at = InstantField(allow_null=True)
    closed_at = InstantField(allow_null=True)
    version = serializers.IntegerField()


class DepartureQuery(PageQuery):
    """Which cases. Repeat `state` for any of several."""

    state = SeveralField(child=serializers.ChoiceField(Departure.State.choices), required=False)


class NewDeparture(Body):
    """A plan: who leaves, when, and how."""

    person = VisibleField(queryset=directory())
    last_day = serializers.DateField(help_text="The last working day.")
    kind = serializers.ChoiceField(Departure.Kind.choices)
    confidential_until = serializers.DateField(
        required=False,
        allow_null=True,
        help_text="Until work begins on it, those named know alone.",
    )
    named = serializers.ListField(
        child=VisibleField(queryset=directory()), required=False, max_length=departures.MOST_NAMED
    )
    client_uuid = sent_once("a plan")


class ChangedDeparture(Body):
    """Only the fields that change; day and kind of a plan alone."""

    last_day = serializers.DateField(required=False)
    kind = serializers.ChoiceField(Departure.Kind.choices, required=False)
    confidential_until = serializers.DateField(required=False, allow_null=True)
    named = serializers.ListField(
        child=VisibleField(queryset=directory()), required=False, max_length=departures.MOST_NAMED
    )
    witness = VisibleField(queryset=directory(), required=False, allow_null=True)
    version = serializers.IntegerField(required=False, min_value=0, help_text="As it was seen.")


class Opened(Body):
    """The plan as it was seen."""

    version = serializers.IntegerField(min_value=0, max_value=2**31 - 1)


class Withdrawn(Body):
    """Why the person stays, or why the case goes on."""

    reason = serializers.CharField(max_length=300)


class DepartureViewSet(ScopedViewSet):
    """The departure cases that one may know of."""

    model = Departure
    ways = {
        "list": Way(page_of(DepartureShape), asks=DepartureQuery),
        "retrieve": Way(DepartureShape),
        "create": Way(DepartureShape, takes=NewDeparture, statuses=(200, 201)),
        "partial_update": Way(DepartureShape, takes=ChangedDeparture, versioned=True),
        "open": Way(DepartureShape, takes=Opened),
        "withdraw": Way(DepartureShape, takes=Withdrawn),
        "reopen": Way(DepartureShape, takes=Withdrawn),
    }

    def rows(self):
        return Departure.objects.select_related("person", "witness", "opened_by")

    def list(self, request):
        """Cases by their last day."""
        rows = self.get_queryset()
        if "state" in self.said:
            rows = rows.filter(state__in=self.said["state"])
        return self.page(*keyset(rows, ("last_day", "pk"), self.said))

    def retrieve(self, request, pk):
        """One case."""
        return self.answer(self.get_object())

    def create(self, request):
        """Make a plan; 200 and the first one where the same has come before."""
        given = self.body()
        uuid = given.get("client_uuid")
        same = uuid and {"opened_by": request.user, "client_uuid": uuid}
        made, status = self.created(
            same or None, departures.prepare, people=[given.pop("person")], **given
        )
        return self.shown(made, status)

    def partial_update(self, request, pk):
        """Change a plan, or the witness and the secret of an open case."""
        case, given = self.to_run(), self.body()
        version = self.version(given)
        return self.shown(
            departures.edit(actor=request.user, departure=case, values=given, version=version)
        )

    @action(detail=True, methods=["post"])
    def open(self, request, pk):
        """Open the case as its plan was seen."""
        return self.act(cases.begin)

    @action(detail=True, methods=["post"])
    def withdraw(self, request, pk):
        """End the case because the person stays."""
        return self.act(cases.withdraw)

    @action(detail=True, methods=["post"])
    def reopen(self, request, pk):
        """Go on with a closed case."""
        return self.act(cases.reopen)

    def to_run(self):
        """The case of the address, for those who run cases."""
        case = self.get_object()
        if not Departure.objects.visible_to(self.request.user, Action.DEPARTURE_RUN).filter(
            pk=case.pk
        ):
            raise NotAllowed()
        return case

    def act(self, verb):
        """Carry out a verb on the case with what the body says."""
        return self.shown(verb(actor=self.request.user, departure=self.get_object(), **self.body()))

    def shown(self, case, status=200):
        return self.answer(self.rows().get(pk=case.pk), status=status)
