"""Change sets: proposed, decided, answered, taken back, with the same services as the pages."""

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.decorators import action

from accounts.selectors.people import directory
from crm.models import Change, ChangeSet
from crm.seats import Reason, Seat
from crm.selectors import approvals as waiting
from crm.selectors import changeset_preview as preview
from crm.selectors import changesets as ask
from crm.services import approvals, changeset_run, changeset_undo, changesets, transfers
from crm.services.changeset_terms import next_working_morning
from kit.api.base import ScopedViewSet, Way
from kit.api.paging import keyset
from kit.api.shapes import (
    Body,
    InstantField,
    KeyField,
    Named,
    PageQuery,
    SeveralField,
    VisibleField,
    page_of,
)
from kit.errors import NotAllowed

SHOWN = 200  # customers of a preview: its warnings and its ready ones


class CountsField(serializers.DictField):
    """State of a row → how many of those that the asker sees."""

    child = serializers.IntegerField()


class ChangeSetShape(serializers.Serializer):
    """A change set as a whole."""

    id = serializers.IntegerField()
    origin = serializers.ChoiceField(ChangeSet.Origin.choices)
    state = serializers.ChoiceField(ChangeSet.State.choices)
    reason = serializers.ChoiceField(Reason.choices)
    note = serializers.CharField()
    because = serializers.CharField(help_text="Why in spite of the warnings.")
    former = serializers.ChoiceField(ChangeSet.Former.choices)
    former_until = InstantField(allow_null=True)
    effective_at = InstantField(allow_null=True, help_text="Null: as soon as it is decided.")
    made_by = Named()
    made_at = InstantField()
    proposed_at = InstantField(allow_null=True)
    decided_by = Named(allow_null=True)
    decided_at = InstantField(allow_null=True)
    decision_note = serializers.CharField()
    accept_by = InstantField(allow_null=True)
    finished_at = InstantField(allow_null=True)
    undo_until = InstantField(allow_null=True)
    undoes = serializers.IntegerField(source="undoes_id", allow_null=True)
    rows = CountsField()


class ChangeShape(serializers.Serializer):
    """One customer's seat in a change set."""

    id = serializers.IntegerField()
    customer = Named()
    seat = serializers.ChoiceField(Seat.choices)
    giver = Named(allow_null=True)
    taker = Named(allow_null=True)
    state = serializers.ChoiceField(Change.State.choices)
    remark = serializers.CharField(
        allow_blank=True, help_text="Why it failed or stayed, as a code."
    )
    accepted_at = InstantField(allow_null=True)


class WarningShape(serializers.Serializer):
    """What speaks against it: a stop is resolved, a check explained, a note known."""

    level = serializers.ChoiceField(["stop", "check", "note"])
    code = serializers.CharField()
    text = serializers.CharField()
    customer = Named(allow_null=True)
    person = Named(allow_null=True)


class LoadChangeShape(serializers.Serializer):
    """What a person carries before and after, in points."""

    person = Named()
    before = serializers.DecimalField(max_digits=None, decimal_places=2)
    after = serializers.DecimalField(max_digits=None, decimal_places=2)
    limit = serializers.IntegerField()


class PreviewShape(serializers.Serializer):
    """What a change set would do. `seen` is sent back with the decision that rests on it."""

    seen = serializers.CharField()
    asks_approval = serializers.ListField(
        child=serializers.CharField(), help_text="Rules that ask for somebody else's approval."
    )
    rows = serializers.IntegerField()
    ready = serializers.IntegerField(help_text="Rows without a stop or a check.")
    warnings = WarningShape(many=True)
    loads = LoadChangeShape(many=True)
    follows = serializers.DictField(child=serializers.IntegerField())


class ChangeSetQuery(PageQuery):
    """Which change sets. Repeat `state` for any of several."""

    state = SeveralField(child=serializers.ChoiceField(ChangeSet.State.choices), required=False)
    mine = serializers.BooleanField(required=False, help_text="Those one proposed.")
    waiting = serializers.BooleanField(
        required=False, help_text="Those that wait for one's own yes."
    )
    deciding = serializers.BooleanField(
        required=False, help_text="Those that wait for one's own decision."
    )


class RowQuery(PageQuery):
    """Which rows. Repeat `state` for any of several."""

    state = SeveralField(child=serializers.ChoiceField(Change.State.choices), required=False)


class ChangeTerms(Body):
    """Why and from when, and what the former holder may see."""

    why = serializers.ChoiceField(Reason.choices)
    note = serializers.CharField(required=False, allow_blank=True, max_length=300)
    former = serializers.ChoiceField(ChangeSet.Former.choices)
    former_until = InstantField(required=False, allow_null=True)
    effective_at = InstantField(
        required=False, allow_null=True,
        help_text="Left out: the next working morning. Null: as soon as it is decided.",
    )  # fmt: skip

    def validate(self, data):
        if data.get("former_until") and data["former"] != ChangeSet.Former.READS:
            text = _("Only who may go on reading has a last day.")
            raise serializers.ValidationError({"former_until": text})
        return {"effective_at": next_working_morning()} | data


class NewChangeSet(ChangeTerms):
    """A draft: who shall take a seat at some customers."""

    customers = serializers.ListField(
        child=KeyField(), min_length=1, max_length=ChangeSet.MOST, help_text="Keys."
    )
    seat = serializers.ChoiceField(Seat.choices)
    taker = VisibleField(queryset=directory(), allow_null=True, help_text="Null: nobody.")
    client_uuid = serializers.UUIDField(
        required=False, help_text="Made by the sender; sent twice, it creates a draft once."
    )


class Proposal(Body):
    """The preview that the decision rests on, and why in spite of its warnings."""

    seen = serializers.CharField(max_length=64)
    because = serializers.CharField(required=False, allow_blank=True, max_length=300)


class Approval(Body):
    """The preview that the decision rests on."""

    seen = serializers.CharField(max_length=64)
    note = serializers.CharField(required=False, allow_blank=True, max_length=300)


class Refusal(Body):
    """Why not."""

    note = serializers.CharField(max_length=300)


class Note(Body):
    """A word to it."""

    note = serializers.CharField(required=False, allow_blank=True, max_length=300)


class Some(Body):
    """Some of its customers; all where none is named."""

    customers = serializers.ListField(
        child=KeyField(), required=False, min_length=1, max_length=ChangeSet.MOST
    )
    note = serializers.CharField(required=False, allow_blank=True, max_length=300)


class Declined(Some):
    """Some of the customers one is to receive, and why not."""

    note = serializers.CharField(max_length=300)


class Customers(Body):
    """Some customers of a draft."""

    customers = serializers.ListField(child=KeyField(), min_length=1, max_length=ChangeSet.MOST)


class Given(Customers):
    """Some customers of a draft, and who shall take them."""

    taker = VisibleField(queryset=directory(), allow_null=True)


class Spread(Body):
    """Who takes the customers of a draft: one all of them, several by load, nobody none."""

    takers = serializers.ListField(
        child=VisibleField(queryset=directory()), max_length=50, allow_empty=True
    )


class ChangeSetViewSet(ScopedViewSet):
    """The change sets of which one sees a row, or that one proposed."""

    model = ChangeSet
    ways = {
        "list": Way(page_of(ChangeSetShape), asks=ChangeSetQuery),
        "retrieve": Way(ChangeSetShape),
        "create": Way(ChangeSetShape, takes=NewChangeSet, statuses=(200, 201)),
        "changes": Way(page_of(ChangeShape), asks=RowQuery),
        "preview": Way(PreviewShape),
        "give": Way(ChangeSetShape, takes=Given),
        "spread": Way(ChangeSetShape, takes=Spread),
        "leave_out": Way(ChangeSetShape, takes=Customers),
        "bring_back": Way(ChangeSetShape, takes=Customers),
        "terms": Way(ChangeSetShape, takes=ChangeTerms),
        "propose": Way(ChangeSetShape, takes=Proposal),
        "approve": Way(ChangeSetShape, takes=Approval),
        "refuse": Way(ChangeSetShape, takes=Refusal),
        "accept": Way(ChangeSetShape, takes=Body),
        "decline": Way(ChangeSetShape, takes=Declined),
        "cancel": Way(ChangeSetShape, takes=Note),
        "resume": Way(ChangeSetShape, takes=Body),
        "undo": Way(ChangeSetShape, takes=Some, statuses=(201,)),
    }

    def rows(self):
        return ChangeSet.objects.select_related("made_by", "decided_by")

    def list(self, request):
        """Change sets, the latest first."""
        rows = self.get_queryset()
        if "state" in self.said:
            rows = rows.filter(state__in=self.said["state"])
        if self.said.get("mine"):
            rows = rows.filter(made_by=request.user)
        if self.said.get("waiting"):
            rows = rows.filter(pk__in=ask.waiting_for(request.user).values("change_set"))
        if self.said.get("deciding"):
            rows = waiting.proposals(request.user).filter(pk__in=rows.values("pk"))
        rows, following = keyset(rows, ("-pk",), self.said)
        counts = ask.counts_of(rows, Change.objects.visible_to(request.user))
        for row in rows:
            row.rows = counts.get(row.pk, {})
        return self.page(rows, following)

    def retrieve(self, request, pk):
        """One change set."""
        return self.answer(self.counted(self.get_object()))

    def create(self, request):
        """Draft a change set; 200 and the first one where the same has come before."""
        given = self.body()
        terms = {name: value for name, value in given.items() if name != "client_uuid"}
        key, status = self.once(given, changesets.draft, **terms)
        return self.shown(key, status)

    @action(detail=True, methods=["get"])
    def changes(self, request, pk):
        """The rows that the asker may see, by customer."""
        rows = self.get_object().changes.visible_to(request.user)
        rows = rows.select_related("customer", "giver", "taker")
        if "state" in self.said:
            rows = rows.filter(state__in=self.said["state"])
        rows, following = keyset(rows, ("customer_id", "pk"), self.said)
        for row in rows:
            row.remark = row.remark.get("code", "")
        return self.page(rows, following, [row.customer_id for row in rows])

    @action(detail=True, methods=["get"])
    def preview(self, request, pk):
        """What it would do, and what speaks against it; for whoever proposes or decides."""
        change_set = self.get_object()
        own = change_set.made_by_id == request.user.pk
        if not (own or ask.may_approve(request.user, change_set)):
            raise NotAllowed()
        plan = preview.plan(request.user, change_set)
        seen = set(change_set.changes.visible_to(request.user).values_list("pk", flat=True))
        warnings = [one for one in plan.warnings if one.change is None or one.change.pk in seen]
        warnings = warnings[:SHOWN]
        told = {
            "seen": plan.seen, "asks_approval": plan.asks, "rows": len(plan.rows),
            "ready": len(plan.ready), "loads": plan.loads, "follows": plan.follows,
            "warnings": [
                {"level": one.level, "code": one.code, "text": one.text, "person": one.person,
                 "customer": one.change and one.change.customer}
                for one in warnings
            ],
        }  # fmt: skip
        return self.answer(told, [one.change.customer_id for one in warnings if one.change])

    @action(detail=True, methods=["post"])
    def give(self, request, pk):
        """Let somebody else, or nobody, take customers of a draft."""
        return self.act(changesets.give_to)

    @action(detail=True, methods=["post"])
    def spread(self, request, pk):
        """Let these people take the customers of a draft."""
        return self.act(transfers.spread)

    @action(detail=True, methods=["post"])
    def terms(self, request, pk):
        """Set reason, instant and the former holder's sight of a draft anew."""
        return self.act(transfers.change_terms)

    @action(detail=True, methods=["post"], url_path="bring-back")
    def bring_back(self, request, pk):
        """Take customers into a draft again that were left out."""
        return self.act(transfers.bring_back)

    @action(detail=True, methods=["post"], url_path="leave-out")
    def leave_out(self, request, pk):
        """Take customers out of a draft."""
        return self.act(changesets.leave_out)

    @action(detail=True, methods=["post"])
    def propose(self, request, pk):
        """Propose a draft as it was previewed; 409 when anything has moved since."""
        return self.act(changesets.propose)

    @action(detail=True, methods=["post"])
    def approve(self, request, pk):
        """Approve a proposal of somebody else; 409 when anything has moved since."""
        return self.act(approvals.approve)

    @action(detail=True, methods=["post"])
    def refuse(self, request, pk):
        """Refuse a proposal, with a reason."""
        return self.act(approvals.refuse)

    @action(detail=True, methods=["post"])
    def accept(self, request, pk):
        """Accept the customers that one is to receive."""
        return self.act(approvals.accept)

    @action(detail=True, methods=["post"])
    def decline(self, request, pk):
        """Decline customers that one is to receive, with a reason."""
        return self.act(approvals.decline)

    @action(detail=True, methods=["post"])
    def cancel(self, request, pk):
        """Take a change set back before it begins."""
        return self.act(changesets.cancel)

    @action(detail=True, methods=["post"])
    def resume(self, request, pk):
        """Go on with a change set whose job gave up."""
        return self.act(changeset_run.resume)

    @action(detail=True, methods=["post"])
    def undo(self, request, pk):
        """Take back what was carried out, as a new change set."""
        back = changeset_undo.undo(actor=request.user, change_set=self.get_object(), **self.body())
        return self.answer(self.counted(back), status=201)

    def act(self, verb):
        """Carry out a verb on the change set of the address, with what the body says."""
        change_set = self.get_object()
        verb(actor=self.request.user, change_set=change_set, **self.body())
        return self.shown(change_set.pk)

    def shown(self, pk, status=200):
        """The change set as it is now; one that went out of sight by the act is told all the same."""
        return self.answer(self.counted(self.rows().get(pk=pk)), status=status)

    def counted(self, change_set):
        """With the rows that the asker sees, by state."""
        rows = change_set.changes.visible_to(self.request.user)
        change_set.rows = ask.counts(change_set, rows)
        return change_set
