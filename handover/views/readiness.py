"""My handover readiness: the figures that one's lead sees, with what one can do about each."""

from django.views.decorators.http import require_safe

from accounts.access import Action, can
from accounts.selectors.org import supervisor_of
from handover.selectors import exposure as ask
from handover.selectors import exposure_page
from kit.errors import NotAllowed
from kit.web import page_number, show

ROWS = 20


@require_safe
def index(request):
    """One's own exposure as help: a page, or with `?panel=1` the panel of Today."""
    person = request.user
    if not can(person, Action.EXPOSURE_VIEW):
        raise NotAllowed()
    known = ask.of(person, [person])
    if request.GET.get("panel") == "1":
        return show(request, "handover/exposure/panel.html", {"exposure": known})
    view = request.GET.get("view", "")
    view = view if view in ask.VIEWS else ""
    rows, number = known.having(view), page_number(request)
    context = {
        "exposure": known, "view": view, "total": len(rows), "steps": [], "owing": [],
        "rows": exposure_page.shown(known, rows[number * ROWS : (number + 1) * ROWS]),
        "tiles": exposure_page.tiles(known, view), "picture": None,
        "supervisor": supervisor_of(person), "may_log": can(person, Action.ACTIVITY_LOG),
        "may_edit": can(person, Action.CUSTOMER_EDIT),
        "previous": number - 1 if number else None,
        "next": number + 1 if rows[(number + 1) * ROWS :] else None,
    }  # fmt: skip
    customers = exposure_page.disclosed(context)
    return show(request, "handover/exposure/readiness.html", context, customers=customers)
