"""The list of customers: views, filters, columns, search, orders, and what is selected in it."""

from django.http import HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_safe

from accounts.access import Action, can
from crm.access import sight_of
from crm.filters import customers as filters
from crm.models import Customer, Industry, Region
from crm.selectors import customer_list, saved_views
from crm.selectors import customers as rows
from crm.selectors.thread_list import MOST, SIDES
from kit.templatetags.words import day_words, shown_name
from kit.web import paged, show

PAGE = 25
PICKED = "picked"  # where the session keeps the key of the selection that has been begun
ORDERS = {
    "name": _lazy("Name"),
    "-activity": _lazy("Latest activity first"),
    "activity": _lazy("Longest without activity first"),
    "tier": _lazy("Tier"),
    "status": _lazy("Status"),
    "region": _lazy("Region"),
    "file": _lazy("Least complete file first"),
}


@require_safe
def index(request):
    """The customers one sees: views, filters, search, two orders that any size allows."""
    asked = filters.read(request.GET, request.user)
    acts = saved_views.acts_for(request.user)
    source = saved_views.riding(
        rows.list_rows(asked.columns, request.user),
        request.user,
        request.session.get(PICKED) if acts else None,
    )
    page = customer_list.page(
        request.user, sort=asked.sort, term=asked.term, limit=PAGE, rows=source,
        filters=asked.condition(request.user),
        after=request.GET.get("after", ""), before=request.GET.get("before", ""),
    )  # fmt: skip
    beside = saved_views.beside(page.rows, request.user)
    if beside.start and not request.GET:
        return HttpResponseRedirect(address(beside.start))
    paged(request, page.rows, [customer.pk for customer in page.rows])
    context = found(request, asked, page) | tabs(request, asked, beside)
    context |= picking(request, asked, page, beside, acts)
    if request.htmx and not request.htmx.history_restore_request:
        return render(request, "crm/customers/found.html", context)
    return show(request, "crm/customers/index.html", context | opened(request, asked))


def found(request, asked, page):
    """Context: the rows, and how they were asked for."""
    sight = sight_of(request.user)
    return {
        "asked": asked, "page": page, "rows": [rows.row(customer, sight) for customer in page.rows],
        "columns": [(name, filters.COLUMNS[name]) for name in asked.columns],
        "chips": chips(asked), "most": customer_list.COUNT_UP_TO,
        "may_create": can(request.user, Action.CUSTOMER_CREATE),
    }  # fmt: skip


def address(view):
    """Where the list shows a saved view."""
    query = filters.address(view.filters, view.columns, view.sort, saved=view.id)
    return f"{reverse('crm:customers')}?{query}"


def tabs(request, asked, beside):
    """Context: the system's views and the saved ones as tabs; a search stays while one changes
    between those of the system.
    """
    saved = beside.view(asked.saved)
    kept = QueryDict(mutable=True) if saved else request.GET.copy()
    for parameter in ("after", "before", "view", "filter", "saved"):
        kept.pop(parameter, None)
    items = []
    for name, label in filters.views_for(request.user).items():
        query = kept.copy()
        if name != "all" or beside.start:
            query["view"] = name
        url = f"{request.path}?{query.urlencode()}" if query else request.path
        items.append({"url": url, "label": label, "current": not saved and name == asked.view})
    for view in beside.views:
        label = view.name if view.is_mine else f"{view.name} · {shown_name(view.maker)}"
        items.append({"url": address(view), "label": label, "current": view is saved})
    here = filters.address(asked.filters, asked.own_columns, asked.sort)
    return {
        "views": items, "saved": saved, "here": here, "manages": bool(beside.views),
        "is_changed": bool(saved) and here != filters.address(saved.filters, saved.columns, saved.sort),
        "left_out": bool(saved) and filters.left_out(request.GET, asked),
    }  # fmt: skip


def picking(request, asked, page, beside, acts):
    """Context: what is selected of this list. Another list, or none of it left, is nothing selected."""
    said = filters.address(asked.filters)
    picked = beside.picked if beside.picked.get("filters") == said else {}
    if not picked and page.rows:
        request.session.pop(PICKED, None)
    return {"acts": acts} | bar(request, page.total, picked.get("id"), picked.get("ids", []))


def bar(request, total, key, ids):
    """Context of the bar: the selection's key, what is in it, and whether it is all there is."""
    return {"picked": set(ids), "picked_key": key, "matching": total,
            "picked_all": bool(ids) and len(ids) == total}  # fmt: skip


def chips(asked):
    """Filters in force: (label, value, parameter)."""
    labels = dict(Customer.Status.choices)
    found = [
        (
            pgettext("list", "View"),
            asked.saved and asked.view != "all" and filters.VIEWS[asked.view],
            "view",
        ),
        (_("Tier"), ", ".join(asked.tiers), "tier"),
        (_("Status"), ", ".join(str(labels[status]) for status in asked.statuses), "status"),
        (_("Region"), asked.region and str(asked.region), "region"),
        (_("Industry"), asked.industry and str(asked.industry), "industry"),
        (_("Ordered within"), months(asked.ordered), "ordered"),
        (_("No order for"), months(asked.no_order), "no_order"),
        (_("Account manager"), asked.held_by and shown_name(asked.held_by), "held_by"),
        (_("At the end of the day"), asked.on and day_words(asked.on), "on"),
        (_("Threads"), asked.thread and threads(asked.thread), "thread"),
    ]
    return [chip for chip in found if chip[1]]


def threads(said):
    """A side that hangs on one person, or a cell of the grid of threads, in words."""
    if said in SIDES:
        return _("at most one of ours") if said == SIDES[0] else _("at most one of theirs")
    ours, theirs = (f"{n}+" if n == str(MOST) else n for n in said.split("-"))
    return _("%(ours)s of ours, %(theirs)s of theirs") % {"ours": ours, "theirs": theirs}


def months(number):
    """So many months, in words."""
    text = ngettext("%(count)s month", "%(count)s months", number or 0)
    return number and text % {"count": number}


def opened(request, asked):
    """Context: which part of the filter is open, what it offers, and what the form keeps besides."""
    part = request.GET.get("filter", "")
    part = part if part in ("open", "columns") else ""
    return {"opened": part, "kept": kept(request, asked, part)} | choices(request, asked, part)


def kept(request, asked, part):
    """(name, value) of what the form of the filters sends along without showing it."""
    named = {"q"} | ({*filters.NARROWING} - {"view"} if part == "open" else set())
    said = asked.filters | ({"view": [asked.view]} if "view" in request.GET else {})
    if part != "open" and asked.sort != "name":
        said["sort"] = [asked.sort]
    if part != "columns":
        said["column"] = asked.own_columns
    if asked.saved:
        said["saved"] = [asked.saved]
    return [(name, one) for name, values in said.items() if name not in named for one in values]


def choices(request, asked, part):
    """What the opened filter, or the choice of columns, offers."""
    if part == "columns":
        return {"all_columns": filters.COLUMNS.items()}
    if part != "open":
        return {}
    spans = [(number, months(number)) for number in filters.MONTHS]
    return {
        "spans": spans if can(request.user, Action.TRADE_VIEW) else [],
        "sees_seats": can(request.user, Action.SEAT_HISTORY),
        "threads": [(one, threads(one)) for one in dict.fromkeys([*SIDES, asked.thread]) if one],
        "orders": ORDERS.items(), "tiers": Customer.Tier.values, "statuses": Customer.Status.choices,
        "regions": Region.objects.with_tree_fields(), "industries": Industry.objects.all(),
    }  # fmt: skip
