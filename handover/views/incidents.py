"""Incidents: customers that follow somebody who left, with the plan to win them back."""

from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import Action, reach
from crm.models import Customer
from handover.forms.incidents import ClosingForm, IncidentForm
from handover.selectors import incidents as ask
from handover.services import incidents as services
from kit.dates import company_zone, today
from kit.errors import NotAllowed
from kit.web import (
    done,
    form_page,
    form_status,
    get_visible_or_404,
    page_number,
    paged,
    sent,
    show,
    submitted,
)

both = require_http_methods(["GET", "HEAD", "POST"])
PAGE = 50


@require_safe
def index(request):
    """Open incidents, or those that are closed, at the customers one sees."""
    if not reach(request.user, Action.CUSTOMER_VIEW):
        raise NotAllowed()
    closed, number = request.GET.get("state") == "closed", page_number(request)
    rows = list(ask.listed(request.user, closed)[number * PAGE : (number + 1) * PAGE + 1])
    page, counts = rows[:PAGE], ask.counts(request.user)
    context = {
        "rows": page, "tabs": tabs(request, closed, counts), "closed": closed,
        "won": counts.get("won_back", 0), "partly": counts.get("partly", 0),
        "lost": counts.get("lost", 0), "previous": number - 1 if number else None,
        "next": number + 1 if rows[PAGE:] else None,
    }  # fmt: skip
    paged(request, page, [row.customer_id for row in page])
    return show(request, "handover/incidents/index.html", context)


def tabs(request, closed, counts):
    done_with = sum(number for state, number in counts.items() if state != "open")
    return [
        {"url": request.path, "label": _("Open"), "current": not closed,
         "count": counts.get("open", 0)},
        {"url": f"{request.path}?state=closed", "label": _("Closed"), "current": closed,
         "count": done_with},
    ]  # fmt: skip


@require_safe
def detail(request, pk):
    """One incident: what is known, the plan, the outcome."""
    row = the_incident(request, pk)
    context = {
        "incident": row, "steps": ask.steps(request.user, row), "today": today(company_zone()),
        "may_close": row.state == "open" and ask.may_open(request.user, row.customer),
    }  # fmt: skip
    return show(request, "handover/incidents/incident.html", context, customers=[row.customer_id])


def the_incident(request, pk):
    return get_visible_or_404(ask.incidents(), request, pk=pk)


@both
def new(request, pk):
    """A customer follows somebody who left."""
    customer = get_visible_or_404(Customer, request, pk=pk)
    if not ask.may_open(request.user, customer):
        raise NotAllowed()
    leavers = ask.leavers(request.user)
    form = IncidentForm(
        sent(request), leavers=leavers, initial={"leaver": request.GET.get("leaver")}
    )

    def act(data):
        return services.begin(actor=request.user, customer=customer, **data)

    if made := submitted(request, form, act):
        return done(request, made, _("The incident is open. Its plan stands among the tasks."))
    about = "" if leavers.exists() else _("Nobody whom you lead has left or is frozen.")
    context = {"form": form, "customer": customer, "about": about}
    return show(request, "handover/incidents/new.html", context, customers=[customer.pk],
                status=form_status(form))  # fmt: skip


@both
def close(request, pk):
    """How it ended."""
    row = the_incident(request, pk)
    if not ask.may_open(request.user, row.customer):
        raise NotAllowed()
    form = ClosingForm(sent(request))

    def act(data):
        return services.close(actor=request.user, incident=row, **data)

    if closed := submitted(request, form, act):
        return done(request, closed, _("The incident is closed."))
    note = _(
        "What is left of the plan is dropped. A customer that is lost is asked again in 90 days."
    )
    return form_page(
        request, form, _("Close the incident"), row.get_absolute_url(), submit=_("Close"), note=note
    )
