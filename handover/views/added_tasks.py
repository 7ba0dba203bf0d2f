"""A task that no template foresaw is added to an open case."""

from uuid import uuid4

from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from handover.forms.added_tasks import AddedTaskForm
from handover.selectors import added_tasks as selectors
from handover.services import added_tasks
from handover.views.cases import seen
from kit.errors import NotAllowed
from kit.web import done, form_status, sent, show, submitted


@require_http_methods(["GET", "HEAD", "POST"])
def add(request, pk):
    """What is to be done, by whom and by when; of the whole case or of one customer."""
    departure, viewer = seen(request, pk), request.user
    if not selectors.may_add(viewer, departure):
        raise NotAllowed()
    form = AddedTaskForm(
        sent(request), people=selectors.doers(departure),
        customers=selectors.customers(viewer, departure),
        initial={"client_uuid": uuid4(), "handover": request.GET.get("customer")},
    )  # fmt: skip

    def act(given):
        return added_tasks.add(actor=viewer, departure=departure, **given)

    if task := submitted(request, form, act):
        there = f"{departure.get_absolute_url()}?step={task.step}"  # where it stands
        return done(request, there, _("The task is added."))
    shown = [row.customer_id for row in selectors.customers(viewer, departure)]
    return show(request, "layout/form.html", {
        "form": form, "title": _("Add a task to the case"), "submit": _("Add the task"),
        "cancel": departure.get_absolute_url(), "about": departure.person,
    }, customers=shown, status=form_status(form))  # fmt: skip
