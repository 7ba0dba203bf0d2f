"""The overview of who leads people, and the risks behind its numbers."""

from django.http import Http404
from django.views.decorators.http import require_safe

from accounts.access import Action, can
from crm.selectors import cadence, capacity
from crm.selectors.trade import company_currency
from handover.selectors import needs, overview_facts
from handover.selectors import overview as ask
from handover.selectors import overview_pictures as pictures
from handover.selectors import overview_tiles as tiles
from kit.web import show

PEOPLE = 10


@require_safe
def index(request):
    """Six numbers, what waits for the reader, pictures, and the people with their books."""
    period = request.GET.get("period", "")
    period = period if period in ask.PERIODS else "month"
    made = found(request, period)
    everybody = request.GET.get("people") == "all"
    context = common(made) | {
        "tiles": tiles.of(made, period), "period": period, "periods": tiles.PERIODS,
        "needs": needs.of(request.user), "panels": pictures.all_of(made, without=pictures.files),
        "books": made.books if everybody else made.books[:PEOPLE], "everybody": everybody,
        "assigns": can(request.user, Action.SEAT_ASSIGN),
    }  # fmt: skip
    return show(request, "handover/overview/index.html", context)


@require_safe
def risk(request):
    """Each risk as one sentence, one picture, the ten that matter most and the way to mend it."""
    made = found(request)
    panels = pictures.all_of(made, without=pictures.shares)
    items = [item for panel in panels for item in panel.items if item.customer_id]
    named = overview_facts.named({item.customer_id for item in items})
    for item in items:
        item.customer = named.get(item.customer_id)
    context = common(made) | {"panels": panels, "days": cadence.DAYS}
    return show(request, "handover/overview/risk.html", context, customers=list(named))


def found(request, period=None):
    """The Overview of the reader; who leads nobody has none."""
    if not ask.has_overview(request.user):
        raise Http404
    return ask.of(request.user, period)


def common(made):
    """What both pages show."""
    return {"made": made, "currency": company_currency(), "weights": capacity.shown_weights()}
