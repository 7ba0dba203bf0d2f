"""The reminder on the morning of a task's day, for whoever is to do it at that moment."""

from datetime import UTC, datetime, time

from accounts.models import Notice
from accounts.services.notifications import addressee, notify
from crm.models import Task
from crm.selectors.tasks import answering
from kit.clock import database_now
from kit.dates import company_zone
from kit.outbox import Effect

MORNING = time(8, 30)  # in the company's zone
CODE = "task.due"


def morning(day):
    """The instant at which people are reminded of what is due on `day`."""
    return datetime.combine(day, MORNING, company_zone()).astimezone(UTC)


def plan(task):
    """Have somebody reminded of an open task, once for its day. A morning that is over brings none.

    A reminder of another day stays where it waits: it finds that the day has changed, and nobody.
    """
    at = morning(task.due_on)
    if at <= database_now():
        return
    waiting = Effect.objects.filter(done_at__isnull=True, due_at=at, payload__code=CODE)
    if not waiting.filter(payload__about__task=task.pk).exists():
        notify(CODE, to="task.holder", kind=Notice.Kind.ACTION, url=task.get_absolute_url(),
               values={"task": task.pk}, due_on=task.due_on, due_at=at,
               task=task.pk, day=task.due_on.isoformat())  # fmt: skip


@addressee("task.holder")
def holder_when_due(about):
    """Who is to do the task when the reminder is sent; nobody, if it is closed or has moved."""
    task = Task.objects.open().filter(pk=about["task"], due_on=about["day"])
    task = task.select_related("person", "customer").first()
    return task and answering(task)
