"""All shares that one may know of: who has which right where, until when, by whom."""

from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import Action, can
from crm.filters import shares as filters
from crm.selectors import share_list
from crm.selectors.shares import share_words
from kit.errors import NotAllowed
from kit.templatetags.words import shown_name
from kit.web import page_number, paged, show


@require_safe
def index(request):
    """Shares that are in force or ahead, those that end first on top; others by filter."""
    if not can(request.user, Action.CUSTOMER_VIEW):
        raise NotAllowed()
    asked = filters.read(request.GET, request.user)
    page = share_list.page(request.user, asked.narrow, page_number(request))
    rows = [(row, share_words(row), share_list.standing(row)) for row in page.rows]
    paged(request, rows, {row.content_object_id for row in page.rows})
    return show(request, "crm/shares/index.html", {
        "asked": asked, "page": page, "rows": rows, "tabs": tabs(request, asked),
        "chips": chips(asked), "most": share_list.COUNT_UP_TO, "states": filters.STATES.items(),
        "rights": filters.rights(), "next": page.number + 1 if page.more else None,
        "previous": page.number - 1 if page.number else None, "here": request.get_full_path(),
        "back": urlencode({"next": request.get_full_path()}),
    })  # fmt: skip


def tabs(request, asked):
    """All, those one has, those one gave; filters stay while one changes between them."""
    found = []
    for way, label in filters.WAYS.items():
        query = request.GET.copy()
        query.pop("page", None)
        query.pop("way", None)
        if way:
            query["way"] = way
        url = f"{request.path}?{query.urlencode()}" if query else request.path
        found.append({"url": url, "label": label, "current": way == asked.way})
    return found


def chips(asked):
    """Filters in force: (label, value, parameter)."""
    found = [
        (_("State"), asked.state and str(filters.STATES[asked.state]), "state"),
        (_("Right"), asked.right and str(filters.rights()[asked.right]), "right"),
        (_("Who has it"), asked.person and shown_name(asked.person), "person"),
    ]
    return [chip for chip in found if chip[1]]
