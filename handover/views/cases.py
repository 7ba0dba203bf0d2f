"""Departure cases: the list, HR's home, the case in seven steps, its customers, what is missing."""

from django.http import Http404
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Action, can
from handover import gates
from handover.forms.departures import WhyForm
from handover.forms.handover_tasks import WaiveForm
from handover.models import CustomerHandover, Departure, HandoverTask
from handover.selectors import added_tasks, burndown, cases, documents, emergency, plan, sign_offs
from handover.selectors import handover_tasks as tasks
from handover.services import cases as verbs
from handover.services import handover_tasks as services
from handover.views.departures import found as to_run
from handover.views.departures import plan_url
from kit.errors import NotAllowed
from kit.versions import version_seen
from kit.web import (
    done,
    form_page,
    get_visible_or_404,
    page_number,
    paged,
    sent,
    show,
    submitted,
)

both = require_http_methods(["GET", "HEAD", "POST"])
PAGE = 50
PANEL, LONG = 6, 200  # tasks on Today, on a page of their own


# -- lists -----------------------------------------------------------------------------------------
@require_safe
def index(request):
    """Open cases by the days that are left, then plans and closed ones."""
    viewer = request.user
    if not can(viewer, Action.DEPARTURE_VIEW):
        raise NotAllowed()
    rows = cases.seen(viewer)
    opened = cases.lines(viewer, list(rows.filter(state=Departure.State.OPEN)))
    number = page_number(request)
    over = rows.filter(state__in=["closed", "withdrawn"]).order_by("-closed_at", "-pk")
    past = list(over[number * PAGE : (number + 1) * PAGE + 1])
    return show(request, "handover/cases/index.html", {
        "open": opened, "plans": plans(rows),
        "past": past[:PAGE], "older": number + 1 if len(past) > PAGE else None,
        "newer": number - 1 if number else None,
        "new": address("handover:departure-new") if can(viewer, Action.DEPARTURE_RUN) else "",
    })  # fmt: skip


@require_safe
def hr(request):
    """Home of HR: open cases, what is late in which lane, what waits."""
    viewer = request.user
    if not can(viewer, Action.DEPARTURE_RUN):
        raise NotAllowed()
    rows = cases.seen(viewer)
    opened = cases.lines(viewer, list(rows.filter(state=Departure.State.OPEN)))
    mine = tasks.with_people(tasks.mine(viewer).visible_to(viewer)).order_by("due_on", "pk")
    context = {
        "open": opened, "plans": plans(rows), "near": [line for line in opened if line.is_near],
        "signing": to_sign(opened), "unsigned": cases.unsigned(viewer, opened), "returned": list(cases.returned(viewer)[:PANEL]),
        "late": cases.overdue_lanes(opened), "mine": [cases.Row(task) for task in mine[:PAGE]],
        "new": address("handover:departure-new"), "freezes": unconfirmed(viewer),
    }  # fmt: skip
    about = {row.customer_id for row in context["returned"]}
    about |= {row.task.handover.customer_id for row in context["mine"] if row.task.handover}
    return show(request, "handover/cases/hr.html", paged(request, context, about))


def to_sign(lines):
    """(Line, Slot that is next, signed, needed) of the cases that are being signed or soon must be."""
    found = sign_offs.waiting([line.departure for line in lines])
    rows = [(line, *found[line.departure.pk]) for line in lines]
    return [row for row in rows if row[1] and (row[2] or row[0].is_near)]


def unconfirmed(viewer):
    """Freezes that wait for a second person, as far as the viewer sees them."""
    rows = emergency.in_force().visible_to(viewer).filter(confirmed_at=None)
    return list(rows.select_related("person", "frozen_by").order_by("frozen_at"))


@require_safe
def mine(request):
    """One's own tasks in open cases: a page, or with `?panel=1` the panel of Today."""
    viewer = request.user
    if not can(viewer, Action.DEPARTURE_VIEW):
        raise NotAllowed()
    rows = tasks.with_people(tasks.mine(viewer).visible_to(viewer)).order_by("due_on", "pk")
    panel = request.GET.get("panel") == "1"
    found = list(rows[: (PANEL if panel else LONG) + 1])
    shown = [cases.Row(task) for task in found[: PANEL if panel else LONG]]
    context = {"rows": shown, "more": len(found) > len(shown)}
    about = {row.task.handover.customer_id for row in shown if row.task.handover}
    name = "panel" if panel else "mine"
    return show(request, f"handover/tasks/{name}.html", paged(request, context, about))


def plans(rows):
    """Cases that are not opened yet, each with the address of its plan."""
    found = list(rows.filter(state=Departure.State.DRAFT))
    for one in found:
        one.plan = address("handover:departure-plan", one.pk)
    return found


# -- one case --------------------------------------------------------------------------------------
def seen(request, pk):
    """The case of the address as far as the reader may see it; else the 404. A draft is a plan."""
    return get_visible_or_404(cases.seen(request.user), request, pk=pk)


@require_safe
def case(request, pk):
    """The case: who, until when, how far, and its tasks in seven steps; ?step=2 shows one whole."""
    departure, viewer = seen(request, pk), request.user
    found = cases.tasks_of(viewer, departure)
    steps = cases.steps(found)
    only = next((step for step in steps if str(step.number) == request.GET.get("step")), None)
    rows = list(cases.handovers(viewer, departure))
    unfit = [task for task in found if not task.fits and task.is_open]
    listed = [only] if only else steps
    if only_unfit := bool(unfit and request.GET.get("unfit")):
        listed = [step for step in cases.steps(unfit) if step.rows]
    context = {
        "departure": departure, "steps": listed, "only": only or only_unfit,
        "only_unfit": only_unfit, "unfit": unfit,
        "lanes": [step for step in steps if step.number in cases.LANES and step.total],
        "share": cases.share_done(found), "left": cases.days_left(departure),
        "next": cases.next_task(steps, viewer), "successors": cases.successors(found, rows),
        "handovers": rows, "pages": pages(request, departure),
        "runs": can(viewer, Action.DEPARTURE_RUN, departure),
        "adds": added_tasks.offers(viewer, departure),
    }  # fmt: skip
    if cases.sees_whole(viewer, departure) and (chart := burndown.of(departure, found)):
        context |= {"burndown": chart, "picture": burndown.picture(chart),
                    "slots": sign_offs.slots(departure), "missing": cases.left_before_signing(steps)}  # fmt: skip
    shown = [row.customer_id for row in rows]
    return show(request, "handover/cases/case.html", paged(request, context, shown))


@require_safe
def customers(request, pk):
    """The customers of a case: who takes each, and what is still missing for it to be safe."""
    departure, viewer = seen(request, pk), request.user
    rows = list(cases.handovers(viewer, departure))
    for row in rows:
        row.band = plan.band(row.value)
    open_to = cases.visible_customers(viewer, [row.customer_id for row in rows])
    context = {"departure": departure, "rows": rows, "linked": open_to,
               "pages": pages(request, departure)}  # fmt: skip
    return show(request, "handover/cases/customers.html",
                paged(request, context, [row.customer_id for row in rows]))  # fmt: skip


@require_safe
def missing(request, pk):
    """What keeps the case from closing; a director waives it here by name."""
    departure, viewer = seen(request, pk), request.user
    if not cases.sees_whole(viewer, departure):
        raise NotAllowed()
    lacking = gates.unmet(departure)
    waives = can(viewer, Action.DEPARTURE_WAIVE, departure) and departure.state == "open"
    lines = [
        (one, waives and tasks.gains_nothing(viewer, departure, one.task, one.handover))
        for one in lacking
    ]
    about = {one.handover.customer_id for one in lacking if one.handover}
    context = {"departure": departure, "lines": lines, "waived": gates.waived(departure),
               "pages": pages(request, departure)}  # fmt: skip
    return show(request, "handover/cases/missing.html", paged(request, context, about))


@both
def waive(request, pk):
    """Let one thing go, with a reason."""
    departure = seen(request, pk)
    given = request.GET.dict() | request.POST.dict()  # the form is sent to the address it came from
    gate = given.get("gate", "")
    if gate not in gates.GATES:
        raise Http404
    row, task = of_case(request, departure, given)
    if not tasks.may_waive(request.user, departure, task, row):
        raise NotAllowed()
    form = WaiveForm(sent(request))

    def act(said):
        return services.waive(
            actor=request.user, departure=departure, gate=gate, why=said["why"], task=task,
            handover=row,
        )  # fmt: skip

    there = reverse("handover:departure-missing", args=[departure.pk])
    if submitted(request, form, act):
        return done(request, there, _("Waived."))
    what = gates.said(gates.GATES[gate], task or row).text
    return form_page(request, form, _("Waive"), there, note=what, submit=_("Waive it"))


def of_case(request, departure, given):
    """(customer handed over, task) of the case that a form names, each or None; else the 404."""
    row = task = None
    if given.get("handover"):
        rows = CustomerHandover.objects.filter(departure=departure).select_related("customer")
        row = get_visible_or_404(rows, request, pk=given["handover"])
    if given.get("task"):
        rows = tasks.with_people(HandoverTask.objects.filter(departure=departure))
        task = get_visible_or_404(rows, request, pk=given["task"])
    return row, task


# -- opened, withdrawn, opened again ----------------------------------------------------------------
@require_POST
def open_case(request, pk):
    """Open the case as its plan was seen."""
    departure = to_run(request, pk)
    departure = verbs.begin(actor=request.user, departure=departure, version=version_seen(request))
    told = _("The case is open. Rights narrow now; the transfers wait for approval.")
    secret = _("The case is open and stays confidential until the day you chose.")
    return done(request, departure, told if departure.revealed_at else secret)


@both
def withdraw(request, pk):
    """The person stays: with a reason."""
    return why_page(
        request, to_run(request, pk), verbs.withdraw, _("Withdraw the case"),
        _("The person stays: proposed transfers are cancelled, tasks closed, and rights come back."),
        _("The case is withdrawn."),
    )  # fmt: skip


@both
def reopen(request, pk):
    """A closed case goes on: with a reason."""
    return why_page(
        request, to_run(request, pk), verbs.reopen, _("Open the case again"),
        _("The case goes on where it was closed; its certificate stays as it was."),
        _("The case is open again."),
    )  # fmt: skip


def why_page(request, departure, verb, title, note, told):
    """A page that asks for a reason and carries out a verb."""
    form = WhyForm(sent(request))

    def act(data):
        return verb(actor=request.user, departure=departure, reason=data["reason"])

    if submitted(request, form, act):
        return done(request, plan_url(departure), told)
    return form_page(request, form, title, plan_url(departure), note=note, submit=title,
                     about=departure.person)  # fmt: skip


# -- what belongs to a case ------------------------------------------------------------------------
def address(name, *args):
    """The address of a name, or "" where there is no such page."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def pages(request, departure):
    """The pages of a case that the reader may open, as tabs."""
    viewer = request.user
    whole, runs = cases.sees_whole(viewer, departure), can(viewer, Action.DEPARTURE_RUN, departure)
    other = viewer.pk != departure.person_id
    named = [
        ("handover:departure", _("Tasks"), True),
        ("handover:departure-customers", _("Customers"), True),
        ("handover:departure-missing", _("What is missing"), whole),
        ("handover:documents", _("Documents"), True),
        ("handover:held", _("Things held"), whole or not other),
        ("handover:sign-offs", _("Sign-offs"), True),
        ("handover:interview", _("Exit interview"), can(viewer, Action.EXIT_VIEW) and other),
        ("handover:certificate", _("Certificate"), documents.reads_all(viewer, departure)),
        ("handover:close", _("Close the case"), runs and departure.state == Departure.State.OPEN),
    ]
    return [
        {"url": url, "label": label, "current": url == request.path}
        for name, label, may in named
        if may and (url := address(name, departure.pk))
    ]
