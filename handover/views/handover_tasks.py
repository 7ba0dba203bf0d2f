"""One task of a departure case: what it asks, and what may be done with it."""

from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Action, can
from crm.models import Activity
from handover.forms.handover_tasks import GiveForm, ProblemForm, ProofForm
from handover.selectors import cases, final_pay, introductions
from handover.selectors import handover_tasks as selectors
from handover.services import handover_tasks as tasks
from handover.views.cases import address
from kit.errors import NotAllowed
from kit.web import done, form_page, form_status, get_visible_or_404, sent, show, submitted

both = require_http_methods(["GET", "HEAD", "POST"])
# Where a task is really done, if there is such a page.
PAGES = {
    "document_list": "handover:documents",
    "paper_originals": "handover:documents",
    "write_up": "handover:write-up",
    "apprenticeship_done": "handover:apprenticeship",
    "assets": "handover:held",
    "team_talk": "handover:team-talk",
    "sign_offs": "handover:sign-offs",
    "certificate": "handover:certificate",
    "exit_interview": "handover:interview",
    "outcome_review": "handover:outcome",
}


def seen(request, case, pk):
    """The task of the address as far as the reader may see it; else the 404."""
    return get_visible_or_404(selectors.with_people(), request, pk=pk, departure=case)


def allowed(request, case, pk, may):
    """The task of the address if `may(person, task)`; else 403."""
    task = seen(request, case, pk)
    if not may(request.user, task):
        raise NotAllowed()
    return task


@require_safe
def detail(request, case, pk):
    """The page of a task."""
    return page_of(request, seen(request, case, pk), ProofForm())


def page_of(request, task, form):
    viewer, customer = request.user, task.handover and task.handover.customer
    acts = selectors.may_act(viewer, task)
    opens = bool(customer and cases.visible_customers(viewer, [customer.pk]))
    waits = selectors.must_wait(task)
    finishable = task.is_open and acts and not waits and task.is_running
    return show(request, "handover/tasks/task.html", {
        "task": task, "departure": task.departure, "customer": customer, "form": form,
        "acts": acts, "gives": selectors.may_give(viewer, task), "waits": waits,
        "finishable": finishable, "is_brief": task.key in selectors.BRIEFS,
        "is_joint": task.key in selectors.JOINT, "opens": opens,
        "may_log": opens and can(viewer, Action.ACTIVITY_LOG, customer),
        "waives": task.is_open and task.departure.state == "open"
        and selectors.may_waive(viewer, task.departure, task),
        "reads": opens or task.handover is None or acts,
        "there": place(viewer, task),
        "pay": final_pay.of(task.departure) if task.key == final_pay.TASK else None,
        "visits": visits(viewer, task) if finishable and opens else [],
    }, customers=[customer.pk] if customer else (), status=form_status(form))  # fmt: skip


def place(viewer, task):
    """Where a task is really done, "" where no page is for it."""
    leaver = task.departure.person
    if task.key == "agreements_review" and can(viewer, Action.AGREEMENT_VIEW, leaver):
        return address("accounts:person-agreements", leaver.pk)
    return address(PAGES.get(task.key, ""), task.departure_id)


def visits(viewer, task):
    """Visits and calls that may show that this task was done: those the viewer may read."""
    if task.key not in selectors.CONTACTS:
        return []
    if task.key in selectors.JOINT:
        rows = introductions.together(task.handover).filter(visitors__confirmed_at__isnull=False)
    else:
        rows = introductions.by(task)
    return list(rows.visible_to(viewer).select_related("author")[:5])


@require_POST
def start(request, case, pk):
    """It has been begun."""
    task = seen(request, case, pk)
    tasks.start(actor=request.user, task=task)
    return done(request, task, _("Started."))


@require_POST
def finish(request, case, pk):
    """It is done, with what shows it."""
    task = seen(request, case, pk)
    form = ProofForm(request.POST)

    def act(given):
        activity = None
        if given["activity"]:
            rows = Activity.objects.filter(customer=task.handover and task.handover.customer_id)
            activity = get_visible_or_404(rows, request, pk=given["activity"])
        return tasks.finish(actor=request.user, task=task, proof=given["proof"], activity=activity)

    if submitted(request, form, act):
        return done(request, task, _("Done."))
    return page_of(request, task, form)


@both
def problem(request, case, pk):
    """Something is in the way."""
    task = allowed(request, case, pk, selectors.may_act)
    form = ProblemForm(sent(request))

    def act(given):
        return tasks.report(actor=request.user, task=task, problem=given["problem"])

    if submitted(request, form, act):
        return done(request, task, _("The problem is reported."))
    return form_page(request, form, _("Report a problem"), task.get_absolute_url(),
                     note=named(task), submit=_("Report it"))  # fmt: skip


@both
def give(request, case, pk):
    """Somebody else does it."""
    task = allowed(request, case, pk, selectors.may_give)
    people = selectors.candidates().exclude(pk__in=[task.person_id or 0, task.departure.person_id])
    form = GiveForm(sent(request), people=people)

    def act(given):
        return tasks.give(actor=request.user, task=task, person=given["person"])

    if submitted(request, form, act):
        return done(request, task, _("Given on."))
    return form_page(request, form, _("Give the task to somebody"), task.get_absolute_url(),
                     note=named(task), submit=_("Give it"))  # fmt: skip


@require_POST
def reopen(request, case, pk):
    """It is to be done after all."""
    task = seen(request, case, pk)
    tasks.reopen(actor=request.user, task=task)
    return done(request, task, _("Opened again."))


def named(task):
    """A task in words, with its customer."""
    if task.handover is None:
        return str(task)
    return _("%(customer)s: %(what)s") % {"customer": task.handover.customer.name, "what": task}
