"""Sign-offs: the order of a case, what each person signs, and who did not."""

from allauth.account.decorators import reauthentication_required
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import Action, can
from accounts.selectors.content import said
from crm.models import Customer
from handover.forms.sign_offs import MissingForm, SignForm, WitnessForm
from handover.models import CustomerHandover, Departure, SignOff
from handover.selectors import sign_offs as selectors
from handover.services import sign_offs
from kit.digests import digest_of
from kit.errors import NotAllowed
from kit.web import done, form_page, form_status, get_visible_or_404, sent, show, submitted

both = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def index(request, pk):
    """Whose signature the case has, whose turn it is, and what is missing."""
    departure = get_visible_or_404(cases(), request, pk=pk)
    slots = selectors.slots(departure)
    rows = SignOff.objects.visible_to(request.user).filter(departure=departure)
    readable = set(rows.values_list("pk", flat=True))
    for slot in slots:
        slot.readable = slot.row is not None and slot.row.pk in readable
        slot.mine = selectors.is_theirs(slot, departure, request.user)
        slot.open = departure.state == "open" and selectors.may_sign(slot)
    runs = can(request.user, Action.DEPARTURE_RUN, departure)
    return show(request, "handover/sign_offs/index.html", {
        "departure": departure, "slots": slots, "runs": runs, "is_open": departure.state == "open",
        "signed": sum(slot.is_given for slot in slots),
    })  # fmt: skip


def cases():
    """Cases with the people that every page of them names."""
    return Departure.objects.select_related("person", "witness")


@both
def sign(request, pk, signer):
    """Read what one signs, tick both statements, sign; the password is asked for again."""
    departure = get_visible_or_404(cases(), request, pk=pk)
    if signer not in SignOff.Signer.values:
        raise Http404
    slot = selectors.slot_of(departure, request.user, signer)
    if slot is None:
        raise NotAllowed()
    return confirmed(request, departure=departure, slot=slot)


@reauthentication_required
def confirmed(request, departure, slot):
    """The page of signing, for somebody who has just shown who they are."""
    viewer = request.user
    content = selectors.to_sign(departure, slot, viewer)
    texts = [said(pair) for pair in content["statements"]]
    form = SignForm(sent(request), statements=texts, initial={"seen": digest_of(content)})

    def act(given):
        return sign_offs.sign(
            actor=viewer, departure=departure, signer=slot.signer, agreed=given["agreed"],
            seen=given["seen"],
        )  # fmt: skip

    if submitted(request, form, act):
        return done(request, reverse("handover:sign-offs", args=[departure.pk]), _("Signed."))
    if form_status(form) == 409:
        form.data = form.data.copy()
        form.data["seen"] = digest_of(content)
    rows = handovers(viewer, departure, content)
    return show(request, "handover/sign_offs/sign.html", {
        "departure": departure, "slot": slot, "form": form, "content": content, "rows": rows,
        "missing": told(content, rows), "digest": digest_of(content),
        "may_sign": departure.state == "open" and selectors.may_sign(slot),
    }, customers=[row.customer_id for row in rows], status=form_status(form))  # fmt: skip


def handovers(viewer, departure, content):
    """The customers of what is signed, as far as the signer sees them."""
    rows = CustomerHandover.objects.visible_to(viewer).filter(
        pk__in=[one["handover"] for one in content["customers"]]
    )
    rows = list(rows.select_related("customer", "successor").order_by("place", "pk"))
    known = Customer.objects.visible_to(viewer).filter(pk__in=[row.customer_id for row in rows])
    linked = set(known.values_list("pk", flat=True))
    met = {one["customer"]: len(one["contacts"]) for one in content.get("contacts", ())}
    for row in rows:
        row.links, row.met = row.customer_id in linked, met.get(row.customer_id)
    return rows


def told(content, rows):
    """What is missing in words; a customer is named only where the signer sees them."""
    names = {row.pk: row.customer.name for row in rows}
    return [
        {"what": said({"en": one["label"], "zh": one["label_zh"]}),
         "customer": names.get(one["handover"], "")}
        for one in content["missing"]
    ]  # fmt: skip


@require_safe
def detail(request, pk, sign_off):
    """One signature as it was given: the statements, what was missing then, and its digest."""
    departure = get_visible_or_404(cases(), request, pk=pk)
    row = get_visible_or_404(
        SignOff.objects.filter(departure=departure).select_related("person", "made_by"), request,
        pk=sign_off,
    )  # fmt: skip
    rows = handovers(request.user, departure, row.content)
    return show(request, "handover/sign_offs/show.html", {
        "departure": departure, "row": row, "missing": told(row.content, rows), "rows": rows,
        "statements": [said(pair) for pair in row.content["statements"]],
    }, customers=[one.customer_id for one in rows])  # fmt: skip


@both
def missing(request, pk, signer):
    """HR notes why somebody did not sign. ?person= names one of several successors."""
    departure = runnable(request, pk)
    if signer not in set(SignOff.Signer.values) - {"hr"}:
        raise Http404
    given = request.GET.get("person") or request.POST.get("person") or ""
    people = [one for one in selectors.successors(departure) if str(one.pk) == given]
    if signer == SignOff.Signer.SUCCESSOR and not people:
        raise Http404
    form = MissingForm(sent(request))

    def act(said_):
        return sign_offs.note_missing(
            actor=request.user, departure=departure, signer=signer, why=said_["why"],
            person=people[0] if signer == SignOff.Signer.SUCCESSOR else None,
        )  # fmt: skip

    back = reverse("handover:sign-offs", args=[departure.pk])
    if submitted(request, form, act):
        return done(request, back, _("Noted."))
    note = _("Everybody who signs afterwards reads this. %(who)s") % {
        "who": SignOff.Signer(signer).label
    }
    return form_page(request, form, _("Note that it was not signed"), back, note=note)


@both
def witness(request, pk):
    """Name the witness."""
    departure = runnable(request, pk)
    form = WitnessForm(
        sent(request), people=selectors.witnesses(departure),
        initial={"person": departure.witness_id},
    )  # fmt: skip

    def act(given):
        return sign_offs.name_witness(
            actor=request.user, departure=departure, person=given["person"]
        )

    back = reverse("handover:sign-offs", args=[departure.pk])
    if submitted(request, form, act):
        return done(request, back, _("The witness is named."))
    note = _("Somebody neutral: neither the leaver nor a successor nor the supervisor.")
    return form_page(request, form, _("Name the witness"), back, note=note)


def runnable(request, pk):
    """The case of the address, if the viewer runs it; else 403, or the 404 where it is out of sight."""
    departure = get_visible_or_404(cases(), request, pk=pk)
    if not can(request.user, Action.DEPARTURE_RUN, departure):
        raise NotAllowed()
    return departure
