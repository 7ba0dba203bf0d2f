"""How the notices about cases read: tasks, days, customers. Only what the reader may see now."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from accounts.selectors.notifications import Line, renders
from handover.models import CustomerHandover, HandoverTask
from kit.templatetags.words import grouped, short_day_words, shown_name


def gone():
    """What is left of a notice about something that the reader sees no more."""
    return Line(_("Something of a handover that is no longer yours."), leads=False)


# -- one task --------------------------------------------------------------------------------------
def task_lines(viewer, notices, words):
    """Notice → its line about a task; words: the sentence, with %(task)s, %(day)s, %(person)s."""
    ids = {notice.values.get("task") for notice in notices}
    rows = HandoverTask.objects.visible_to(viewer).filter(pk__in=ids)
    rows = rows.select_related("handover__customer", "departure__person").in_bulk()
    return {notice.pk: task_line(rows.get(notice.values.get("task")), words) for notice in notices}


def task_line(task, words):
    if task is None:
        return gone()
    customer = task.handover and task.handover.customer
    what = f"{customer.name} · {task}" if customer else str(task)
    names = {"task": what, "day": short_day_words(task.due_on),
             "person": shown_name(task.departure.person)}  # fmt: skip
    return Line(words % names, customers=[customer.pk] if customer else [])


@renders("handover.given", outside=_lazy("Somebody gave you a handover task."))
def task_given(viewer, notices):
    """A task of a case is the reader's now."""
    return task_lines(
        viewer, notices, _("You were given a handover task, due on %(day)s: %(task)s")
    )


@renders("handover.problem", outside=_lazy("There is a problem in a handover."))
def task_problem(viewer, notices):
    """Somebody reported a problem."""
    return task_lines(
        viewer, notices, _("There is a problem in the departure of %(person)s: %(task)s")
    )


# -- several tasks of a day ------------------------------------------------------------------------
@renders("handover.due", outside=_lazy("Handover tasks are due today."))
def tasks_due(viewer, notices):
    """Tasks of one case are due on a day."""
    return day_lines(viewer, notices, due_words)


@renders("handover.late", outside=_lazy("Handover tasks are overdue."))
def tasks_late(viewer, notices):
    """Tasks of one case have not been done on their day."""
    return day_lines(viewer, notices, late_words)


def day_lines(viewer, notices, words):
    """Notice → its line about the tasks of a day that are still open and in sight."""
    ids = {pk for notice in notices for pk in notice.values.get("tasks", [])}
    rows = HandoverTask.objects.visible_to(viewer).filter(pk__in=ids)
    tasks = rows.select_related("handover__customer", "departure__person").in_bulk()
    lines = {}
    for notice in notices:
        mine = [tasks[pk] for pk in notice.values.get("tasks", []) if pk in tasks]
        lines[notice.pk] = words(mine) if mine else gone()
    return lines


def due_words(tasks):
    text = ngettext(
        "%(count)s handover task is due on %(day)s: departure of %(person)s",
        "%(count)s handover tasks are due on %(day)s: departure of %(person)s",
        len(tasks),
    )
    return Line(text % told(tasks), customers=customers_of(tasks))


def late_words(tasks):
    text = ngettext(
        "%(count)s handover task is overdue since %(day)s: departure of %(person)s",
        "%(count)s handover tasks are overdue since %(day)s: departure of %(person)s",
        len(tasks),
    )
    return Line(text % told(tasks), customers=customers_of(tasks))


def told(tasks):
    first = tasks[0]
    return {"count": grouped(len(tasks)), "day": short_day_words(first.due_on),
            "person": shown_name(first.departure.person)}  # fmt: skip


def customers_of(tasks):
    return sorted({task.handover.customer_id for task in tasks if task.handover_id})


# -- one customer ----------------------------------------------------------------------------------
def customer_lines(viewer, notices, words):
    """Notice → its line about a customer that is handed over."""
    ids = {notice.values.get("handover") for notice in notices}
    rows = CustomerHandover.objects.visible_to(viewer).filter(pk__in=ids)
    rows = rows.select_related("customer").in_bulk()
    lines = {}
    for notice in notices:
        row = rows.get(notice.values.get("handover"))
        names = row and {"customer": row.customer.name}
        lines[notice.pk] = Line(words % names, customers=[row.customer_id]) if row else gone()
    return lines


@renders("handover.brief", outside=_lazy("A handover brief waits for you."))
def brief_submitted(viewer, notices):
    """A brief waits for its receiver."""
    return customer_lines(
        viewer, notices, _("Read the handover brief of %(customer)s: accept or return it.")
    )


@renders("handover.returned", outside=_lazy("A handover brief came back."))
def brief_returned(viewer, notices):
    """The receiver needs more."""
    return customer_lines(
        viewer, notices, _("The handover brief of %(customer)s came back. Add what is missing.")
    )


@renders("handover.declined", outside=_lazy("A customer declines a receiver."))
def customer_declined(viewer, notices):
    """A customer said no once."""
    return customer_lines(viewer, notices, _("%(customer)s declines the receiver. Talk to them."))


@renders("handover.declined_twice", outside=_lazy("A customer declined a receiver twice."))
def customer_declined_twice(viewer, notices):
    """A customer said no twice: somebody else has to come."""
    return customer_lines(
        viewer, notices, _("%(customer)s has declined twice. Choose another receiver.")
    )
