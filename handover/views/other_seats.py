"""The other seats of a departure plan: who takes each, and why; whoever runs the case changes it."""

from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.selectors.people import directory
from handover.forms.departures import SeatForm
from handover.selectors import other_seats as ask
from handover.selectors import successors
from handover.selectors.plan import ROWS, ends_at
from handover.services import other_seats
from handover.views.departures import found, is_editable
from handover.views.plan_changes import numbers
from kit.templatetags.words import grouped
from kit.web import done, form_status, page_number, sent, show, submitted


@require_http_methods(["GET", "HEAD", "POST"])
def index(request, pk):
    """The seats of one kind, ?seat=backup; those ticked are given to somebody."""
    departure = found(request, pk)
    kinds = ask.kinds(departure)
    wanted = request.GET.get("seat", "")
    kind = next((one for one in kinds if one.seat == wanted), kinds[0] if kinds else None)
    number = page_number(request)
    rows, total = ask.rows(departure, kind.seat, number) if kind else ([], 0)
    editable = bool(kind) and is_editable(departure)
    form = SeatForm(sent(request), people=people(request, departure, kind))

    def act(data):
        return other_seats.give(
            actor=request.user, departure=departure, successor=data["successor"],
            seats=numbers(request.POST.getlist("pick")),
        )  # fmt: skip

    if count := submitted(request, form, act):
        text = ngettext("%(count)s seat is given.", "%(count)s seats are given.", count)
        return done(request, here(departure, kind), text % {"count": grouped(count)})
    context = {
        "departure": departure, "kinds": tabs(departure, kinds, kind), "kind": kind, "rows": rows,
        "total": total, "form": form, "editable": editable,
        "ticked": set(numbers(request.POST.getlist("pick"))),
        "previous": number - 1 if number else None,
        "next": number + 1 if total > (number + 1) * ROWS else None,
    }  # fmt: skip
    customers = [row.customer_id for row in rows]
    return show(request, "handover/departures/seats.html", context, customers=customers,
                status=form_status(form))  # fmt: skip


def people(request, departure, kind):
    """Who could take seats of a kind: here, of a role that fits, and no leaver one knows of."""
    if kind is None:
        return directory().none()
    without = successors.leavers(request.user) | {departure.person_id}
    fits = successors.able(kind.seat, ends_at(departure), without)
    return directory().filter(pk__in=[one.pk for one in fits]).visible_to(request.user)


def here(departure, kind):
    """The address of the seats of one kind."""
    return f"{reverse('handover:departure-seats', args=[departure.pk])}?seat={kind.seat.value}"


def tabs(departure, kinds, current):
    """A tab for each kind of seat, with how many there are."""
    return [
        {"url": here(departure, one), "label": one.seat.label, "count": grouped(one.count),
         "current": one is current}
        for one in kinds
    ]  # fmt: skip
