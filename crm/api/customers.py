"""Customers: list, one, new, changed."""

from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.access import Action, can
from accounts.selectors.people import directory
from crm.filters.customers import LONGEST, VIEWS, Asked
from crm.models import Customer, Industry, Region
from crm.selectors import customer_family, customer_list
from crm.selectors.customers import list_rows
from crm.selectors.thread_list import SAID
from crm.services import customers
from kit.api.base import ScopedViewSet, Way
from kit.api.paging import bad_cursor
from kit.api.refusals import BadQuery
from kit.api.shapes import (
    Body,
    InstantField,
    Named,
    PageQuery,
    SeveralField,
    VisibleField,
    column,
    page_of,
    sent_once,
)
from kit.errors import NotAllowed

# What the address says → what the fast list calls it.
SORTS = {
    "name": "name",
    "-name": "-name",
    "last_activity": "activity",
    "-last_activity": "-activity",
    **{order: order for name in ("tier", "status", "region") for order in (name, f"-{name}")},
}


class CustomerShape(serializers.Serializer):
    """A customer as whoever sees it may know it."""

    id = serializers.IntegerField()
    kind = column(Customer, "kind")
    name = column(Customer, "name")
    legal_name = column(Customer, "legal_name")
    tier = column(Customer, "tier")
    status = column(Customer, "status")
    region = Named(allow_null=True)
    industry = Named(allow_null=True)
    parent = Named(
        source="seen_parent", allow_null=True, help_text="Null too where the asker does not see it."
    )
    address = column(Customer, "address")
    origin = column(Customer, "origin")
    origin_person = Named(allow_null=True)
    account_manager = Named(source="manager_json", allow_null=True)
    backup = Named(source="backup_json", allow_null=True)
    last_activity_at = InstantField(allow_null=True)
    created_at = InstantField()
    version = serializers.IntegerField()


class CustomerQuery(PageQuery):
    """The list, narrowed. Repeat `tier` and `status` for any of several."""

    q = serializers.CharField(
        required=False, max_length=LONGEST,
        help_text="Name, legal name, pinyin, initials, or the last four digits of a phone.",
    )  # fmt: skip
    view = serializers.ChoiceField(choices=list(VIEWS), required=False, default="all")
    thread = serializers.ChoiceField(
        SAID, required=False,
        help_text="At most one of `ours` or `theirs` in confirmed contact within 90 days; or so many "
        "of ours and of theirs, as 1-2, where 3 is three and more.",
    )  # fmt: skip
    tier = SeveralField(child=serializers.ChoiceField(Customer.Tier.choices), required=False)
    status = SeveralField(child=serializers.ChoiceField(Customer.Status.choices), required=False)
    region = VisibleField(
        queryset=Region.objects.all(), required=False, help_text="This region and all below."
    )
    industry = VisibleField(queryset=Industry.objects.all(), required=False)
    held_by = VisibleField(
        queryset=directory(), required=False,
        help_text="Account manager now, or at the end of `on`; for who may see the history of seats.",
    )  # fmt: skip
    on = serializers.DateField(
        required=False, help_text="A day where the company is; only with `held_by`."
    )
    sort = serializers.ChoiceField(
        choices=list(SORTS), required=False, default="name",
        help_text="By tier, status and region only where the list is narrowed to 5,000.",
    )  # fmt: skip

    def validate(self, said):
        if "on" in said and "held_by" not in said:
            raise serializers.ValidationError({"on": [_("Say `held_by` too.")]})
        return said


class Facts(Body):
    """The fields that can be changed later."""

    name = column(Customer, "name")
    legal_name = column(Customer, "legal_name")
    status = column(Customer, "status")
    region = VisibleField(queryset=Region.objects.all(), required=False, allow_null=True)
    industry = VisibleField(queryset=Industry.objects.all(), required=False, allow_null=True)
    parent = VisibleField(
        queryset=Customer.objects.all(), required=False, allow_null=True,
        help_text="The customer that this one is a part of.",
    )  # fmt: skip
    address = column(Customer, "address")


class NewCustomer(Facts):
    """A new customer."""

    kind = column(Customer, "kind")
    tier = column(Customer, "tier")
    origin = column(Customer, "origin")
    origin_person = VisibleField(
        queryset=directory(), required=False, allow_null=True,
        help_text="The colleague who referred or brought it.",
    )  # fmt: skip
    manager = VisibleField(
        queryset=directory(), required=False, allow_null=True,
        help_text="First account manager; a rep takes the customer without saying so.",
    )  # fmt: skip
    client_uuid = sent_once("a customer")
    anyway = serializers.BooleanField(
        required=False, help_text="Create it although it may be known already."
    )


class ChangedCustomer(Facts):
    """Only the fields that change."""

    anyway = serializers.BooleanField(
        required=False, help_text="Rename it although the new legal name may be known already."
    )
    version = serializers.IntegerField(required=False, min_value=0, help_text="As it was seen.")


class CustomerViewSet(ScopedViewSet):
    """The customers one sees."""

    model = Customer
    ways = {
        "list": Way(page_of(CustomerShape), asks=CustomerQuery),
        "retrieve": Way(CustomerShape),
        "create": Way(CustomerShape, takes=NewCustomer, statuses=(200, 201)),
        "partial_update": Way(CustomerShape, takes=ChangedCustomer, versioned=True),
    }

    def rows(self):
        return list_rows().select_related("industry", "origin_person")

    def list(self, request):
        """Customers by name, or by last activity."""
        said, sort = self.said, SORTS[self.said["sort"]]
        if "held_by" in said and not can(request.user, Action.SEAT_HISTORY):
            raise NotAllowed()
        if said.get("cursor") and not customer_list.read_cursor(said["cursor"], sort):
            raise bad_cursor()
        asked = Asked(
            view=said["view"], tiers=said.get("tier", []), statuses=said.get("status", []),
            region=said.get("region"), industry=said.get("industry"),
            held_by=said.get("held_by"), on=said.get("on"), thread=said.get("thread", ""),
        )  # fmt: skip
        page = customer_list.page(
            request.user, sort=sort, term=said.get("q", ""), limit=said["limit"], rows=self.rows(),
            after=said.get("cursor", ""), filters=asked.condition(request.user),
        )  # fmt: skip
        if page.too_many:
            raise BadQuery({"sort": [_("Too many customers for this order. Filter first.")]})
        parents = self.with_parents(page.rows)
        return self.page(page.rows, page.next, [*(one.pk for one in page.rows), *parents])

    def with_parents(self, rows):
        """Give each row the firm above it that the asker sees; their keys."""
        parents = customer_family.seen_parents(self.request.user, rows)
        for row in rows:
            row.seen_parent = parents.get(row.parent_id)
        return list(parents)

    def retrieve(self, request, pk):
        """One customer."""
        return self.shown(pk)

    def create(self, request):
        """A new customer; 200 and the first one where its client_uuid has come before."""
        given = self.body()
        more = {
            name: given.pop(name) for name in ("manager", "client_uuid", "anyway") if name in given
        }
        number = {"client_uuid": more["client_uuid"]} if "client_uuid" in more else None
        customer, status = self.created(number, customers.create, values=given, **more)
        return self.shown(customer.pk, status)

    def partial_update(self, request, pk):
        """Change the fields that are sent."""
        customer, given = self.get_object(), self.body()
        version = self.version(given)
        customers.edit(
            actor=request.user, customer=customer, anyway=given.pop("anyway", False), values=given,
            version=version,
        )  # fmt: skip
        return self.shown(pk)

    def shown(self, pk, status=200):
        customer = self.get_object(pk=pk)
        parents = self.with_parents([customer])
        return self.answer(customer, [pk, *parents], status)
