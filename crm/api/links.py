"""Links: who of ours knows whom of theirs."""

from django.db.models import Exists, OuterRef, Prefetch
from rest_framework import serializers
from rest_framework.decorators import action

from accounts.selectors.people import directory
from crm.api.contacts import through
from crm.models import Contact, Link, Position
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
        "create": Way(LinkShape, takes=NewLink, statuses=(201,)),
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
        values = {"through": Link.Through.VISIT} | given
        link = links.add(
            actor=request.user, customer=customer, contact=contact, person=person, values=values
        )
        return self.shown(self.get_object(pk=link.pk), 201)

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
