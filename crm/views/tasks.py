"""Tasks: the list, those of a customer, one of them; planning, changing, giving on and closing it."""

from uuid import uuid4

from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Action, can
from crm.filters import tasks as filters
from crm.forms.tasks import DropForm, FinishForm, GiveForm, TaskForm, as_typed
from crm.models import Customer, Task
from crm.selectors import contacts as their
from crm.selectors import customer_page, order_list, private_file, task_list
from crm.selectors import tasks as selectors
from crm.services import tasks
from kit.dates import today
from kit.errors import NotAllowed
from kit.web import (
    back,
    done,
    form_status,
    get_allowed_or_403,
    get_visible_or_404,
    paged,
    sent,
    show,
    submitted,
)

both = require_http_methods(["GET", "HEAD", "POST"])
LATEST = 20  # closed tasks on the customer's page


# -- lists -----------------------------------------------------------------------------------------
@require_safe
def index(request):
    """One's tasks, those of one's people, or those of a customer."""
    viewer = request.user
    if not can(viewer, Action.CUSTOMER_VIEW):
        raise NotAllowed()
    asked = filters.read(request.GET, viewer)
    page = task_list.page(
        viewer, asked.rows(viewer), closed=asked.closed,
        after=request.GET.get("after", ""), before=request.GET.get("before", ""),
    )  # fmt: skip
    shown = {task.customer_id for task in page.rows}
    shown |= {asked.customer.pk} if asked.customer else set()
    return show(request, "crm/tasks/index.html", {
        "asked": asked, "page": page, "most": order_list.COUNT_UP_TO, "states": filters.STATES,
        "tabs": tabs(request, asked), "rows": paged(request, page.rows, shown), "today": today(),
    })  # fmt: skip


def tabs(request, asked):
    """Mine and my team's, where there is a choice."""
    if asked.customer or asked.person or not selectors.sees_of_others(request.user):
        return []
    found = [("mine", _("Mine")), ("team", _("My team's"))]
    state = "" if asked.state == "open" else f"&state={asked.state}"
    return [
        {
            "url": f"{request.path}?whose={name}{state}",
            "label": label,
            "current": name == asked.whose,
        }
        for name, label in found
    ]


@require_safe
def of_customer(request, pk):
    """The tasks of a customer: a page, or with `?panel=1` the panel of the customer's page."""
    customer = get_visible_or_404(Customer, request, pk=pk)
    context = {
        "customer": customer, "today": today(),
        "may_plan": can(request.user, Action.ACTIVITY_LOG, customer),
    }  # fmt: skip
    if request.GET.get("panel") == "1":
        rows, total = selectors.panel(request.user, customer)
        steps = customer_page.next_steps(request.user, customer)
        context |= {"rows": rows, "total": total, "steps": steps}
        return show(request, "crm/tasks/panel.html", context, customers=[customer.pk])
    mine = selectors.at_customer(customer)
    opened = task_list.page(request.user, mine.open(), limit=100)
    past = task_list.page(request.user, mine.closed(), closed=True, limit=LATEST)
    context |= {"open": opened, "past": past, "most": order_list.COUNT_UP_TO}
    return show(request, "crm/tasks/customer.html", context, customers=[customer.pk])


# -- one task --------------------------------------------------------------------------------------
@require_safe
def detail(request, pk):
    """The page of a task."""
    return page_of(request, seen(request, pk), FinishForm())


def seen(request, pk):
    """The task of the address, as far as the reader may read it; else the 404."""
    return get_visible_or_404(selectors.with_people(), request, pk=pk)


def changeable(request, pk):
    """The task of the address, if the reader may change it; else 403."""
    task = seen(request, pk)
    if not selectors.may_change(request.user, task):
        raise NotAllowed()
    return task


def page_of(request, task, form):
    viewer = request.user
    may_change = selectors.may_change(viewer, task)
    return show(request, "crm/tasks/show.html", {
        "task": selectors.readable(task, viewer), "customer": task.customer, "form": form,
        "may_change": may_change, "today": today(),
        "may_log": can(viewer, Action.ACTIVITY_LOG, task.customer),
    }, customers=[task.customer_id], status=form_status(form))  # fmt: skip


@both
def create(request, pk):
    """Plan a task at a customer."""
    customer = get_allowed_or_403(Customer, request, Action.ACTIVITY_LOG, pk=pk)
    first = {"client_uuid": uuid4(), "person": request.user.pk, "due_on": today()}
    form = TaskForm(
        sent(request), contacts=contacts_of(request.user, customer), initial=first,
        people=selectors.candidates(request.user, customer),
    )  # fmt: skip

    def act(given):
        return tasks.plan(
            actor=request.user, customer=customer, values=form.values(TaskForm.FIELDS),
            person=given["person"], client_uuid=given["client_uuid"],
        )  # fmt: skip

    made = submitted(request, form, act)
    if made:
        return done(request, made, _("Task planned."))
    return form_shown(request, form, customer, _("Plan a task"), at_customer(customer))


@both
def edit(request, pk):
    """Change an open task."""
    task = changeable(request, pk)
    contacts = contacts_of(request.user, task.customer, task.contact)
    form = TaskForm(sent(request), contacts=contacts, initial=as_typed(task))

    def act(given):
        return tasks.change(
            actor=request.user, task=task, values=form.values(TaskForm.FIELDS),
            version=given["version"],
        )  # fmt: skip

    if submitted(request, form, act):
        return done(request, task, _("Task saved."))
    if form_status(form) == 409:  # the next save keeps what is typed here
        form.data = form.data.copy()
        form.data["version"] = Task.objects.visible_to(request.user).get(pk=pk).version
    return form_shown(request, form, task.customer, _("Change the task"), task.get_absolute_url())


@both
def give(request, pk):
    """Give a task to somebody else."""
    task = changeable(request, pk)
    people = selectors.candidates(request.user, task.customer).exclude(pk=task.person_id)
    form = GiveForm(sent(request), people=people)

    def act(given):
        return tasks.give(
            actor=request.user, customer=task.customer, task=task, person=given["person"]
        )

    if submitted(request, form, act):
        return done(request, task, _("Given on."))
    return form_shown(
        request, form, task.customer, _("Give the task to somebody"), task.get_absolute_url(),
        submit=_("Give it"),
    )  # fmt: skip


@require_POST
def finish(request, pk):
    """It has been done: one tap, or with what came of it."""
    task = seen(request, pk)
    form = FinishForm(request.POST)

    def act(given):
        return tasks.finish(actor=request.user, task=task, outcome=given["outcome"])

    if submitted(request, form, act):
        return done(request, back(request, task.get_absolute_url()), _("Done."))
    return page_of(request, task, form)


@both
def drop(request, pk):
    """It will not be done."""
    task = changeable(request, pk)
    form = DropForm(sent(request))

    def act(given):
        return tasks.drop(actor=request.user, task=task, why=given["why"])

    if submitted(request, form, act):
        return done(request, task, _("Task dropped."))
    return form_shown(
        request, form, task.customer, _("Drop the task"), task.get_absolute_url(),
        submit=_("Drop it"),
    )  # fmt: skip


@require_POST
def reopen(request, pk):
    """It is to be done after all."""
    task = seen(request, pk)
    tasks.reopen(actor=request.user, customer=task.customer, task=task)
    return done(request, task, _("Opened again."))


# -- forms -----------------------------------------------------------------------------------------
def contacts_of(viewer, customer, known=None):
    """Contacts that a form offers: those at the customer now, and the one who is named already."""
    offered = {known.pk: known} if known else {}
    offered |= {place.contact_id: place.contact for place in their.at_customer(viewer, customer)}
    return offered.values()


def at_customer(customer):
    return reverse("crm:customer-tasks", args=[customer.pk])


def form_shown(request, form, customer, title, cancel, submit=""):
    """A page with a form about a task of a customer."""
    context = {
        "form": form,
        "customer": customer,
        "title": title,
        "cancel": cancel,
        "submit": submit,
        "wish": private_file.wish(customer),
    }
    return show(request, "crm/tasks/form.html", context, customers=[customer.pk],
                status=form_status(form))  # fmt: skip
