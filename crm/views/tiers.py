"""Tiers: why a customer has its tier, setting it by hand, and the formula."""

from copy import deepcopy

from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import Action, can
from accounts.selectors.content import content
from crm.forms.tiers import FormulaForm, TierForm
from crm.models import Customer
from crm.selectors import tiers as asked
from crm.services import tiers
from kit.errors import NotAllowed
from kit.web import done, form_status, get_allowed_or_403, get_visible_or_404, sent, show, submitted

both = require_http_methods(["GET", "HEAD", "POST"])


@both
def customer(request, pk):
    """Why a customer has its tier; who may set it by hand does so here."""
    viewer = request.user
    if request.method == "POST":
        customer = get_allowed_or_403(Customer, request, Action.CUSTOMER_TIER, pk=pk)
    else:
        customer = get_visible_or_404(Customer, request, pk=pk)
    form = TierForm(sent(request), initial={"tier": customer.tier})

    def act(given):
        return tiers.override(actor=viewer, customer=customer, tier=given["tier"],
                              until=given["until"], reason=given["reason"])  # fmt: skip

    if submitted(request, form, act):
        return done(request, customer, _("Tier set"))
    context = {
        "customer": customer, "form": form, "why": asked.why(viewer, customer, Action.TRADE_VIEW),
        "may_tier": can(viewer, Action.CUSTOMER_TIER, customer),
        "sees_trade": can(viewer, Action.TRADE_VIEW, customer),
        "may_define": can(viewer, Action.CONTENT_EDIT),
    }  # fmt: skip
    return show(request, "crm/tiers/customer.html", context, customers=[pk],
                status=form_status(form))  # fmt: skip


@require_POST
def end(request, pk):
    """End a tier that was set by hand."""
    customer = get_allowed_or_403(Customer, request, Action.CUSTOMER_TIER, pk=pk)
    tiers.end_override(actor=request.user, customer=customer)
    counts = asked.formula().applies
    text = _("The formula counts again") if counts else _("The tier is as before")
    return done(request, customer, text)


@both
def formula(request):
    """The formula: weights and limits, tried on the customers of today before they are saved."""
    if not can(request.user, Action.CONTENT_EDIT):
        raise NotAllowed()
    body = content(asked.DOCUMENT)
    form = FormulaForm(sent(request), formula=asked.formula(body), body=body)

    def act(given):
        return tiers.change_formula(actor=request.user, seen=given["seen"], **form.values())

    def attempt(_given):
        tiers.sound(form.values()["weights"], form.values()["limits"])
        return asked.formula(tiers.changed(deepcopy(body), **form.values()))

    trying, tried = "try" in request.POST, asked.formula(body)
    if trying:
        tried = submitted(request, form, attempt) or tried
    elif submitted(request, form, act):
        return done(request, reverse("crm:tiers"), told(asked.formula()))
    moves = asked.moves(request.user, Action.TRADE_VIEW, tried)
    context = {"form": form, "formula": tried, "moves": moves, "tried": trying}
    return show(request, "crm/tiers/formula.html", context, status=form_status(form))


def told(saved):
    """What becomes of customers under the formula that was saved."""
    if saved.applies:
        return _("Saved. Customers follow in the next night.")
    return _("Saved. Points are counted and shown; tiers stay.")
