"""Sudden departures: freezes, the calls that follow, incidents."""

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.decorators import action

from accounts.models import Person
from accounts.selectors.people import directory
from crm.models import Customer
from handover.forms.calls import AttemptForm
from handover.forms.emergency import proven
from handover.models import EmergencyCall, Freeze, Incident
from handover.selectors import calls as call_rows
from handover.selectors import emergency as ask
from handover.selectors import incidents as incident_rows
from handover.selectors.emergency_result import state_of
from handover.services import calls, emergency, incidents
from kit.api.base import ScopedViewSet, Way
from kit.api.paging import keyset
from kit.api.shapes import (
    Body,
    InstantField,
    KeyField,
    Named,
    PageQuery,
    VisibleField,
    column,
    page_of,
)
from kit.errors import NotAllowed


class FreezeShape(serializers.Serializer):
    """A freeze: who, why, what it ended in numbers, who answers."""

    id = serializers.IntegerField()
    person = Named()
    trigger = serializers.CharField()
    reason = serializers.CharField()
    state = serializers.SerializerMethodField()
    frozen_by = Named()
    frozen_at = InstantField()
    confirm_by = InstantField()
    confirmed_by = Named(allow_null=True)
    confirmed_at = InstantField(allow_null=True)
    lifted_by = Named(allow_null=True)
    lifted_at = InstantField(allow_null=True)
    ended_at = InstantField(allow_null=True)
    cut = serializers.DictField(child=serializers.IntegerField(), help_text="What ended, counted.")
    acting = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField()),
        help_text="Who answers from then on: [id of the person, customers].",
    )

    def get_state(self, row) -> str:
        """waiting, late, confirmed, lifted or over."""
        return state_of(row)


class Proven(Body):
    """An act that needs the password of the asker too: a token alone freezes and restores nobody."""

    password = serializers.CharField(max_length=200, trim_whitespace=False, write_only=True)

    def validate(self, given):
        user = self.context["request"].user
        if not user.has_usable_password():
            raise NotAllowed(_("This is done on its page, where you are asked again who you are."))
        proven(user, given.pop("password"))
        return given


class Ordered(Proven):
    """Why somebody is frozen."""

    trigger = serializers.CharField(max_length=40, help_text="Of the content `emergency`.")
    reason = serializers.CharField(max_length=500)
    evidence = serializers.CharField(required=False, allow_blank=True, max_length=4_000)


class Because(Proven):
    """Why the access is restored."""

    reason = serializers.CharField(max_length=500)


class FreezeViewSet(ScopedViewSet):
    """Freezes of the people one reaches; never one's own."""

    model = Freeze
    ways = {
        "list": Way(page_of(FreezeShape), asks=PageQuery),
        "retrieve": Way(FreezeShape),
        "confirm": Way(FreezeShape, takes=Body),
        "lift": Way(FreezeShape, takes=Because),
    }

    def rows(self):
        return ask.freezes()

    def list(self, request):
        """Freezes, the first one first."""
        rows, following = keyset(self.get_queryset(), ("frozen_at", "pk"), self.said)
        return self.page(rows, following)

    def retrieve(self, request, pk):
        """One freeze."""
        return self.answer(self.get_object())

    @action(detail=True, methods=["post"])
    def confirm(self, request, pk):
        """Confirm it as the second person."""
        row = self.get_object()
        self.body()
        emergency.confirm(actor=request.user, freeze=row)
        return self.answer(self.get_object())

    @action(detail=True, methods=["post"])
    def lift(self, request, pk):
        """Restore the access."""
        row, given = self.get_object(), self.body()
        emergency.lift(actor=request.user, person=row.person, freeze=row, **given)
        return self.answer(self.get_object())


class PersonFreezeViewSet(ScopedViewSet):
    """The freeze of one person."""

    model = Person
    ways = {"freeze": Way(FreezeShape, takes=Ordered, statuses=(200, 201))}

    def rows(self):
        return directory()

    def freeze(self, request, pk):
        """Stop all access of a person now; 200 and the first one where the same has come before."""
        person, given = self.get_object(), self.body()
        known = ask.in_force().visible_to(request.user).filter(person=person).exists()
        row = emergency.freeze(actor=request.user, person=person, **given)
        return self.answer(row, status=200 if known else 201)


class CallShape(serializers.Serializer):
    """A call to be made after a freeze."""

    id = serializers.IntegerField()
    freeze = serializers.IntegerField(source="freeze_id")
    customer = Named()
    tier = serializers.CharField()
    due_at = InstantField()
    place = serializers.IntegerField(help_text="In the order in which they are made.")
    alone = serializers.BooleanField(help_text="Nobody else of ours knows the customer.")
    due_soon = serializers.BooleanField(help_text="A delivery is due within 14 days.")
    caller = Named(allow_null=True)
    state = serializers.ChoiceField(EmergencyCall.State.choices)
    attempts = serializers.SerializerMethodField()
    outcome = serializers.ChoiceField(EmergencyCall.Outcome.choices, allow_blank=True)
    activity = serializers.IntegerField(source="activity_id", allow_null=True)
    meeting = serializers.IntegerField(source="meeting_id", allow_null=True)
    version = serializers.IntegerField()

    def get_attempts(self, row) -> int:
        """How often it was tried."""
        return len(row.attempts)


class CallQuery(PageQuery):
    """Which calls."""

    freeze = KeyField(required=False)
    caller = KeyField(required=False)
    state = serializers.ChoiceField(EmergencyCall.State.choices, required=False)


class Reached(Body):
    """What was said."""

    outcome = serializers.ChoiceField(EmergencyCall.Outcome.choices)
    client_uuid = serializers.UUIDField(help_text="Made by the sender; sent twice, it is one call.")
    note = serializers.CharField(required=False, allow_blank=True, max_length=10_000)
    contacts = serializers.ListField(child=KeyField(), required=False, max_length=30)
    next_step = serializers.CharField(required=False, allow_blank=True, max_length=200)
    next_step_on = serializers.DateField(required=False, allow_null=True)


class Tried(Body):
    """How it was tried."""

    channel = serializers.ChoiceField(AttemptForm.CHANNELS)
    version = serializers.IntegerField(required=False, min_value=0, help_text="As it was seen.")


class CallViewSet(ScopedViewSet):
    """Calls after a freeze, at the customers one sees and answers for or leads."""

    model = EmergencyCall
    ways = {
        "list": Way(page_of(CallShape), asks=CallQuery),
        "retrieve": Way(CallShape),
        "log": Way(CallShape, takes=Reached),
        "attempt": Way(CallShape, takes=Tried, versioned=True),
        "take": Way(CallShape, takes=Body),
    }

    def rows(self):
        return call_rows.calls()

    def list(self, request):
        """Calls in their order."""
        wanted = {name: self.said[name] for name in ("freeze", "caller", "state") if name in self.said}  # fmt: skip
        rows, following = keyset(self.get_queryset().filter(**wanted), ("place", "pk"), self.said)
        return self.page(rows, following, [row.customer_id for row in rows])

    def retrieve(self, request, pk):
        """One call."""
        return self.shown()

    @action(detail=True, methods=["post"])
    def log(self, request, pk):
        """Somebody was reached; again does nothing more."""
        row, given = self.get_object(), self.body()
        outcome, uuid = given.pop("outcome"), given.pop("client_uuid")
        calls.log(actor=request.user, call=row, outcome=outcome, said=given, client_uuid=uuid)
        return self.shown()

    @action(detail=True, methods=["post"])
    def attempt(self, request, pk):
        """Nobody was reached this time."""
        row, given = self.get_object(), self.body()
        version = self.version(given)
        calls.attempt(actor=request.user, call=row, version=version, **given)
        return self.shown()

    @action(detail=True, methods=["post"])
    def take(self, request, pk):
        """Make this call oneself."""
        row = self.get_object()
        self.body()
        calls.take(actor=request.user, call=row)
        return self.shown()

    def shown(self):
        row = self.get_object()
        return self.answer(row, [row.customer_id])


class IncidentShape(serializers.Serializer):
    """A customer that follows somebody who left."""

    id = serializers.IntegerField()
    customer = Named()
    leaver = Named()
    what = serializers.CharField()
    state = serializers.ChoiceField(Incident.State.choices)
    opened_by = Named()
    opened_at = InstantField()
    closed_by = Named(allow_null=True)
    closed_at = InstantField(allow_null=True)
    lesson = serializers.CharField(allow_blank=True)
    version = serializers.IntegerField()


class IncidentQuery(PageQuery):
    """Which incidents."""

    customer = KeyField(required=False)
    state = serializers.ChoiceField(Incident.State.choices, required=False)


class NewIncident(Body):
    """What is known."""

    customer = KeyField()
    leaver = VisibleField(queryset=directory())
    what = column(Incident, "what")


class Ending(Body):
    """How it ended."""

    state = serializers.ChoiceField(
        [one for one in Incident.State.choices if one[0] in Incident.ENDINGS]
    )
    lesson = serializers.CharField(required=False, allow_blank=True, max_length=1_000)


class IncidentViewSet(ScopedViewSet):
    """Incidents at the customers one sees."""

    model = Incident
    ways = {
        "list": Way(page_of(IncidentShape), asks=IncidentQuery),
        "retrieve": Way(IncidentShape),
        "create": Way(IncidentShape, takes=NewIncident, statuses=(200, 201)),
        "close": Way(IncidentShape, takes=Ending),
    }

    def rows(self):
        return incident_rows.incidents()

    def list(self, request):
        """Incidents, the first one first."""
        wanted = {name: self.said[name] for name in ("customer", "state") if name in self.said}
        rows = self.get_queryset().filter(**wanted)
        rows, following = keyset(rows, ("opened_at", "pk"), self.said)
        return self.page(rows, following, [row.customer_id for row in rows])

    def retrieve(self, request, pk):
        """One incident."""
        return self.shown(pk)

    def create(self, request):
        """Open an incident, with its plan; 200 and the open one where there is one."""
        given = self.body()
        customer = Customer(pk=given.pop("customer"))  # the service re-reads it, or answers 404
        same = {"customer": customer.pk, "leaver": given["leaver"], "state": "open"}
        row, status = self.created(same, incidents.begin, customer=customer, **given)
        return self.shown(row.pk, status)

    @action(detail=True, methods=["post"])
    def close(self, request, pk):
        """Say how it ended."""
        row, given = self.get_object(), self.body()
        incidents.close(actor=request.user, incident=row, **given)
        return self.shown(pk)

    def shown(self, pk, status=200):
        row = self.get_object(pk=pk)
        return self.answer(row, [row.customer_id], status)
