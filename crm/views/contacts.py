"""Contacts: the list, one contact, new, edit, and their places."""

from uuid import uuid4

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.access import Action, can
from crm.forms.contacts import (
    ABOUT,
    PLACE,
    ContactForm,
    EndForm,
    NewContactForm,
    NewPlaceForm,
    PlaceForm,
)
from crm.models import Contact, Customer, Position
from crm.selectors import channels as channel_rows
from crm.selectors import contacts as rows
from crm.selectors import network
from crm.services import contacts
from kit.errors import Conflict, NotAllowed
from kit.web import (
    done,
    form_status,
    get_allowed_or_403,
    get_visible_or_404,
    paged,
    sent,
    show,
    submitted,
)

FUNCTIONS = Position.Function
ONLY = {
    "unreached": _lazy("Unreached for 90 days"),
    "known-by-one": _lazy("Known by one person only"),
    "moved": _lazy("Moved company"),
}


def index(request):
    """The contacts one sees, by name."""
    given = request.GET
    q, key = given.get("q", "")[:100], given.get("key") == "1"
    function = given.get("function") if given.get("function") in FUNCTIONS.values else ""
    only = given.get("only") if given.get("only") in rows.ONLY else ""
    found = rows.listed(request.user, q, key, function, only)
    page, earlier, later = rows.page(
        request.user, found, mark(given, "after"), mark(given, "before")
    )
    paged(request, page, [place.customer_id for contact in page for place in contact.places])
    return show(
        request,
        "crm/contacts/index.html",
        {
            "contacts": page, "q": q, "key": key, "function": function, "functions": FUNCTIONS.choices,
            "function_label": FUNCTIONS(function).label if function else "",
            "earlier": earlier, "later": later,
            "first": page[0].pk if page else None, "last": page[-1].pk if page else None,
            "filtered": bool(q or key or function or only),
            "only": only, "only_label": ONLY.get(only, ""), "narrowed": ONLY.items(),
            "knows_keys": can(request.user, Action.SETTLEMENT_VIEW),
        },
    )  # fmt: skip


def mark(given, name):
    """The contact named by a page link; anything that is no key is none."""
    text = given.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def detail(request, pk):
    """One contact: who, where, how to reach, who of ours knows them."""
    contact = get_visible_or_404(Contact, request, pk=pk)
    viewer = request.user
    places = rows.places_seen(viewer, contact)
    editable = rows.editable_through(viewer, contact)
    in_use, ended = channel_rows.of_contact(viewer, contact)
    activities = list(rows.last_activities(viewer, contact))
    known = network.of_contact(viewer, contact)
    return show(
        request,
        "crm/contacts/contact.html",
        {
            "contact": contact, "places": places, "channels": in_use, "ended": ended,
            "log_at": rows.loggable_at(viewer, places),
            "threads": known, "activities": activities, "alone": not contact.erased_at and rows.is_known_by_one(viewer, contact),
            "can_edit": bool(editable), "editable_ids": {customer.pk for customer in editable},
            "can_reveal": can(viewer, Action.CHANNEL_REVEAL, contact),
            "sees_channels": can(viewer, Action.CHANNEL_VIEW, contact),
            "reason_needed": channel_rows.reason_needed(viewer),
            "decides_erasure": can(viewer, Action.ERASURE_DECIDE),
        },
        customers=[place.customer_id for place in places] + [row.customer_id for row in activities],
    )  # fmt: skip


def create(request, pk):
    """A new contact of a customer."""
    customer = get_allowed_or_403(Customer, request, Action.CUSTOMER_EDIT, pk=pk)
    form = NewContactForm(
        sent(request), initial={"client_uuid": uuid4()}, knows_keys=knows_keys(request, customer)
    )

    def act(given):
        return contacts.create(
            actor=request.user, customer=customer, values=form.about, place=form.place,
            channels=form.channels, client_uuid=given["client_uuid"],
        )  # fmt: skip

    contact = once(request, form, submitted(request, form, act))
    if contact is not None:
        return done(request, contact, _("Contact saved"))
    return show(request, "crm/contacts/new.html", {"form": form, "customer": customer},
                customers=[customer.pk], status=form_status(form))  # fmt: skip


def once(request, form, contact):
    """The contact just made, or the one that the same form made before."""
    refused = getattr(form, "refused", None)
    if contact is None and isinstance(refused, Conflict) and refused.code == "twice":
        uuid = form.cleaned_data["client_uuid"]
        return Contact.objects.visible_to(request.user).filter(client_uuid=uuid).first()
    return contact


def edit(request, pk):
    """Change the person; places and channels have pages of their own."""
    contact, customer = editable_contact(request, pk)
    known = {name: getattr(contact, name) for name in ABOUT} | {"version": contact.version}
    form = ContactForm(sent(request), initial=known)

    def act(given):
        return contacts.edit(
            actor=request.user, customer=customer, contact=contact, values=form.about,
            version=given["version"],
        )  # fmt: skip

    if submitted(request, form, act):
        return done(request, contact, _("Contact saved"))
    return show(request, "crm/contacts/edit.html", {"form": form, "contact": contact},
                customers=[customer.pk], status=form_status(form))  # fmt: skip


def new_place(request, pk):
    """A place at one more customer, or a move to it."""
    contact = get_allowed_or_403(Contact, request, Action.CUSTOMER_EDIT, pk=pk)
    mine = Customer.objects.visible_to(request.user, Action.CUSTOMER_EDIT).order_by(
        "sort_key", "pk"
    )
    ending = Position.objects.filter(contact=contact, ended_on__isnull=True)
    ending = ending.visible_to(request.user, Action.CUSTOMER_EDIT).select_related("customer")
    form = NewPlaceForm(
        sent(request), customers=mine, places=ending, knows_keys=knows_keys(request)
    )

    def act(given):
        to = {"actor": request.user, "customer": given["customer"], "contact": contact}
        if given["leaves"]:
            return contacts.move(**to, position=given["leaves"], values=form.place)
        return contacts.add_position(**to, values=form.place)

    if submitted(request, form, act):
        return done(request, contact, _("Place saved"))
    offered, leaving = list(mine[:50]), list(ending)
    return show(request, "crm/contacts/place_new.html",
                {"form": form, "contact": contact, "customers": offered, "leaving": leaving},
                customers=[one.pk for one in offered] + [place.customer_id for place in leaving],
                status=form_status(form))  # fmt: skip


def edit_place(request, pk):
    """Change a place: post, function, key person, first day."""
    place = editable_place(request, pk)
    form = PlaceForm(
        sent(request), initial={name: getattr(place, name) for name in PLACE},
        knows_keys=knows_keys(request, place.customer),
    )  # fmt: skip

    def act(given):
        return contacts.edit_position(
            actor=request.user, customer=place.customer, position=place, values=form.place
        )

    if submitted(request, form, act):
        return done(request, place.contact, _("Place saved"))
    return show(request, "crm/contacts/place.html",
                {"form": form, "place": place, "contact": place.contact},
                customers=[place.customer_id], status=form_status(form))  # fmt: skip


def end_place(request, pk):
    """The contact leaves a customer."""
    place = editable_place(request, pk)
    form = EndForm(sent(request))

    def act(given):
        return contacts.end_position(
            actor=request.user, customer=place.customer, position=place, ended_on=given["ended_on"]
        )

    if submitted(request, form, act):
        return done(request, place.contact, _("Place ended"))
    return show(request, "crm/contacts/place_end.html",
                {"form": form, "place": place, "contact": place.contact},
                customers=[place.customer_id], status=form_status(form))  # fmt: skip


def knows_keys(request, customer=None):
    """Whether this person may know who is a key person (of `customer`)."""
    return can(request.user, Action.SETTLEMENT_VIEW, customer)


def editable_place(request, pk):
    """The place with its contact and customer, if that customer may be edited."""
    rows = Position.objects.select_related("contact", "customer")
    return get_allowed_or_403(rows, request, Action.CUSTOMER_EDIT, pk=pk)


def editable_contact(request, pk):
    """The contact and the customer through which it may be edited: `customer` of the query or any."""
    contact = get_visible_or_404(Contact, request, pk=pk)
    open_to = rows.editable_through(request.user, contact)
    wanted = mark(request.GET, "customer")
    if wanted is not None:
        open_to = [customer for customer in open_to if customer.pk == wanted]
    if not open_to:
        raise NotAllowed
    return contact, open_to[0]
