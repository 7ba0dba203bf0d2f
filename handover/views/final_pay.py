"""The day of the final pay in one case, and the rules it comes from."""

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.selectors.content import said
from handover.forms.final_pay import COUNTS, DecideForm, RuleForm
from handover.models import Departure
from handover.selectors import final_pay as ask
from handover.services import final_pay
from handover.views.departures import found, plan_url
from handover.views.templates import editing
from kit.digests import digest_of
from kit.errors import Conflict
from kit.web import done, form_page, form_status, sent, show, submitted

both = require_http_methods(["GET", "HEAD", "POST"])
NEW = "new"


@both
def decide(request, pk):
    """On which day the wages of a leaver are paid."""
    departure = found(request, pk)
    pay = ask.of(departure)
    if pay is None:
        raise Http404
    known = {"day": pay.day, "why": departure.pay_why, "version": departure.version}
    form = DecideForm(sent(request), initial=known)

    def act(data):
        return final_pay.decide(actor=request.user, departure=departure, **data)

    if submitted(request, form, act):
        return done(request, plan_url(departure), _("Saved."))
    return form_page(request, form, _("Day of the final pay"), plan_url(departure),
                     note=pay.note, about=departure.person)  # fmt: skip


@require_safe
def rules(request):
    """The rules in their order: the first that fits counts."""
    editing(request)
    kinds, counts = dict(Departure.Kind.choices), dict(COUNTS)
    rows = [
        one | {"kinds": [kinds[kind] for kind in one["kinds"] if kind in kinds],
               "count": counts.get(one["count"], one["count"]), "source": said(one["source"])}
        for one in ask.rules()
    ]  # fmt: skip
    return show(request, "handover/templates/pay_rules.html",
                {"rows": rows, "note": said(ask.section()["note"])})  # fmt: skip


@both
def rule(request, rule):
    """Change a rule, or add one."""
    editing(request)
    found = next((one for one in ask.rules() if one["id"] == rule), None)
    if found is None and rule != NEW:
        raise Http404
    known = found and found | {"seen": digest_of(found)}
    known = known and known | {f"source_{name}": text for name, text in found["source"].items()}
    form = RuleForm(sent(request), initial=known)

    def act(given):
        return final_pay.set_rule(actor=request.user, rule=None if rule == NEW else rule,
                                  values=form.values(), seen=given["seen"])  # fmt: skip

    if submitted(request, form, act):
        return done(request, reverse("handover:pay-rules"), _("Saved."))
    if found and isinstance(getattr(form, "refused", None), Conflict):
        form.data = form.data.copy()
        form.data["seen"] = digest_of(found)
    return show(request, "handover/templates/pay_rule.html",
                {"form": form, "rule": found}, status=form_status(form))  # fmt: skip


@require_POST
def remove(request, rule):
    """Take a rule away."""
    editing(request)
    final_pay.remove_rule(actor=request.user, rule=rule)
    return done(request, reverse("handover:pay-rules"), _("The rule is removed."))
