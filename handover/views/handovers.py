"""The sheet of one customer that is handed over: the brief, the introduction, what is open."""

from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Action, Role, can
from crm.forms.changesets import keys
from crm.models import Customer
from crm.selectors import contacts as places
from handover.forms.handovers import BriefForm, ReactionForm, ReturnForm
from handover.models import CustomerHandover, FollowUp
from handover.selectors import briefs as shapes
from handover.selectors import cases, introductions
from handover.selectors import handover_tasks as task_rules
from handover.services import briefs
from handover.services import introductions as services
from handover.views.cases import address
from kit.errors import NotAllowed
from kit.web import done, form_page, form_status, get_visible_or_404, sent, show, submitted

both = require_http_methods(["GET", "HEAD", "POST"])
Brief = CustomerHandover.Brief
MOST = 6  # contacts that are offered as met


def seen(request, case, pk):
    """The customer of the address as far as the reader may see its handover; else the 404."""
    rows = CustomerHandover.objects.select_related(
        "customer",
        "successor",
        "departure__person",
        "change",
        "told_by",
        "reaction_by",
        "called_by",
    )
    return get_visible_or_404(rows, request, pk=pk, departure=case)


@require_safe
def sheet(request, case, pk):
    """The sheet of a customer."""
    return page_of(request, seen(request, case, pk))


def page_of(request, handover, form=None, visit=None):
    viewer, customer = request.user, handover.customer
    opens = bool(cases.visible_customers(viewer, [customer.pk]))
    running = handover.departure.state == "open"
    writes = running and shapes.may_write(viewer, handover) and handover.brief in briefs.WRITABLE
    questions = shapes.questions(viewer, handover, live=writes)
    steps, promised = shapes.promises(viewer, customer) if opens else ([], [])
    tells = running and introductions.may_tell(viewer, handover)
    asked = running and not handover.called_at and viewer.has_role(Role.SERVICE)
    status = next((form_status(one) for one in (form, visit) if one and one.errors), 200)
    return show(request, "handover/customers/sheet.html", {
        "handover": handover, "departure": handover.departure, "customer": customer,
        "opens": opens, "writes": writes, "questions": questions,
        "reads": any(question.answer for question in questions),
        "form": form or (BriefForm(questions=questions) if writes else None),
        "judges": running and shapes.may_judge(viewer, handover),
        "steps": steps, "promised": promised, "tells": tells, "calls": asked,
        "visit": visit or (ReactionForm() if tells else None), "confirms": waits(viewer, handover),
        "contacts": met(viewer, handover) if opens and tells else [],
        "rows": rows_of(viewer, handover), "replace": replacing(viewer, handover),
        "notes": opens or tells, "follow_ups": afterwards(viewer, handover),
    }, customers=[customer.pk], status=status)  # fmt: skip


def rows_of(viewer, handover):
    """The tasks of this customer that the reader sees, what wants doing first."""
    tasks = [task for task in cases.tasks_of(viewer, handover.departure)
             if task.handover_id == handover.pk]  # fmt: skip
    rows = [row for step in cases.steps(tasks) for row in step.rows]
    return sorted(rows, key=lambda row: row.place)


def afterwards(viewer, handover):
    """Calls 30, 60 and 90 days later, for who may know their results."""
    return list(FollowUp.objects.visible_to(viewer).filter(handover=handover).order_by("due_on"))


def waits(viewer, handover):
    """Whether the viewer is one of the two who still has to say that they were there."""
    giver, taker = introductions.people_of(handover)
    said = {giver: handover.giver_met_at, taker: handover.taker_met_at}
    joint = handover.tasks.filter(key__in=task_rules.JOINT, state__in=["not_started", "in_progress", "problem"])  # fmt: skip
    return viewer.pk in said and not said[viewer.pk] and joint.exists()


def met(viewer, handover):
    """Contacts that may have been met, for who logs the visit."""
    if not waits(viewer, handover) or not can(viewer, Action.ACTIVITY_LOG, handover.customer):
        return []
    return [place.contact for place in places.at_customer(viewer, handover.customer)[:MOST]]


def replacing(viewer, handover):
    """Where another receiver is chosen, for who runs the case; "" for others."""
    if not can(viewer, Action.DEPARTURE_RUN, handover.departure):
        return ""
    return address("handover:departure-plan-customer", handover.departure_id, handover.pk)


@require_safe
def panel(request, customer):
    """What the customer's page says of a handover in course, to who sees the case."""
    found = get_visible_or_404(Customer, request, Action.CUSTOMER_VIEW, pk=customer)
    rows = CustomerHandover.objects.visible_to(request.user).filter(
        customer=found, departure__state="open"
    )
    rows = rows.select_related("successor", "departure__person")
    return show(request, "handover/customers/panel.html", {"rows": list(rows)},
                customers=[found.pk])  # fmt: skip


# -- the brief -------------------------------------------------------------------------------------
@require_POST
def brief(request, case, pk):
    """Save the answers; with `submit` hand the brief in as well."""
    handover = seen(request, case, pk)
    if not shapes.may_write(request.user, handover):
        raise NotAllowed()
    form = BriefForm(request.POST, questions=shapes.questions(request.user, handover, live=True))
    verb = briefs.write_and_submit if "submit" in request.POST else briefs.write

    def act(given):
        return verb(actor=request.user, handover=handover, answers=form.answers())

    if submitted(request, form, act):
        said = _("Brief submitted.") if "submit" in request.POST else _("Saved.")
        return done(request, handover, said)
    return page_of(request, handover, form=form)


@require_POST
def accept(request, case, pk):
    """The receiver accepts the brief."""
    handover = seen(request, case, pk)
    briefs.accept(actor=request.user, handover=handover)
    return done(request, handover, _("Brief accepted."))


@both
def give_back(request, case, pk):
    """The receiver returns the brief with what is missing."""
    handover = seen(request, case, pk)
    if not shapes.may_judge(request.user, handover):
        raise NotAllowed()
    form = ReturnForm(sent(request))

    def act(given):
        return briefs.give_back(actor=request.user, handover=handover, why=given["why"])

    if submitted(request, form, act):
        return done(request, handover, _("Brief returned."))
    return form_page(request, form, _("Return the brief"), handover.get_absolute_url(),
                     note=handover.customer.name, submit=_("Return it"))  # fmt: skip


# -- the introduction ------------------------------------------------------------------------------
@require_POST
def tell(request, case, pk):
    """The customer knows."""
    handover = seen(request, case, pk)
    services.tell(actor=request.user, handover=handover)
    return done(request, handover, _("Noted."))


@require_POST
def react(request, case, pk):
    """How the customer took it."""
    handover = seen(request, case, pk)
    form = ReactionForm(request.POST)

    def act(given):
        services.react_once(actor=request.user, handover=handover, **given)
        return handover

    if submitted(request, form, act):
        return done(request, handover, _("Noted."))
    return page_of(request, handover, visit=form)


@require_POST
def confirm(request, case, pk):
    """After the visit: both were there, and this is how the customer took it."""
    handover = seen(request, case, pk)
    form = ReactionForm(request.POST)
    offered = {contact.pk for contact in met(request.user, handover)}
    ticked = keys(request.POST.getlist("met"))

    def act(given):
        return services.confirm(
            actor=request.user, handover=handover, contacts=[k for k in ticked if k in offered],
            **given,
        )  # fmt: skip

    if submitted(request, form, act):
        return done(request, handover, _("Visit confirmed."))
    return page_of(request, handover, visit=form)


@require_POST
def call(request, case, pk):
    """The service line has called."""
    handover = seen(request, case, pk)
    services.call(actor=request.user, handover=handover)
    return done(request, handover, _("Call noted."))
