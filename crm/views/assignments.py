"""Who looks after whom now: what lacks somebody, what is on its way, and choosing what to move."""

from functools import wraps

from django.contrib import messages
from django.http import Http404, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.access import Action, Reach, reach
from accounts.models import Unit
from accounts.selectors.org import units_led_by
from crm.filters import assignments as filters
from crm.filters.typed import keys
from crm.models import Customer, Selection
from crm.seats import Seat
from crm.selectors import assignment_list
from crm.selectors import assignments as ask
from crm.services import saved_views
from kit.errors import NotAllowed, Refused
from kit.templatetags.words import grouped, shown_name
from kit.web import done, page_number, paged, show

HOME = "crm:assignments"
TRANSFER = "crm:transfer-new"


def for_leads(view):
    """A page for those who lead people, or everybody."""

    @wraps(view)
    def run(request):
        if reach(request.user, Action.SEAT_ASSIGN) < Reach.TEAM:
            raise NotAllowed()
        return view(request)

    return run


@require_safe
@for_leads
def index(request):
    """The customers one may give to somebody, by account manager."""
    asked = filters.read(request.GET, request.user)
    page = assignment_list.page(request.user, asked.condition(request.user), page_number(request))
    paged(request, page.rows, [row.customer.pk for row in page.rows])
    opened = request.GET.get("filter") == "open"
    return show(request, "crm/assignments/index.html", {
        "asked": asked, "page": page, "says": says(page.counts), "most": assignment_list.COUNT_UP_TO,
        "tabs": tabs(asked, page.counts), "chips": chips(asked), "query": asked.query,
        "alarming": page.counts["vacant"] or page.counts["away"],
        "opened": opened, "tiers": Customer.Tier.values,
        "units": units(request.user) if opened else (), "first": first(asked),
        "next": page.number + 1 if page.more else None,
        "previous": page.number - 1 if page.number else None,
    })  # fmt: skip


def says(counts):
    """The page in one sentence: what is worst first."""
    found = [part for part in (vacant(counts), away(counts), no_backup(counts)) if part]
    return found[0] if found else _("Every customer has an account manager and a backup.")


def vacant(counts):
    """So many without an account manager, or nothing."""
    text = ngettext(
        "%(n)s customer has no account manager.", "%(n)s customers have no account manager.",
        counts["vacant"],
    )  # fmt: skip
    return counts["vacant"] and text % {"n": grouped(counts["vacant"])}


def away(counts):
    text = ngettext(
        "The account manager of %(n)s customer is away or leaving.",
        "The account managers of %(n)s customers are away or leaving.", counts["away"],
    )  # fmt: skip
    return counts["away"] and text % {"n": grouped(counts["away"])}


def no_backup(counts):
    text = ngettext(
        "%(n)s customer has no backup.", "%(n)s customers have no backup.", counts["no-backup"]
    )
    return counts["no-backup"] and text % {"n": grouped(counts["no-backup"])}


def tabs(asked, counts):
    """What can be looked at, with figures; the other filters stay."""
    found = []
    for state, label in filters.STATES.items():
        query = QueryDict(asked.query, mutable=True)
        query.pop("state", None)
        if state:
            query["state"] = state
        url = f"{reverse(HOME)}?{query.urlencode()}" if query else reverse(HOME)
        number = grouped(counts[state or "all"])
        found.append({"url": url, "label": label, "count": number,
                      "current": state == asked.state})  # fmt: skip
    return found


def chips(asked):
    """Filters in force: (label, value, parameter)."""
    found = [
        (_("Tier"), ", ".join(asked.tiers), "tier"),
        (_("Looked after by"), asked.person and shown_name(asked.person), "person"),
        (_("Team or department"), asked.unit and str(asked.unit), "unit"),
    ]
    return [chip for chip in found if chip[1]]


def first(asked):
    """The act that stands first: a backup is what those lack who have none."""
    return "backup" if asked.state == "no-backup" else "transfer"


def units(viewer):
    """Units to choose from, as a tree: those one leads, or all."""
    found = Unit.objects.with_tree_fields()
    if reach(viewer, Action.SEAT_ASSIGN) < Reach.ALL:
        found = found.filter(pk__in=units_led_by(viewer))
    return found


# -- choosing --------------------------------------------------------------------------------------
@require_POST
@for_leads
def select(request):
    """Freeze what is ticked, or all that match, and go on to the transfer, or to the frozen list."""
    act = request.POST.get("act", "")
    if act not in ("transfer", "backup", "all"):
        raise Http404
    asked = filters.read(QueryDict(request.POST.get("query", "")[:4_000]), request.user)
    try:
        chosen = frozen(request, act, asked)
    except NotAllowed:
        raise
    except Refused as refused:
        messages.error(request, str(refused.message))
        return done(request, f"{reverse(HOME)}?{asked.query}")
    if chosen is None:
        messages.error(request, _("Select a customer first"))
        return done(request, f"{reverse(HOME)}?{asked.query}")
    if act == "all":
        return done(request, reverse("crm:selection", args=[chosen.pk]))
    seat = f"&seat={Seat.BACKUP}" if act == "backup" else ""
    return done(request, f"{reverse(TRANSFER)}?selection={chosen.pk}{seat}")


def frozen(request, act, asked):
    """The selection made of what was posted; None where that is nothing."""
    if act == "all":
        picked = ask.keys(request.user, asked.condition(request.user), Selection.MOST + 1)
    else:
        picked = ask.changeable(request.user, keys(request.POST.getlist("pick")))
    return saved_views.pick(actor=request.user, selection=None, shown=[], picked=picked, filters="")
