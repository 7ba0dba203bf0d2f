"""Shares of a customer, and why somebody can see it."""

from rest_framework import serializers
from rest_framework.decorators import action

from accounts.access import Action, Role, can
from accounts.selectors.people import directory
from crm.access import SHARES
from crm.filters.shares import Asked
from crm.models import Customer, Share
from crm.seats import Seat
from crm.selectors import explain, share_list
from crm.services import shares
from kit.api.base import ScopedViewSet, Way
from kit.api.paging import keyset
from kit.api.shapes import (
    Body,
    InstantField,
    Named,
    PageQuery,
    Query,
    VisibleField,
    page_of,
    sent_once,
)
from kit.clock import database_now
from kit.errors import NotAllowed

RIGHTS = [(code, label) for code, label in Customer._meta.permissions if code in SHARES]


class ShareShape(serializers.Serializer):
    """A right of one person on one customer, with an end and a reason."""

    id = serializers.IntegerField()
    person = Named(source="user")
    right = serializers.ChoiceField(RIGHTS, source="permission.codename")
    since = InstantField(source="period.lower")
    until = InstantField(source="period.upper")
    why = serializers.CharField(source="reason")
    granted_by = Named()
    created_at = InstantField()


class ShareQuery(PageQuery):
    """Which shares."""

    open = serializers.BooleanField(
        required=False, help_text="True: in force or ahead. False: over."
    )


class SharesQuery(PageQuery):
    """Which of all shares that one may know of."""

    state = serializers.ChoiceField(
        share_list.STATES, required=False, default="open",
        help_text="`open`: in force or ahead. `orphan`: given by somebody who has left.",
    )  # fmt: skip
    way = serializers.ChoiceField(
        [("mine", "mine"), ("given", "given")], required=False,
        help_text="`mine`: those one has. `given`: those one gave.",
    )  # fmt: skip
    right = serializers.ChoiceField(RIGHTS, required=False)
    person = VisibleField(queryset=directory(), required=False, help_text="Who has it.")


class ShareOfShape(ShareShape):
    """A share and the customer it is for."""

    customer = Named(source="content_object")


class Terms(Body):
    """A right until an instant within a year, and why."""

    right = serializers.ChoiceField(RIGHTS)
    until = InstantField()
    why = serializers.CharField(max_length=300)


class NewShare(Terms):
    """A right for one person."""

    person = VisibleField(queryset=directory())
    client_uuid = sent_once("a share")


class CustomerShareViewSet(ScopedViewSet):
    """Who else may see a customer, until when."""

    model = Customer
    ways = {
        "list": Way(page_of(ShareShape), asks=ShareQuery),
        "create": Way(ShareShape, takes=NewShare, statuses=(200, 201)),
    }

    def list(self, request, pk):
        """Shares, the latest first; for those who may give them, or ask why."""
        customer = self.get_object()
        asks = (Action.SHARE_GRANT, Action.ACCESS_EXPLAIN)
        if not any(can(request.user, act, customer) for act in asks):
            raise NotAllowed()
        rows = with_people(Share.objects.visible_to(request.user).filter(content_object=customer))
        if "open" in self.said:
            way = "gt" if self.said["open"] else "lte"
            rows = rows.filter(**{f"period__endswith__{way}": database_now()})
        return self.page(*keyset(rows, ("-pk",), self.said), [customer.pk])

    def create(self, request, pk):
        """Give somebody a right on the customer."""
        customer, given = self.get_object(), self.body()
        terms = {name: given[name] for name in ("person", "right", "until", "why")}
        return shown(self, *self.once(given, shares.grant, customer=customer, **terms))


class ShareViewSet(ScopedViewSet):
    """All shares that one may know of, and each of them."""

    model = Share
    ways = {
        "list": Way(page_of(ShareOfShape), asks=SharesQuery),
        "change": Way(ShareShape, takes=Terms),
        "revoke": Way(ShareShape, takes=Body),
    }

    def rows(self):
        return with_people(Share.objects.all())

    def list(self, request):
        """Those one has or gave, and those at customers that one may share; the first to end first."""
        if not can(request.user, Action.CUSTOMER_VIEW):
            raise NotAllowed()
        asked, said = Asked(request.user), self.said
        asked.way, asked.right = said.get("way", ""), said.get("right", "")
        asked.person, asked.state = said.get("person"), said["state"]
        rows = asked.narrow(share_list.known_to(request.user))
        rows, following = keyset(rows, ("ends_at", "pk"), said)
        return self.page(rows, following, [row.content_object_id for row in rows])

    @action(detail=True, methods=["post"])
    def change(self, request, pk):
        """Another right or end: a new share in place of this one. One that is over is 409."""
        share, given = self.get_object(), self.body()
        new = shares.change(
            actor=request.user, customer=share.content_object, person=share.user, share=share,
            **given,
        )  # fmt: skip
        return shown(self, new.pk)

    @action(detail=True, methods=["post"])
    def revoke(self, request, pk):
        """End a share now; answered as it was."""
        share = self.get_object()
        self.body()
        shares.revoke(actor=request.user, customer=share.content_object, share=share)
        return self.answer(share, [share.content_object_id])


def with_people(rows):
    return rows.select_related("user", "granted_by", "permission", "content_object")


def shown(view, pk, status=200):
    share = with_people(Share.objects.visible_to(view.request.user)).get(pk=pk)
    return view.answer(share, [share.content_object_id], status)


# -- why somebody can see it ------------------------------------------------------------------------


class PathShape(serializers.Serializer):
    """One reason: what it permits, since when, until when, who gave it and why."""

    way = serializers.ChoiceField(explain.Way.choices)
    actions = serializers.ListField(child=serializers.ChoiceField(Action.choices))
    since = InstantField(allow_null=True)
    until = InstantField(allow_null=True)
    seat = serializers.ChoiceField(Seat.choices, allow_blank=True)
    right = serializers.ChoiceField(RIGHTS, allow_blank=True)
    roles = serializers.ListField(child=serializers.ChoiceField(Role.choices))
    through = Named(allow_null=True, help_text="Whom one leads, acts for, or shares a line with.")
    unit = Named(allow_null=True)
    given_by = Named(allow_null=True)
    reason = serializers.CharField(allow_blank=True)


class WhyShape(serializers.Serializer):
    """Whether a person sees the customer at an instant, and every reason why."""

    person = Named()
    at = InstantField()
    sees = serializers.BooleanField()
    paths = PathShape(many=True)


class WhyQuery(Query):
    """About whom, oneself if it is left out; and for which instant, now without one."""

    person = VisibleField(queryset=directory(), required=False)
    at = InstantField(required=False)


class WhyViewSet(ScopedViewSet):
    """Why can this person see it?"""

    model = Customer
    ways = {"retrieve": Way(WhyShape, asks=WhyQuery)}

    def retrieve(self, request, pk):
        """Every way by which a person reaches the customer."""
        customer = self.get_object()
        if not can(request.user, Action.ACCESS_EXPLAIN, customer):
            raise NotAllowed()
        person, at = self.said.get("person", request.user), self.said.get("at")
        paths = explain.explain(person, customer, at)
        shown = {
            "person": person, "at": at or database_now(), "sees": explain.permits(paths),
            "paths": paths,
        }  # fmt: skip
        return self.answer(shown, [customer.pk])
