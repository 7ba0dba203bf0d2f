"""Rotation: clocks, plans, swaps and exemptions, with the same services as the pages."""

from rest_framework import serializers
from rest_framework.decorators import action

from accounts.access import Action, Reach, can, reach
from accounts.selectors.people import directory
from crm.models import ChangeSet, Customer
from handover.filters.rotation import Asked
from handover.models import RotationExemption
from handover.selectors import rotation as ask
from handover.services import rotation, rotation_exemptions
from kit.api.base import ScopedViewSet, Way
from kit.api.paging import bad_cursor, keyset
from kit.api.shapes import Body, KeyField, Named, PageQuery, VisibleField, page_of, sent_once
from kit.errors import NotAllowed

STATES = ("running", "overdue", "exempt", "paused", "planned")


class ClockShape(serializers.Serializer):
    """The tenure of an account manager at a customer; its days are those of the company's zone."""

    customer = Named()
    tier = serializers.ChoiceField(Customer.Tier.choices)
    person = Named(help_text="The account manager.")
    started_on = serializers.DateField()
    due_on = serializers.DateField(help_text="The last day; the next one it is overdue.")
    clock = serializers.ChoiceField(STATES, source="state")
    stood = serializers.IntegerField(help_text="Days of long absences, which do not count.")
    exempt_until = serializers.DateField(allow_null=True)
    change_set = serializers.IntegerField(allow_null=True, help_text="What is on its way.")


class ClockQuery(PageQuery):
    """Which clocks."""

    show = serializers.ChoiceField(ask.SHOW, required=False, default="all")
    person = VisibleField(queryset=directory(), required=False)
    tier = serializers.ChoiceField(Customer.Tier.choices, required=False)


class DraftShape(serializers.Serializer):
    """The draft that was made: preview and propose it as a change set."""

    change_set = serializers.IntegerField(source="pk")


class PlanBody(Body):
    """Customers for each of whom an account manager is proposed."""

    customers = serializers.ListField(
        child=KeyField(), min_length=1, max_length=ChangeSet.MOST, help_text="Keys."
    )
    client_uuid = sent_once("a draft")


class SwapBody(Body):
    """Two people who take over each other's customers."""

    one = VisibleField(queryset=directory())
    other = VisibleField(queryset=directory())
    client_uuid = sent_once("a draft")


class RotationViewSet(ScopedViewSet):
    """Clocks of rotation, and drafts made of them."""

    model = Customer
    ways = {
        "list": Way(page_of(ClockShape), asks=ClockQuery),
        "plan": Way(DraftShape, takes=PlanBody, statuses=(201,)),
        "swap": Way(DraftShape, takes=SwapBody, statuses=(201,)),
    }

    def list(self, request):
        """The clocks that the asker may see, the first due first."""
        if reach(request.user, Action.SEAT_HISTORY) < Reach.TEAM and not can(request.user, Action.ACTIVITY_LOG):  # fmt: skip
            raise NotAllowed()
        cursor, limit = self.said.get("cursor") or "0", self.said["limit"]
        if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 8):
            raise bad_cursor()
        asked = Asked(self.said["show"], "list", self.said.get("person"), self.said.get("tier", ""))
        rows = ask.found(
            *asked.among(request.user), show=asked.show, limit=limit + 1, offset=int(cursor)
        )
        following = str(int(cursor) + limit) if len(rows) > limit else None
        rows = ask.with_names(rows[:limit])
        return self.page(rows, following, [row.customer_id for row in rows])

    @action(detail=False, methods=["post"])
    def plan(self, request):
        """Draft a rotation: for each customer the account manager that fits best."""
        return self.answer(rotation.plan(actor=request.user, **self.body()), status=201)

    @action(detail=False, methods=["post"])
    def swap(self, request):
        """Draft that two people take over each other's customers."""
        return self.answer(rotation.swap(actor=request.user, **self.body()), status=201)


class ExemptionShape(serializers.Serializer):
    """A customer that stays with its account manager until a day."""

    id = serializers.IntegerField()
    customer = Named()
    person = Named(help_text="The account manager whose clock stands still.")
    reason = serializers.CharField(help_text="A code of the policy.")
    note = serializers.CharField()
    until = serializers.DateField()
    second_contact = Named()
    stage = serializers.ChoiceField(RotationExemption.State.choices, source="state")
    asked_by = Named()
    decided_by = Named(allow_null=True)
    decision_note = serializers.CharField()


class ExemptionBody(Body):
    """Why a customer stays, until when, and who else stays in touch."""

    customer = KeyField()
    why = serializers.CharField(max_length=40, help_text="A code of the policy.")
    until = serializers.DateField()
    second_contact = VisibleField(queryset=directory())
    note = serializers.CharField(required=False, allow_blank=True, max_length=300)
    client_uuid = sent_once("an exemption")


class SecondContactBody(Body):
    """Who else stays in touch from now on."""

    second_contact = VisibleField(queryset=directory())


class DecisionBody(Body):
    """Whether it is approved; a refusal says why."""

    approved = serializers.BooleanField()
    note = serializers.CharField(required=False, allow_blank=True, max_length=300)


class ExemptionViewSet(ScopedViewSet):
    """Exemptions from rotation of the customers that one sees."""

    model = RotationExemption
    ways = {
        "list": Way(page_of(ExemptionShape), asks=PageQuery),
        "create": Way(ExemptionShape, takes=ExemptionBody, statuses=(201,)),
        "decide": Way(ExemptionShape, takes=DecisionBody),
        "second_contact": Way(ExemptionShape, takes=SecondContactBody),
        "end": Way(ExemptionShape, takes=Body),
    }

    def rows(self):
        return RotationExemption.objects.select_related(
            "customer", "person", "second_contact", "asked_by", "decided_by"
        )

    def list(self, request):
        """Exemptions, the latest first."""
        rows, following = keyset(self.get_queryset(), ("-pk",), self.said)
        return self.page(rows, following, [row.customer_id for row in rows])

    def create(self, request):
        """Ask for an exemption; somebody else decides it."""
        given = self.body()
        customer = self.seen(Customer, given.pop("customer"))
        row = rotation_exemptions.ask(actor=request.user, customer=customer, **given)
        return self.answer(row, [row.customer_id], status=201)

    @action(detail=True, methods=["post"])
    def decide(self, request, pk):
        """Approve or refuse an exemption."""
        row = rotation_exemptions.decide(
            actor=request.user, exemption=self.get_object(), **self.body()
        )
        return self.answer(row, [row.customer_id])

    @action(detail=True, methods=["post"], url_path="second-contact")
    def second_contact(self, request, pk):
        """Let somebody else be the second contact of an exemption in force."""
        row = rotation_exemptions.change_second_contact(
            actor=request.user, exemption=self.get_object(), **self.body()
        )
        return self.answer(row, [row.customer_id])

    @action(detail=True, methods=["post"])
    def end(self, request, pk):
        """End an exemption before its day."""
        row = rotation_exemptions.end(actor=request.user, exemption=self.get_object())
        return self.answer(row, [row.customer_id])
