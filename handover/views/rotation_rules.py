"""The rules of rotation, and what other numbers would change today."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import Action, Reach, can, reach
from accounts.selectors.content import said
from handover.forms.rotation import RULES, RulesForm
from handover.selectors import rotation
from handover.selectors import rotation_rules as ask
from handover.services import rotation_rules
from kit.errors import NotAllowed
from kit.web import done, form_status, sent, show, submitted


@require_http_methods(["GET", "HEAD", "POST"])
def index(request):
    """The numbers of the policy; some change them, after a look at what that would do."""
    may = can(request.user, Action.RULES_EDIT)
    if not may and (request.method == "POST" or reach(request.user, Action.SEAT_HISTORY) < Reach.OWN):  # fmt: skip
        raise NotAllowed()
    known = ask.numbers()
    form = RulesForm(sent(request), initial=known | {"version": ask.mark()})
    simulate = request.method == "POST" and request.POST.get("act") != "save"
    context = {"form": form, "may": may, "totals": None,
               "rules": [(RULES[name], value) for name, value in known.items()],
               "tiers": [(part["tier"], said(part["introduction"])) for part in rotation.policy()["tiers"]]}  # fmt: skip
    if simulate and form.is_valid():
        context["totals"], context["effects"] = ask.simulated(request.user, form.values())
    elif not simulate and submitted(request, form, lambda data: saved(request, form)):
        return done(request, reverse("handover:rotation-rules"), _("Saved. It counts from now on."))
    return show(request, "handover/rotation/rules.html", context, status=form_status(form))


def saved(request, form):
    return rotation_rules.change(
        actor=request.user, values=form.values(), version=form.cleaned_data["version"]
    )
