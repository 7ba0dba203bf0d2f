"""Rates of currencies: the table, a new one, another worth."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import Action, can
from crm.forms.trade import RateEditForm, RateForm
from crm.models import Rate
from crm.selectors.trade import company_currency
from crm.services import rates
from kit.errors import NotAllowed
from kit.web import done, form_page, get_visible_or_404, sent, show, submitted

both = require_http_methods(["GET", "HEAD", "POST"])
MOST = 500


@require_safe
def index(request):
    """All rates, by currency, the latest first."""
    if not can(request.user, Action.TRADE_VIEW):
        raise NotAllowed()
    context = {
        "rates": Rate.objects.visible_to(request.user)[:MOST], "currency": company_currency(),
        "may_edit": can(request.user, Action.RATE_EDIT),
    }  # fmt: skip
    return show(request, "crm/trade/rates.html", context)


@both
def create(request):
    """A rate from a day on."""
    if not can(request.user, Action.RATE_EDIT):
        raise NotAllowed()
    form = RateForm(sent(request))
    home = reverse("crm:rates")
    if submitted(request, form, lambda given: rates.record_rate(actor=request.user, values=given)):
        return done(request, home, _("Rate recorded"))
    return form_page(request, form, _("New rate"), home, note=meaning())


@both
def edit(request, pk):
    """Another worth for the same day."""
    one = get_visible_or_404(Rate, request, pk=pk)
    if not can(request.user, Action.RATE_EDIT):
        raise NotAllowed()
    form = RateEditForm(sent(request), initial={"rate": one.rate, "version": one.version})

    def act(given):
        return rates.change_rate(
            actor=request.user, rate=one, value=given["rate"], version=given["version"]
        )

    home = reverse("crm:rates")
    if submitted(request, form, act):
        return done(request, home, _("Rate saved"))
    about = f"{one.currency} · {one.since.isoformat()}"
    return form_page(request, form, _("Change the rate"), home, about=about, note=meaning())


def meaning():
    """What the number says."""
    text = _("How much one unit of the currency is worth in %(currency)s.")
    return text % {"currency": company_currency()}
