"""A new departure in three questions, and its plan."""

from uuid import uuid4

from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import Action, can
from accounts.selectors.people import directory
from handover.forms.departures import GiveForm, NewForm
from handover.models import Departure
from handover.selectors import plan_dates, plan_page, successors
from handover.selectors.plan import ROWS, ends_at
from handover.services import departures
from kit.errors import NotAllowed
from kit.templatetags.words import grouped
from kit.web import (
    done,
    form_status,
    get_allowed_or_403,
    page_number,
    sent,
    show,
    submitted,
)

both = require_http_methods(["GET", "HEAD", "POST"])
State = Departure.State
ONLY = ("nobody", "alone", "dead")


def found(request, pk):
    """The case of an address, for those who run cases."""
    rows = Departure.objects.select_related("person", "opened_by", "witness")
    case = get_allowed_or_403(Departure, request, Action.DEPARTURE_RUN, pk=pk)
    return rows.get(pk=case.pk)


def plan_url(departure):
    return reverse("handover:departure-plan", args=[departure.pk])


@both
def new(request):
    """Who, last working day, kind: then the plan."""
    if not can(request.user, Action.DEPARTURE_RUN):
        raise NotAllowed()
    form = NewForm(sent(request), viewer=request.user,
                   initial={"client_uuid": uuid4(), "person": request.GET.get("person", ""),
                            "kind": request.GET.get("kind", "")})  # fmt: skip

    def act(data):
        return departures.prepare(
            actor=request.user, people=[data["person"], *data["others"]], last_day=data["last_day"],
            kind=data["kind"], confidential_until=data["confidential_until"], named=data["named"],
            client_uuid=data["client_uuid"],
        )  # fmt: skip

    if departure := submitted(request, form, act):
        return done(request, plan_url(departure), prepared(form.cleaned_data))
    context = {"form": form}
    return show(request, "handover/departures/new.html", context, status=form_status(form))


def prepared(data):
    """What is said of a plan that was made; several are found in the list of departures."""
    count = len({data["person"], *data["others"]})
    text = ngettext("The plan is made. Nobody has been told.",
                    "%(count)s plans are made. Nobody has been told.", count)  # fmt: skip
    return text % {"count": grouped(count)}


@require_safe
def plan(request, pk):
    """The plan of a case, before it opens and after."""
    departure = found(request, pk)
    only = request.GET.get("only", "")
    only, number = only if only in ONLY else "", page_number(request)
    rows, total = plan_page.customers(departure, number, only)
    page = plan_page.page(request.user, departure)
    context = {
        "departure": departure, "page": page, "rows": rows, "total": total, "only": only,
        "picture": plan_dates.picture(page.line),
        "form": give_form(None, departure, request.user), "editable": is_editable(departure),
        "is_draft": departure.state == State.DRAFT, "number": number,
        "previous": number - 1 if number else None,
        "next": number + 1 if total > (number + 1) * ROWS else None,
    }  # fmt: skip
    customers = [row.customer_id for row in rows]
    return show(request, "handover/departures/plan.html", context, customers=customers)


def is_editable(departure):
    """Whether somebody else can still be chosen: of a plan, and of an open case."""
    return departure.state in successors.LIVE


def give_form(data, departure, viewer):
    """Who can take over, and whose customers can be given on."""
    fits = successors.able("account_manager", ends_at(departure),
                           successors.leavers(viewer) | {departure.person_id})  # fmt: skip
    people = directory().filter(pk__in=[one.pk for one in fits]).visible_to(viewer)
    given = departure.customers.exclude(successor=None).values("successor")
    sources = directory().filter(pk__in=given).visible_to(viewer)
    return GiveForm(data, people=people, sources=sources)
