"""Links: who of ours knows whom of theirs."""

from django.db.models import Exists, OuterRef, Prefetch
from rest_framework import serializers
from rest_framework.decorators import action

from accounts.selectors.people import directory
from crm.api.contacts import through
from crm.models import Contact, Customer, Link, Position
from crm.selectors import network
from crm.services import links
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
    sent_once,
)


class LinkShape(serializers.Serializer):
    """One of ours knows one of theirs; `customers` are those the asker sees the contact at."""

    id = serializers.IntegerField()
    person = Named()
    contact = Named()
    customers = serializers.ListField(child=serializers.IntegerField())
    through = column(Link, "through")
    since_on = serializers.DateField(allow_null=True)
    ended_on = serializers.DateField(allow_null=True)
    note = column(Link, "note")
    recorded_at = InstantField()


class LinkQuery(PageQuery):
    """Links, narrowed."""

    customer = KeyField(required=False)
    contact = KeyField(required=False)
    person = KeyField(required=False, help_text="A person of ours.")
    open = serializers.BooleanField(required=False, help_text="True: not ended. False: ended.")


class NewLink(Body):
    """A new link."""

    contact = KeyField()
    person = VisibleField(
        queryset=directory(), required=False, help_text="Who of ours; oneself, if left out."
    )
    through = column(Link, "through")
    since_on = serializers.DateField(required=False, allow_null=True)
    note = column(Link, "note")
    customer = KeyField(
        required=False, help_text="Through which customer; any that may be edited, if left out."
    )
    client_uuid = sent_once("a link")


class EndedLink(Body):
    """The last day; today, if left out."""

    ended_on = serializers.DateField(required=False, allow_null=True)
    customer = KeyField(required=False, help_text="As for a new link.")


class LinkViewSet(ScopedViewSet):
    """Links to the contacts one sees."""

    model = Link
    ways = {
        "list": Way(page_of(LinkShape), asks=LinkQuery),
        "retrieve": Way(LinkShape),
        "create": Way(LinkShape, takes=NewLink, statuses=(200, 201)),
        "end": Way(LinkShape, takes=EndedLink),
    }

    def rows(self):
        places = Position.objects.visible_to(self.request.user).order_by("customer")
        return Link.objects.select_related("person", "contact").prefetch_related(
            Prefetch("contact__positions", queryset=places, to_attr="places")
        )

    def list(self, request):
        """Links, the oldest first."""
        rows, said = self.get_queryset(), self.said
        if "customer" in said:
            places = Position.objects.visible_to(request.user).filter(customer=said["customer"])
            rows = rows.filter(Exists(places.filter(contact=OuterRef("contact"))))
        wanted = {f"{name}_id": said[name] for name in ("contact", "person") if name in said}
        if "open" in said:
            wanted["ended_on__isnull"] = said["open"]
        page, following = keyset(rows.filter(**wanted), ("pk",), said)
        page = [with_customers(link) for link in page]
        return self.page(page, following, [key for link in page for key in link.customers])

    def retrieve(self, request, pk):
        """One link."""
        return self.shown(self.get_object())

    def create(self, request):
        """Record that one of ours knows a contact."""
        given = self.body()
        contact = self.seen(Contact, given.pop("contact"))
        customer = through(self, contact, given.pop("customer", None))
        person = given.pop("person", request.user)
        values = {name: given[name] for name in ("through", "since_on", "note") if name in given}
        key, status = self.once(
            given, links.add, customer=customer, contact=contact, person=person,
            values={"through": Link.Through.VISIT} | values,
        )  # fmt: skip
        return self.shown(self.get_object(pk=key), status)

    @action(detail=True, methods=["post"])
    def end(self, request, pk):
        """A link is over; it stays in the history."""
        link, given = self.get_object(), self.body()
        customer = through(self, link.contact, given.get("customer"))
        links.end(actor=request.user, customer=customer, link=link, ended_on=given.get("ended_on"))
        return self.shown(self.get_object())

    def shown(self, link, status=200):
        link = with_customers(link)
        return self.answer(link, link.customers, status)


def with_customers(link):
    """The link with the keys of the customers at which the asker sees its contact."""
    link.customers = list(dict.fromkeys(place.customer_id for place in link.contact.places))
    return link


# -- who knows whom at a customer -------------------------------------------------------------------


class ThreadShape(serializers.Serializer):
    """One of ours and one of theirs: how well they know each other, by what happened."""

    person = Named()
    contact = Named()
    strength = serializers.ChoiceField(["strong", "moderate", "weak", "none"], source="tier")
    activities = serializers.IntegerField(source="count", help_text="Confirmed ones.")
    last_at = InstantField(allow_null=True)
    logged = serializers.IntegerField(help_text="All activities, confirmed or not.")
    recorded = serializers.ListField(
        child=serializers.IntegerField(), source="keys", help_text="Links, by key."
    )


class MapShape(serializers.Serializer):
    """The network of a customer, as far as the asker sees it."""

    threads = ThreadShape(many=True)
    unreached = serializers.ListField(
        child=serializers.ChoiceField(Position.Function.choices),
        help_text="Functions at the customer in which nobody is known.",
    )
    untouched = serializers.ListField(
        child=serializers.ChoiceField(Position.Function.choices),
        help_text="Functions in which somebody is known and nobody of ours is in touch.",
    )
    ours = serializers.IntegerField(
        help_text="People of ours with confirmed contact within 90 days, without the service line."
    )
    theirs = serializers.IntegerField(help_text="Their people with confirmed contact.")


class MapViewSet(ScopedViewSet):
    """Who knows whom at a customer."""

    model = Customer
    ways = {"retrieve": Way(MapShape)}

    def retrieve(self, request, pk):
        """Our people and theirs, the strongest thread first."""
        customer = self.get_object()
        known = network.of_customer(request.user, customer)
        for thread in known.threads:
            thread.keys = [link.pk for link in thread.links]
        return self.answer(
            {
                "threads": known.threads, "unreached": known.unreached(),
                "untouched": [gap.function for gap in known.gaps() if gap.is_known],
                "ours": known.live.ours, "theirs": known.live.theirs,
            },
            [pk],
        )  # fmt: skip
