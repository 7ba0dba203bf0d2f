"""What may be kept of households: seen, asked for, agreed to and taken back."""

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Action, can
from crm.forms.private_switches import SwitchForm
from crm.models import PrivateSwitch
from crm.models.private_file import Sight
from crm.selectors import private_fields
from crm.services import private_switches
from kit.errors import NotAllowed
from kit.web import done, form_page, get_visible_or_404, sent, show, submitted


def deciding(request):
    """Decisions are seen and made by those who may make them."""
    if not can(request.user, Action.PRIVATE_SWITCH):
        raise NotAllowed()


def home():
    return reverse("crm:private-file")


@require_safe
def index(request):
    """Each field of households: off, waiting for a second person, or on."""
    deciding(request)
    fields = [one for one in private_fields.fields() if one.guard == Sight.HOUSEHOLD]
    context = {"fields": fields, "viewer_key": request.user.pk, "rules": private_fields.rules(),
               "rules_title": _("What we promise")}  # fmt: skip
    return show(request, "crm/private_switches/index.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request, field):
    """Say why, on what basis and how long a field is to be kept."""
    deciding(request)
    one = private_fields.field(field)
    if one is None or one.guard != Sight.HOUSEHOLD:
        raise Http404
    known = {"purpose": one.purpose, "basis": one.basis, "retention_days": one.days}
    form = SwitchForm(sent(request), initial=known)

    def act(given):
        return private_switches.ask(actor=request.user, field=field, values=given)

    if submitted(request, form, act):
        return done(request, home(), _("Asked. Nothing is kept before a second person has agreed."))
    return form_page(request, form, one.label, home(), submit=_("Ask to keep it"), note=one.help)


@require_POST
def agree(request, pk):
    """A second person agrees."""
    switch = get_visible_or_404(PrivateSwitch, request, Action.PRIVATE_SWITCH, pk=pk)
    private_switches.agree(actor=request.user, switch=switch)
    return done(request, home(), _("Agreed. It may be kept from now on."))


@require_POST
def end(request, pk):
    """It is not to be kept any longer."""
    switch = get_visible_or_404(PrivateSwitch, request, Action.PRIVATE_SWITCH, pk=pk)
    private_switches.end(actor=request.user, switch=switch)
    return done(
        request, home(), _("Off. What was kept is gone from every page and erased within a day.")
    )
