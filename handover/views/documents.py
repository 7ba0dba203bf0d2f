"""Documents that are handed over, and channels and things that come back."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from handover.forms.documents import BackForm, DocumentForm, ThingForm, TickForm
from handover.models import CustomerHandover, HandoverDocument, HeldThing
from handover.selectors import documents as selectors
from handover.services import documents
from handover.views.sign_offs import cases
from kit.errors import NotAllowed
from kit.web import done, form_page, get_visible_or_404, sent, show, submitted

both = require_http_methods(["GET", "HEAD", "POST"])


def shown_case(request, pk):
    """The case of the address, as its viewer may see it; else the 404."""
    return get_visible_or_404(cases(), request, pk=pk)


def at(name, departure):
    return reverse(f"handover:{name}", args=[departure.pk])


# -- documents -------------------------------------------------------------------------------------
@require_safe
def index(request, pk):
    """The documents of a case, and what became of them."""
    departure, viewer = shown_case(request, pk), request.user
    rows = selectors.listed(viewer, departure)
    receives, whole = selectors.may_receive(viewer, departure), selectors.runs(viewer, departure)
    for row in rows:
        mine = receives if row.handover is None else row.handover.successor_id == viewer.pk
        row.may_tick = departure.state == "open" and (whole or mine)
        row.may_tick = row.may_tick and viewer.pk != departure.person_id
    return show(request, "handover/documents/index.html", {
        "departure": departure, "rows": rows,
        "received": sum(row.state != "expected" for row in rows),
        "may_list": departure.state == "open" and selectors.may_list(viewer, departure),
    }, customers={row.handover.customer_id for row in rows if row.handover})  # fmt: skip


@both
def create(request, pk):
    """Add a line to the list."""
    departure = shown_case(request, pk)
    if not selectors.may_list(request.user, departure):
        raise NotAllowed()
    mine = CustomerHandover.objects.visible_to(request.user).filter(departure=departure)
    mine = mine.select_related("customer").order_by("place")
    form = DocumentForm(sent(request), handovers=mine)

    def act(given):
        return documents.add(actor=request.user, departure=departure, values=given)

    if submitted(request, form, act):
        return done(request, at("documents", departure), _("Added to the list."))
    return form_page(request, form, _("Add a document"), at("documents", departure))


@require_POST
def expect(request, pk):
    """Put the usual documents of the customers on the list."""
    departure = shown_case(request, pk)
    made = documents.expect(actor=request.user, departure=departure)
    text = _("%(number)s lines added.") % {"number": len(made)}
    return done(request, at("documents", departure), text)


@both
def tick(request, pk, document):
    """Say what became of a document."""
    departure = shown_case(request, pk)
    rows = HandoverDocument.objects.filter(departure=departure).select_related("handover__customer")
    row = get_visible_or_404(rows, request, pk=document)
    if not selectors.may_tick(request.user, departure, row):
        raise NotAllowed(_("Whoever receives it says so, not whoever gives it."))
    first = {"state": "received" if row.state == "expected" else row.state,
             "why": row.reason, "version": row.version}  # fmt: skip
    form = TickForm(sent(request), initial=first)

    def act(given):
        return documents.tick(actor=request.user, departure=departure, document=row, **given)

    if submitted(request, form, act):
        return done(request, at("documents", departure), _("Saved."))
    customer = row.handover.customer.name if row.handover else ""
    note = " · ".join(filter(None, [row.get_kind_display(), row.title, customer]))
    return form_page(
        request, form, _("Has it been received?"), at("documents", departure), note=note
    )


# -- channels and things ---------------------------------------------------------------------------
@require_safe
def held(request, pk):
    """What the leaver still holds by the registry, and the channels and things that come back."""
    departure, viewer = shown_case(request, pk), request.user
    rows = HeldThing.objects.visible_to(viewer).filter(departure=departure)
    rows = rows.select_related("taker", "done_by")
    groups = selectors.registry(viewer, departure)
    keeps = selectors.may_keep(viewer, departure)
    return show(request, "handover/documents/held.html", {
        "departure": departure, "rows": rows, "groups": groups,
        "to_hand_over": sum(group.open for group in groups if group.becomes == "transfer"),
        "may_keep": departure.state == "open" and keeps,
        "may_add": departure.state == "open" and (keeps or viewer.pk == departure.person_id),
    })  # fmt: skip


@both
def add_thing(request, pk):
    """Note a channel or a thing that the leaver has."""
    departure, viewer = shown_case(request, pk), request.user
    if viewer.pk != departure.person_id and not selectors.may_keep(viewer, departure):
        raise NotAllowed()
    form = ThingForm(sent(request))

    def act(given):
        return documents.add_thing(actor=viewer, departure=departure, values=given)

    if submitted(request, form, act):
        return done(request, at("held", departure), _("Added to the list."))
    return form_page(request, form, _("Add a channel or a thing"), at("held", departure))


@both
def take_back(request, pk, thing):
    """Say who has a thing now."""
    departure = shown_case(request, pk)
    row = get_visible_or_404(HeldThing.objects.filter(departure=departure), request, pk=thing)
    if not selectors.may_keep(request.user, departure):
        raise NotAllowed(_("Whoever receives it says so, not whoever gives it."))
    first = {"taker": row.taker_id, "proof": row.proof, "version": row.version}
    form = BackForm(sent(request), people=selectors.takers(departure), initial=first)

    def act(given):
        return documents.take_back(actor=request.user, departure=departure, thing=row, **given)

    if submitted(request, form, act):
        return done(request, at("held", departure), _("Saved."))
    return form_page(
        request, form, _("Mark as returned"), at("held", departure), note=row.title,
        submit=_("Mark as returned"),
    )  # fmt: skip
