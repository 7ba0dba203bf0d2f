"""Changes of a departure plan before it is opened: who takes over, terms, single tasks."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from handover.forms.departures import TaskForm, TermsForm
from handover.models import CustomerHandover, Departure, HandoverTask
from handover.selectors import plan
from handover.services import cases, departures
from handover.views.departures import found, give_form, is_editable, plan_url
from kit.dates import company_zone
from kit.templatetags.words import grouped
from kit.web import done, form_page, form_status, get_visible_or_404, sent, show, submitted

both = require_http_methods(["GET", "HEAD", "POST"])
MOST = 5_000


def numbers(values):
    """The ids among what was sent; anything else counts as not sent."""
    return [int(one) for one in values[:MOST] if one.isascii() and one.isdigit() and len(one) < 19]


@require_POST
def give(request, pk):
    """Let somebody take over the customers ticked, or all of one of the successors."""
    departure = found(request, pk)
    form = give_form(request.POST, departure, request.user)

    def act(data):
        customers = numbers(request.POST.getlist("customer"))
        if data["source"]:
            rows = departure.customers.filter(successor=data["source"])
            customers = list(rows.values_list("customer", flat=True))
        verb = departures.give if is_draft(departure) else cases.replace_successor
        return verb(
            actor=request.user,
            departure=departure,
            customers=customers,
            successor=data["successor"],
        )

    if count := submitted(request, form, act):
        text = ngettext("%(count)s customer is given.", "%(count)s customers are given.", count)
        return done(request, plan_url(departure), text % {"count": grouped(count)})
    context = {"form": form, "departure": departure, "picked": request.POST.getlist("customer")}
    return show(request, "handover/departures/give.html", context, status=form_status(form))


def is_draft(departure):
    return departure.state == Departure.State.DRAFT


@both
def terms(request, pk):
    """Last day, kind, witness, and who may know."""
    departure = found(request, pk)
    until = departure.confidential_until
    known = {
        "last_day": departure.last_day, "kind": departure.kind, "witness": departure.witness_id,
        "confidential_until": until and until.astimezone(company_zone()).date(),
        "named": list(departure.named.values_list("pk", flat=True)), "version": departure.version,
    }  # fmt: skip
    form = TermsForm(sent(request), viewer=request.user, departure=departure, initial=known)

    def act(data):
        version = data.pop("version")
        values = {name: list(value) if name == "named" else value for name, value in data.items()}
        if values.get("confidential_until") == known["confidential_until"]:
            values.pop("confidential_until", None)
        changed = {name: value for name, value in values.items()
                   if name in ("named", "witness", "confidential_until") or value != known[name]}  # fmt: skip
        return departures.edit(
            actor=request.user, departure=departure, values=changed, version=version
        )

    if submitted(request, form, act):
        return done(request, plan_url(departure), _("Saved."))
    return form_page(
        request, form, _("Change the plan"), plan_url(departure), about=departure.person
    )


@both
def customer(request, pk, handover):
    """One customer of a plan: why this successor, and its tasks with their days."""
    departure = found(request, pk)
    rows = CustomerHandover.objects.select_related("customer", "successor")
    row = get_visible_or_404(rows.filter(departure=departure), request, pk=handover)
    form = give_form(sent(request), departure, request.user)
    form.fields.pop("source")

    def act(data):
        verb = departures.give if is_draft(departure) else cases.replace_successor
        return verb(actor=request.user, departure=departure, customers=[row.customer_id],
                    successor=data["successor"])  # fmt: skip

    if submitted(request, form, act):
        return done(request, plan_url(departure), _("Saved."))
    row.band, row.words = plan.band(row.value), plan.why_words(row.why)
    context = {
        "departure": departure, "row": row, "form": form, "is_draft": is_draft(departure),
        "editable": is_editable(departure), "tasks": row.tasks.select_related("person"),
    }  # fmt: skip
    return show(request, "handover/departures/plan_customer.html", context,
                customers=[row.customer_id], status=form_status(form))  # fmt: skip


def the_task(request, departure, pk):
    return get_visible_or_404(HandoverTask.objects.filter(departure=departure), request, pk=pk)


@both
def task(request, pk, task):
    """Who does a task, and by when."""
    departure = found(request, pk)
    row = the_task(request, departure, task)
    form = TaskForm(sent(request), viewer=request.user,
                    initial={"person": row.person_id, "due_on": row.due_on})  # fmt: skip

    def act(data):
        return departures.edit_task(
            actor=request.user, task=row, person=data["person"], due_on=data["due_on"]
        )

    if submitted(request, form, act):
        return done(request, origin(departure, row), _("Saved."))
    context = {
        "form": form, "departure": departure, "task": row, "cancel": origin(departure, row),
        "can_drop": is_draft(departure) and not row.blocking,
    }  # fmt: skip
    customers = [row.handover.customer_id] if row.handover else []
    return show(request, "handover/departures/plan_task.html", context, customers=customers,
                status=form_status(form))  # fmt: skip


@require_POST
def drop(request, pk, task):
    """Leave a task out of the plan."""
    departure = found(request, pk)
    row = the_task(request, departure, task)
    back = origin(departure, row)
    departures.drop_task(actor=request.user, departure=departure, task=row)
    return done(request, back, _("The task is left out."))


def origin(departure, row):
    """The page of the plan that a task stands on."""
    if row.handover_id is None:
        return plan_url(departure)
    return reverse("handover:departure-plan-customer", args=[departure.pk, row.handover_id])
