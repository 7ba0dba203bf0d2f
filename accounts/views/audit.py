"""The trail: who did what, as sentences; reading it is itself written down."""

from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import Action, Reach, reach
from accounts.forms.audit import TrailFilters
from accounts.models import TrailEntry
from accounts.selectors import audit, sentences
from accounts.services import trail as verbs
from kit.errors import NotAllowed
from kit.web import paged, show


@require_safe
def index(request):
    """One page of the trail, the newest entries first."""
    width = reach(request.user, Action.TRAIL_VIEW)
    if width == Reach.NONE:
        raise NotAllowed()
    form = TrailFilters(request.GET)
    filters = (
        {name: value for name, value in form.cleaned_data.items() if value}
        if form.is_valid()
        else {}
    )
    entries = audit.trail(request.user, zone=timezone.get_current_timezone(), **filters)
    if not form.is_valid():
        entries = TrailEntry.objects.none()
    rows, newer, older = audit.page_of(
        entries, after=key(request, "after"), before=key(request, "before")
    )
    told = sentences.Reader(request.user, rows).told()
    paged(request, told, set().union(*(one.customers for one in told)))
    if width > Reach.OWN and request.method == "GET":
        verbs.read(actor=request.user, about={name: str(value) for name, value in filters.items()})
    page = {
        "form": form, "told": told, "newer": newer, "older": older, "filters": filters,
        "state": audit.chain_state(), "area": dict(form.fields["area"].choices).get(filters.get("area")),
    }  # fmt: skip
    return show(request, "accounts/audit/index.html", page, status=200 if form.is_valid() else 422)


def key(request, name):
    """A number of the address; what is none counts as not given."""
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
