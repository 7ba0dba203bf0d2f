"""Calls of the service line after a handover: planned at its end, saved with what the customer says.

What is said stays out of the trail.
"""

from datetime import timedelta

from django.utils.translation import gettext as _

from accounts.access import Action, Role, can
from accounts.audit import record, record_many
from accounts.models import Notice, Person
from accounts.selectors.calendar import add_working_days
from accounts.selectors.content import content
from accounts.selectors.org import able_at, able_head_above
from accounts.service import service
from accounts.services.notifications import addressee, notify
from crm.seats import Seat
from crm.selectors.ownership import holder
from crm.services.task_reminders import morning
from handover.models import FollowUp, HandoverTask
from handover.services import handover_tasks as tasks
from kit import bulk
from kit.clock import database_now
from kit.errors import NotAllowed, Refused
from kit.versions import same_version

SAID = ("answers", "note")
LONGEST = 1_000


def plan(departure):
    """Inside a running verb: a row for each call that is asked for and not there yet. Returns them.

    Where the case has tasks for calls it says which customers get which; else all get all.
    """
    days = [row["days"] for row in content("departure")["follow_up_calls"]]
    asked = {
        (handover, int(key.rsplit("_", 1)[1]))
        for handover, key in HandoverTask.objects.filter(
            departure=departure, key__regex=r"^service_call_\d{1,3}$", handover__isnull=False
        ).exclude(state="waived").values_list("handover", "key")
    }  # fmt: skip
    have = set(
        FollowUp.objects.filter(handover__departure=departure).values_list("handover", "days")
    )
    wanted = asked or {(pk, day) for pk in departure.customers.values_list("pk", flat=True)
                       for day in days}  # fmt: skip
    rows = [
        FollowUp(handover_id=pk, days=day, due_on=due_on(departure, day))
        for pk, day in sorted(wanted - have) if day in days
    ]  # fmt: skip
    if not rows:
        return []
    bulk.write(rows)
    at = dict(departure.customers.values_list("pk", "customer"))
    record_many([
        {"subject": row, "customer": at[row.handover_id],
         "changes": {"days": (None, row.days), "due_on": (None, row.due_on)}} for row in rows
    ])  # fmt: skip
    for row in rows:
        remind(row)
    return rows


def remind(row):
    """Have the service line reminded on the morning of a call, once; who answers is asked then."""
    notify("follow_up.due", to="follow_up.caller", kind=Notice.Kind.ACTION,
           url=row.get_absolute_url(), values={"follow_up": row.pk}, due_on=row.due_on,
           due_at=morning(row.due_on), follow_up=row.pk)  # fmt: skip


@addressee("follow_up.caller")
def caller_when_due(about):
    """Who holds the service seat of the customer then, if able; else another of the line, else its head."""
    row = FollowUp.objects.filter(pk=about["follow_up"], called_at=None).first()
    if row is None:
        return None
    seated = holder(row.handover.customer, Seat.SERVICE_LINE)
    if able_at(seated):
        return seated
    line = Person.objects.filter(roles__contains=[Role.SERVICE], state="active").order_by("pk")
    able = (one for one in line if able_at(one) and can(one, Action.CALL_VIEW, row))
    return next(able, None) or (seated and able_head_above(seated))


def due_on(departure, days):
    """The day of a call: so many days after the last one, or the next day on which people work."""
    return add_working_days(departure.last_day + timedelta(days=days), 0)


@service(Action.CALL_VIEW, on="follow_up")
def save(*, actor, follow_up, result, answers, note="", version):
    """Save what came of a call. Returns it. Only the service line calls, also again and again.

    answers: question id of the content → text; at least one where somebody was spoken with.
    """
    if not calls(actor):
        raise NotAllowed()
    same_version(follow_up, version)
    known = [row["id"] for row in questions(follow_up.days)]
    answers = {key: answers[key].strip() for key in known if (answers.get(key) or "").strip()}
    if any(len(text) > LONGEST for text in [*answers.values(), note]):
        raise Refused(_("This text is too long."))
    result = FollowUp.Result(result)
    if result == FollowUp.Result.ANSWERED and not answers:
        raise Refused(_("Write down at least one answer"), field=known[0] if known else "")
    before, follow_up.result = follow_up.result, result
    follow_up.answers, follow_up.note = answers, note.strip()
    follow_up.called_by, follow_up.called_at = actor, database_now()
    follow_up.version += 1
    follow_up.save()
    changes = {"result": (before, result), "answers": (None, answers), "note": (None, note)}
    record(follow_up, changes, customer=follow_up.handover.customer_id, personal=SAID)
    asked = follow_up.handover.tasks.filter(key=f"service_call_{follow_up.days}")
    tasks.settle(actor, asked)
    return follow_up


def calls(person):
    """Whether a person is of the service line, which makes the calls; others read what came of them."""
    return person.has_role(Role.SERVICE)


def questions(days):
    """The questions of the call after so many days, [{id, question}]."""
    for row in content("departure")["follow_up_calls"]:
        if row["days"] == days:
            return row["questions"]
    return []
