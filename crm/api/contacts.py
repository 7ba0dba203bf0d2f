"""Contacts: list, one, new at a customer, changed through a customer. Channels stay masked."""

from django.db.models import Exists, OuterRef
from rest_framework import serializers

from crm.models import Contact, ContactChannel, Customer, Position
from crm.selectors import channels as channel_rows
from crm.selectors import contacts as rows
from crm.services import contacts
from kit.api.base import ScopedViewSet, Way
from kit.api.paging import keyset
from kit.api.shapes import (
    Body,
    InstantField,
    KeyField,
    Named,
    PageQuery,
    TagField,
    column,
    page_of,
    sent_once,
)
from kit.errors import Conflict, NotAllowed

TWICE = {"twice", "crm_contact_client_uuid_key"}


class PlaceShape(serializers.Serializer):
    """A place at a customer that the asker sees."""

    id = serializers.IntegerField()
    customer = Named()
    title = column(Position, "title")
    function = column(Position, "function")
    is_key_person = serializers.BooleanField(
        source="is_key", allow_null=True, help_text="null: not the asker's to know."
    )
    started_on = serializers.DateField(allow_null=True)
    ended_on = serializers.DateField(allow_null=True)
    version = TagField(contacts.SHOWN)


class ChannelShape(serializers.Serializer):
    """A phone, mail or chat id before anybody asks for it."""

    id = serializers.IntegerField()
    kind = column(ContactChannel, "kind")
    masked = serializers.CharField()
    held_by = column(ContactChannel, "held_by")
    label = column(ContactChannel, "label")


class ContactRow(serializers.Serializer):
    """A contact in a list."""

    id = serializers.IntegerField()
    name = column(Contact, "name")
    latin_name = column(Contact, "latin_name")
    form_of_address = column(Contact, "form_of_address")
    do_not_contact = serializers.BooleanField()
    places = PlaceShape(many=True)
    version = serializers.IntegerField()


class ContactShape(ContactRow):
    """A contact with its channels, where the asker may see any."""

    note = column(Contact, "note")
    channels = ChannelShape(many=True)
    created_at = InstantField()


class ContactQuery(PageQuery):
    """The list, narrowed by what the asker sees of the places."""

    q = serializers.CharField(required=False, max_length=100, help_text="Name, pinyin or initials.")
    customer = KeyField(required=False)
    function = serializers.ChoiceField(Position.Function.choices, required=False)
    is_key_person = serializers.BooleanField(required=False, help_text="True: key persons only.")
    only = serializers.ChoiceField(
        list(rows.ONLY), required=False,
        help_text="unreached: no confirmed contact within 90 days; known-by-one: one of ours knows "
        "them; moved: from one customer to another.",
    )  # fmt: skip


class About(Body):
    """What is known of the person."""

    name = column(Contact, "name")
    latin_name = column(Contact, "latin_name")
    form_of_address = column(Contact, "form_of_address")
    note = column(Contact, "note")
    do_not_contact = serializers.BooleanField(required=False)


class NewPlace(Body):
    """The place at the customer."""

    title = column(Position, "title")
    function = column(Position, "function")
    is_key_person = serializers.BooleanField(required=False)
    started_on = serializers.DateField(required=False, allow_null=True)


class NewChannel(Body):
    """A phone, mail or chat id."""

    kind = column(ContactChannel, "kind")
    value = serializers.CharField(max_length=channel_rows.LONGEST)
    held_by = column(ContactChannel, "held_by")
    label = column(ContactChannel, "label")


class NewContact(About):
    """A new contact with its place at this customer and its first channels."""

    place = NewPlace(required=False)
    channels = NewChannel(many=True, required=False, max_length=10)
    client_uuid = sent_once("a contact")


class ChangedContact(About):
    """Only the fields that change."""

    customer = KeyField(
        required=False, help_text="Through which customer; any that may be edited, if left out."
    )
    version = serializers.IntegerField(required=False, min_value=0, help_text="As it was seen.")


class ContactViewSet(ScopedViewSet):
    """The contacts one sees, through any customer one sees."""

    model = Contact
    ways = {
        "list": Way(page_of(ContactRow), asks=ContactQuery),
        "retrieve": Way(ContactShape),
        "partial_update": Way(ContactShape, takes=ChangedContact, versioned=True),
    }

    def list(self, request):
        """Contacts by name."""
        said = self.said
        found = rows.listed(
            request.user, said.get("q", ""), said.get("is_key_person", False),
            said.get("function", ""), said.get("only", ""),
        )  # fmt: skip
        if "customer" in said:
            places = Position.objects.visible_to(request.user).filter(customer=said["customer"])
            found = found.filter(Exists(places.filter(contact=OuterRef("pk"))))
        page, following = keyset(found, ("sort_key", "pk"), said)
        return self.page(
            page, following, [place.customer_id for contact in page for place in contact.places]
        )

    def retrieve(self, request, pk):
        """One contact with its channels, masked."""
        return shown(self, self.get_object())

    def partial_update(self, request, pk):
        """Change the fields that are sent."""
        contact, given = self.get_object(), self.body()
        version = self.version(given)
        customer = through(self, contact, given.pop("customer", None))
        contacts.edit(
            actor=request.user, customer=customer, contact=contact, values=given, version=version
        )
        return shown(self, self.get_object())


class NewContactViewSet(ScopedViewSet):
    """Contacts of a customer."""

    model = Customer
    ways = {"create": Way(ContactShape, takes=NewContact, statuses=(200, 201))}

    def create(self, request, pk):
        """A new contact; 200 and the first one where its client_uuid has come before."""
        customer, given = self.get_object(), self.body()
        more = {
            name: given.pop(name) for name in ("place", "channels", "client_uuid") if name in given
        }
        try:
            contact = contacts.create(actor=request.user, customer=customer, values=given, **more)
        except Conflict as conflict:
            mine = Contact.objects.visible_to(request.user)
            known = mine.filter(client_uuid=more.get("client_uuid")).first()
            if conflict.code not in TWICE or known is None:
                raise
            return shown(self, known)
        return shown(self, contact, 201)


def through(view, contact, key=None):
    """The customer through which a contact is changed: the one named, or any that may be edited."""
    if key is not None:
        return view.seen(Customer, key)
    open_to = rows.editable_through(view.request.user, contact)
    if not open_to:
        raise NotAllowed()
    return open_to[0]


def shown(view, contact, status=200):
    """Answer with one contact: the places and channels that the asker may see."""
    viewer = view.request.user
    contact.places = rows.places_seen(viewer, contact)
    in_use, _ended = channel_rows.of_contact(viewer, contact)
    contact._prefetched_objects_cache = {"channels": in_use}
    return view.answer(contact, [place.customer_id for place in contact.places], status)
