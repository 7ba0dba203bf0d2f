"""Who looks after which region: all of them, one person's, given and ended."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Action, can
from accounts.selectors import people
from crm.forms.territories import TerritoryForm
from crm.models import Territory
from crm.selectors import territories as selectors
from crm.services import territories
from kit.errors import NotAllowed
from kit.web import back, done, form_page, get_visible_or_404, sent, show, submitted


@require_safe
def index(request):
    """Every region with who looks after it."""
    if not can(request.user, Action.PERSON_VIEW):
        raise NotAllowed()
    context = {"places": selectors.picture(), "may_edit": can(request.user, Action.ORG_EDIT)}
    return show(request, "crm/territories/index.html", context)


@require_safe
def of_person(request, pk):
    """A person's regions: a page, or with `?panel=1` the panel of the person's page."""
    person = get_visible_or_404(people.directory(), request, pk=pk)
    panel = request.GET.get("panel") == "1"
    context = {
        "person": person, "territories": selectors.of_person(person),
        "may_edit": can(request.user, Action.ORG_EDIT),
    }  # fmt: skip
    return show(request, f"crm/territories/{'panel' if panel else 'person'}.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def give(request, pk):
    """Put a region into a person's care."""
    person = get_visible_or_404(people.directory(), request, pk=pk)
    if not can(request.user, Action.ORG_EDIT):
        raise NotAllowed()
    form = TerritoryForm(sent(request))
    home = reverse("crm:person-territories", args=[pk])
    if submitted(
        request, form, lambda given: territories.give(actor=request.user, person=person, **given)
    ):
        return done(request, home, _("The region is in this person's care."))
    note = _("It says who looks after a region, and gives no sight of customers.")
    return form_page(request, form, _("Add a region"), home, about=person, note=note)


@require_POST
def end(request, pk):
    """End the care of a region."""
    territory = get_visible_or_404(Territory, request, pk=pk)
    territories.end(actor=request.user, territory=territory)
    home = reverse("crm:person-territories", args=[territory.person_id])
    return done(request, back(request, home), _("The care of this region has ended."))
