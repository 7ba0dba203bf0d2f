"""Who looks after whom now: the seats of the customers one may give to somebody."""

from rest_framework import serializers

from accounts.access import Action, Reach, reach
from accounts.models import Unit
from accounts.selectors.people import directory
from crm.filters.assignments import STATES, Asked
from crm.models import ChangeSet, Customer
from crm.seats import Seat
from crm.selectors import assignment_list, assignments
from kit.api.base import ScopedViewSet, Way
from kit.api.paging import keyset
from kit.api.shapes import (
    InstantField,
    Named,
    PageQuery,
    SeveralField,
    VisibleField,
    column,
    page_of,
)
from kit.errors import NotAllowed

STANDINGS = ("", "away", "absent", "on_notice", "frozen", "left")


class HolderShape(serializers.Serializer):
    """Somebody in a seat."""

    person = Named()
    since = InstantField()
    standing = serializers.ChoiceField(
        STANDINGS, allow_blank=True,
        help_text="Why they cannot answer, as far as the asker may know it; `away`: they cannot.",
    )  # fmt: skip


class ComingShape(serializers.Serializer):
    """A change of a seat that is on its way."""

    seat = serializers.ChoiceField(Seat.choices)
    change_set = serializers.IntegerField()
    state = serializers.ChoiceField(ChangeSet.State.choices)
    person = Named(allow_null=True, help_text="Who is to have it; null: nobody.")
    effective_at = InstantField(allow_null=True, help_text="Null: as soon as it is decided.")


class AssignmentShape(serializers.Serializer):
    """A customer with its seats now; null where nobody is in one."""

    customer = Named()
    tier = column(Customer, "tier", source="customer.tier")
    status = column(Customer, "status", source="customer.status")
    account_manager = HolderShape(source="manager", allow_null=True)
    backup = HolderShape(allow_null=True)
    service_line = HolderShape(source="service", allow_null=True)
    key_account_members = HolderShape(source="members", many=True)
    waiting = ComingShape(source="coming", many=True)


class AssignmentsQuery(PageQuery):
    """Which of them. Repeat `tier` for any of several."""

    state = serializers.ChoiceField(
        [name for name in STATES if name], required=False,
        help_text="What wants attention; `away`: the account manager cannot answer, or is leaving.",
    )  # fmt: skip
    tier = SeveralField(child=serializers.ChoiceField(Customer.Tier.choices), required=False)
    person = VisibleField(
        queryset=directory(), required=False, help_text="Who is account manager or backup."
    )
    unit = VisibleField(
        queryset=Unit.objects.all(), required=False,
        help_text="Of the account manager, or where nobody is one, of the customer; and all below.",
    )  # fmt: skip


class AssignmentsViewSet(ScopedViewSet):
    """The customers whose seats the asker may change."""

    model = Customer
    ways = {"list": Way(page_of(AssignmentShape), asks=AssignmentsQuery)}

    def list(self, request):
        """Seats now, by account manager, those of nobody first."""
        if reach(request.user, Action.SEAT_ASSIGN) < Reach.TEAM:
            raise NotAllowed()
        said = self.said
        asked = Asked(
            state=said.get("state", ""), tiers=said.get("tier", []), person=said.get("person"),
            unit=said.get("unit"),
        )  # fmt: skip
        rows = assignments.seen(request.user).filter(asked.condition(request.user))
        found, following = keyset(assignment_list.listed(rows), assignments.ORDER, said)
        shown = assignment_list.told(request.user, found)
        return self.page(shown, following, [one.pk for one in found])
