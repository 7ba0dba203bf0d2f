"""Who knows whom: the map of a customer, new links, ended links."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_POST

from accounts.access import Action, can
from accounts.models import Person
from accounts.selectors.org import home_unit, members
from crm.forms.links import LinkForm
from crm.models import Customer, Link, Position
from crm.seats import Seat
from crm.selectors import coverage, network
from crm.services import links
from crm.views.contacts import editable_contact
from kit.templatetags.words import shown_name
from kit.web import done, form_status, get_visible_or_404, sent, show, submitted

MOST = 6  # rows of one side in the panel
SHOWN = ("picture", "matrix", "list")
EMPTY = {Seat.ACCOUNT_MANAGER: gettext_lazy("nobody holds this seat"),
         Seat.BACKUP: gettext_lazy("nobody holds this seat")}  # fmt: skip


def customer_map(request, pk):
    """The network of a customer: a page, or with `?panel=1` the panel of the customer's page.

    Without `show` a wide screen gets the picture and a phone the list.
    """
    customer = get_visible_or_404(Customer, request, pk=pk)
    known = network.of_customer(request.user, customer)
    panel = request.GET.get("panel") == "1"
    most = MOST if panel else None
    shown = request.GET.get("show") if request.GET.get("show") in SHOWN else ""
    context = {
        "customer": customer, "network": known, "panel": panel, "shown": shown,
        "wide_tabs": tabs(customer, shown or "picture"), "narrow_tabs": tabs(customer, shown or "list"),
        "matrix": coverage.matrix(known) if shown == "matrix" else None,
        "functions": known.functions(customer.tier),
        "ours": our_side(known)[:most], "theirs": their_side(known)[:most],
        "lines": [line(thread) for thread in known.threads],
        "leaving_name": leaving_name(known),
        "rows": [(place, known.of(place.contact_id), known.others(place.contact_id))
                 for place in known.places],
        "unreached": functions(known, is_known=False), "untouched": functions(known, is_known=True),
        "can_edit": not panel and can(request.user, Action.CUSTOMER_EDIT, customer),
    }  # fmt: skip
    template = "crm/links/panel.html" if panel else "crm/links/map.html"
    return show(request, template, context, customers=[customer.pk])


def functions(known, is_known):
    """The functions nobody reaches, in words: in which somebody is known, or nobody."""
    return _(", ").join(str(gap.label) for gap in known.gaps() if gap.is_known == is_known)


def tabs(customer, shown):
    """The three ways to look at the same threads; `shown` is the one in front."""
    address = reverse("crm:customer-map", args=[customer.pk])
    labels = (_("Picture"), _("Matrix"), pgettext("map", "List"))
    return [{"url": f"{address}?show={name}", "label": label, "current": name == shown}
            for name, label in zip(SHOWN, labels, strict=True)]  # fmt: skip


def our_side(known):
    """Rows of the map: our people with their seats, empty seats among them."""
    seats = {row.person_id: Seat(row.seat).label for row in known.seats}
    rows = [
        {"id": person.pk, "name": shown_name(person), "note": seats.get(person.pk, person.title),
         "url": person.get_absolute_url(), "leaving": person.pk in known.leaving}
        for person in known.people
    ]  # fmt: skip
    held = {row.seat for row in known.seats}
    return rows + [
        {"id": f"seat-{seat}", "name": Seat(seat).label, "note": note, "nobody": True}
        for seat, note in EMPTY.items()
        if seat not in held
    ]


def their_side(known):
    """Rows of the map: their people with what they do, then the functions nobody reaches."""
    rows = [
        {"id": place.contact_id, "name": shown_name(place.contact), "note": duty(place),
         "url": place.contact.get_absolute_url()}
        for place in known.places
    ]  # fmt: skip
    return rows + [
        {"id": f"function-{function}", "name": Position.Function(function).label,
         "note": _("nobody known"), "nobody": True}
        for function in known.unreached()
    ]  # fmt: skip


def duty(place):
    """What a contact is at the customer, in a few words."""
    return place.title or place.get_function_display()


def line(thread):
    return {"ours": thread.person.pk, "theirs": thread.contact.pk, "strength": thread.tier,
            "leaving": thread.leaving}  # fmt: skip


def leaving_name(known):
    """The name of whoever is leaving, for the key of the picture."""
    return next((shown_name(p) for p in known.people if p.pk in known.leaving), "")


def create(request, pk):
    """Record that one of ours, oneself unless said otherwise, knows a contact."""
    contact, customer = editable_contact(request, pk)
    everybody = Person.objects.visible_to(request.user, Action.PERSON_VIEW)
    form = LinkForm(sent(request), people=everybody, initial={"person": request.user.username})

    def act(given):
        values = {name: given[name] for name in ("through", "since_on", "note")}
        return links.add(actor=request.user, customer=customer, contact=contact,
                         person=given["person"], values=values)  # fmt: skip

    if submitted(request, form, act):
        return done(request, contact, _("Link saved"))
    return show(request, "crm/links/new.html",
                {"form": form, "contact": contact, "colleagues": colleagues(request.user)},
                customers=[customer.pk], status=form_status(form))  # fmt: skip


def colleagues(person):
    """People of the own unit, offered while typing."""
    unit = home_unit(person)
    return members(unit)[:50] if unit else []


@require_POST
def end(request, pk):
    """A link is over."""
    link = get_visible_or_404(Link.objects.select_related("contact"), request, pk=pk)
    contact, customer = editable_contact(request, link.contact_id)
    links.end(actor=request.user, customer=customer, link=link)
    return done(request, contact, _("Link ended"))
