"""B11: notices go to whoever answers when they are sent.

Reminders of tasks are queued for one rep; some of them have reached the inbox, but not yet the mail.
Then the customers change hands, half of them with their tasks, and only then the queue runs: the old
holder hears nothing more, the new one everything, once, in the inbox and by mail.
"""

from contextlib import contextmanager
from datetime import timedelta
from unittest import mock

from django.core import mail
from django.db import transaction
from django.db.models import Count
from django.db.models.functions import Now

from accounts import audit
from accounts.models import Notice
from accounts.selectors.notifications import Line
from crm.models import Customer, Task
from crm.seats import Reason, Seat
from crm.services import ownership, task_moves, task_reminders, tasks
from kit import outbox
from kit.dates import company_zone, today
from kit.models import Effect
from tests.accept import frame
from tests.accept.frame import Mutant, patched
from tests.cast import Cast

REMINDERS = frame.size(120, 1_000)
CUSTOMERS = frame.size(6, 20)
EARLY = 10  # reminders that were in the inbox of the old holder already, their mails not yet sent
LATER = REMINDERS - EARLY
WORDS = "A task of yours is due."


def run():
    with frame.undone():
        cast = Cast()
        sent_all()  # what the making of the cast had to tell
        mail.outbox = []
        for person in (cast.li, cast.chen):
            person.by_mail = True
            person.save()
        customers = held_by(cast.li, cast)
        planned(cast.li, customers)
        queued = due_now(REMINDERS).count()
        due_now(EARLY).update(due_at=Now())
        outbox.relay(EARLY)
        handed_over(cast, customers)
        due_now(REMINDERS).update(due_at=Now())
        sent_all()
        notices = Notice.objects.filter(code=task_reminders.CODE)
        figures = {
            "reminders": queued, "to the old": notices.filter(person=cast.li).count() - EARLY,
            "to the new": notices.filter(person=cast.chen).count(),
            "mails to the old": mails(cast.li), "mails to the new": mails(cast.chen),
            "twice": twice(notices), "left": Effect.objects.filter(done_at=None).count(),
        }  # fmt: skip
    return list(figures.values()) == [REMINDERS, 0, LATER, 0, LATER, 0, 0], figures


def held_by(person, cast):
    """Customers of which `person` is account manager."""
    made = []
    with audit.verb("tests.build", cast.system):
        for number in range(CUSTOMERS):
            customer = Customer.objects.create(
                name=f"Mill {number}", tier="B", status="active", origin="company_lead",
                home_unit=cast.units["east"],
            )  # fmt: skip
            ownership.put(cast.system, customer, Seat.ACCOUNT_MANAGER, person, Reason.FIRST)
            made.append(customer)
    sent_all()
    return made


def planned(person, customers):
    """Tasks that are due tomorrow, each with its reminder."""
    day = today(company_zone()) + timedelta(days=1)
    for number in range(REMINDERS):
        tasks.plan(
            actor=person, customer=customers[number % len(customers)],
            values={"title": f"Call {number}", "due_on": day},
        )  # fmt: skip


def due_now(most):
    """The first reminders that wait; a queryset that can be updated."""
    waiting = Effect.objects.filter(done_at=None, payload__code=task_reminders.CODE)
    return Effect.objects.filter(pk__in=list(waiting.order_by("pk").values_list("pk", flat=True)[:most]))  # fmt: skip


def handed_over(cast, customers):
    """All customers go to another rep; where the tasks stay behind, the old holder cannot see them."""
    moves = [(customer.pk, cast.li.pk, cast.chen.pk) for customer in customers[::2]]
    with transaction.atomic(), audit.verb("tests.transfer", cast.he):
        for customer in customers:
            ownership.put(cast.he, customer, Seat.ACCOUNT_MANAGER, cast.chen, Reason.WORKLOAD)
        task_moves.follow(moves)


def sent_all():
    while outbox.relay(10_000):
        pass


def mails(person):
    """How many mails about tasks went to a person."""
    return sum(one.to == [person.email] and WORDS in one.body for one in mail.outbox)


def twice(notices):
    """Tasks of which somebody was reminded more than once."""
    told = notices.filter(values__task__in=list(Task.objects.values_list("pk", flat=True)))
    return told.values("values__task").annotate(n=Count("pk")).filter(n__gt=1).count()


def stored(code, *, to, **more):
    """Somebody notes down at the time of planning who is to be reminded."""
    from accounts.services.notifications import notify

    return notify(code, to=Task.objects.get(pk=more["task"]).person_id, **more)


@contextmanager
def mailed_to_the_told():
    """Neither who answers nor who sees is asked again. (One of the two would still hold it back.)"""

    def lines(person, notices):
        for notice in notices:
            notice.line = Line("")

    with (
        mock.patch("accounts.services.mail.wanted", lambda notice: True),
        mock.patch("accounts.services.mail.with_lines", lines),
    ):
        yield


MUTANTS = [
    patched("the receiver is stored when it is queued", "crm.services.task_reminders.notify", stored),
    patched(
        "whoever had the task at first", "crm.services.task_reminders.answering",
        lambda task: task.first_person,
    ),
    Mutant("a mail goes to whoever got the notice, whatever they see by now", mailed_to_the_told),
]  # fmt: skip
