"""The receiver records what a file lacked; what follows a rotation is planned as tasks."""

from uuid import NAMESPACE_URL, uuid5

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from accounts.access import Action
from accounts.audit import record
from accounts.selectors.calendar import working_calendar
from accounts.service import service
from crm.models import Change, ChangeSet, Task
from crm.services import task_moves, tasks
from crm.services.changesets import FOLLOWS
from handover.models import FileGap
from handover.selectors import rotation
from handover.selectors.rotation_gaps import after_move, open_for
from kit.dates import company_zone, today
from kit.errors import Conflict, NotAllowed, Refused
from kit.templatetags.words import shown_name

Part = FileGap.Part
Origin, State = ChangeSet.Origin, ChangeSet.State
JOINT = {
    "in_person": (Task.Kind.VISIT, gettext_noop("Visit together with %(who)s: introduce the new account manager")),
    "in_person_or_video": (Task.Kind.MEETING, gettext_noop("Introduce the new account manager, with %(who)s: visit or video call")),
}  # fmt: skip
TOGETHER, BY_ONESELF = "together", "alone"
ALONE = gettext_noop("First contact alone with the new customer")


@service(Action.CUSTOMER_VIEW, on="customer")
def note(*, actor, customer, part, text=""):
    """Say what the file of a customer lacked that one took over by rotation. Returns the FileGap.

    part: of FileGap.Part; NOTHING says that the file was complete. Only the receiver, within the
    working days of the policy.
    """
    change = open_for(actor, customer)
    if change is None:
        raise NotAllowed(_("Only who took this customer over may say it, within the days after the rotation."))  # fmt: skip
    if part not in Part.values:
        raise Refused(_("Choose one of these."), field="part")
    if part != Part.NOTHING and not text.strip():
        raise Refused(_("Say what was missing."), field="text")
    said = FileGap.objects.filter(change=change)
    if part == Part.NOTHING and said.exists():
        raise Conflict(_("Something was recorded about this file already."))
    if part != Part.NOTHING and said.filter(part=Part.NOTHING).exists():
        raise Conflict(_("It was said already that nothing was missing."))
    row = FileGap.objects.create(
        customer=customer, change=change, found_by=actor, part=part, text=text.strip()[:300]
    )
    record(row, {"part": (None, part), "text": (None, row.text)}, customer=customer, personal=("text",))  # fmt: skip
    return row


# -- tasks -----------------------------------------------------------------------------------------
def introduced(change_set):
    """Tasks of giver and taker before a rotation takes effect: an introduction together.

    Each is numbered by its row and who is to do it: where the rotation comes to nothing, `dropped`
    finds them again.
    """
    rules = rotation.tier_rules()
    last = day_before(change_set)
    made = []
    for row in waiting(change_set):
        rule = rules.get(row.customer.tier, {})
        if row.giver_id and rule.get("overlap_working_days"):
            kind, title = JOINT[rule["joint_visit"]]
            for who, other in ((row.giver, row.taker), (row.taker, row.giver)):
                made.append(task(change_set, row, who, (kind, title, other), last))
    tasks.insert(made)


def alone(change_set):
    """A task of each taker once a rotation was carried out: the first contact alone, logged."""
    rule = after_move("solo_contact")
    if rule is None:
        return
    calendar = working_calendar()
    due = calendar.add_working_days(today(company_zone()), rule["working_days_after"])
    rows = change_set.changes.filter(state=Change.State.APPLIED).exclude(taker=None)
    rows = rows.select_related("customer", "taker")
    tasks.insert(
        [task(change_set, row, row.taker, (Task.Kind.CALL, ALONE, None), due) for row in rows]
    )


def dropped(change_set):
    """Where a rotation does not come, or was taken back, nobody is to be introduced any more."""
    rows = change_set.changes.exclude(taker=None)
    if change_set.state == State.PARTLY_UNDONE:
        rows = rows.filter(state=Change.State.UNDONE)
    keys = [
        number(pk, who, what)
        for pk, *people in rows.values_list("pk", "giver", "taker")
        for who in people
        for what in (TOGETHER, BY_ONESELF)
    ]
    task_moves.withdraw(
        Task.objects.filter(made_by=change_set.made_by_id, client_uuid__in=keys), why
    )


def why(task):
    """What is said of a task without use, in the language of whoever has it."""
    with override(task.person.language):
        return _("The rotation does not take place.")


def number(change, person, what):
    """What a task is numbered by: the row of the change set, whose task it was at first (keys), and
    whether they go there together."""
    return uuid5(NAMESPACE_URL, f"rotation:{change}:{person}:{what}")


def waiting(change_set):
    rows = change_set.changes.filter(state=Change.State.WAITING).exclude(taker=None)
    return rows.select_related("customer", "giver", "taker")


def day_before(change_set):
    """The working day before a set takes effect, today at the earliest."""
    day = today(company_zone())
    if change_set.effective_at is None:
        return day
    begins = change_set.effective_at.astimezone(company_zone()).date()
    return max(day, working_calendar().add_working_days(begins, -1))


def task(change_set, row, person, what, due):
    """One task for somebody, in their language. what: kind, title, and whom it names or None."""
    kind, title, other = what
    with override(person.language):
        words = _(title) % {"who": shown_name(other)} if other else _(title)
    return Task(customer=row.customer, person=person, first_person=person, due_on=due,
                made_by=change_set.made_by, kind=kind, title=words,
                client_uuid=number(row.pk, person.pk, TOGETHER if other else BY_ONESELF))  # fmt: skip


FOLLOWS[Origin.ROTATION, State.SCHEDULED].append(introduced)
FOLLOWS[Origin.ROTATION, State.APPLIED].append(alone)
for state in (State.CANCELLED, State.STOPPED, State.PARTLY_UNDONE, State.UNDONE):
    FOLLOWS[Origin.ROTATION, state].append(dropped)
