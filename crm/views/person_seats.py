"""Everything a person ever held."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import Action, Reach, can, reach
from accounts.selectors.people import directory
from crm.forms.person_seats import PersonSeatsForm
from crm.selectors import person_seats
from kit.errors import NotAllowed
from kit.web import form_status, get_visible_or_404, page_number, paged, show

ROWS = 50  # seats of one page


@require_safe
def index(request, pk):
    """The seats of a person with reasons, as far as the viewer may know of those customers."""
    person = get_visible_or_404(directory(), request, pk=pk)
    viewer = request.user
    if reach(viewer, Action.SEAT_HISTORY) == Reach.NONE:
        raise NotAllowed()
    form = PersonSeatsForm(request.GET)
    form.is_valid()
    asked = form.chosen()
    found = person_seats.seats_of(person, viewer, **asked)
    number = page_number(request)
    rows = found.select_related("customer", "made_by").order_by("-period", "-pk")
    rows = list(rows[number * ROWS : (number + 1) * ROWS + 1])
    more, rows = len(rows) > ROWS, rows[:ROWS]
    context = {
        "person": person, "form": form, "rows": rows, "tabs": tabs(request, person, asked["now"]),
        "totals": person_seats.totals(found), "day": asked.get("on"),
        "next": number + 1 if more else None, "previous": number - 1 if number else None,
        "sees_holdings": can(viewer, Action.EXPOSURE_VIEW, person),
    }  # fmt: skip
    if day := asked.get("on"):
        context["answered"] = person_seats.manager_at_end(person, viewer, day).count()
    paged(request, rows, [row.customer_id for row in rows])
    return show(request, "crm/person_seats/index.html", context, status=form_status(form))


def tabs(request, person, now):
    """All time and now; the other filters stay."""
    found = []
    for view, label in (("", _("All time")), ("now", _("Now"))):
        query = request.GET.copy()
        for name in ("page", "view"):
            query.pop(name, None)
        if view:
            query["view"] = view
        here = reverse("crm:person-seats", args=[person.pk])
        url = f"{here}?{query.urlencode()}" if query else here
        found.append({"url": url, "label": label, "current": now == bool(view)})
    return found
