"""The brief of a customer: written by the leaver, submitted, returned with a reason or accepted.

Its texts are about customers and people there: they stay out of the trail.
"""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import Action
from accounts.audit import assign, record, record_many
from accounts.models import Notice
from accounts.service import service
from accounts.services.notifications import addressee, notify
from handover.models import BriefAnswer, CustomerHandover, Departure
from handover.selectors import briefs as shapes
from handover.selectors.handover_tasks import BRIEFS
from handover.services import handover_tasks as tasks
from kit.clock import database_now
from kit.errors import NotAllowed, Refused
from kit.once import DoneAlready, harmless_twice
from kit.state import move

Brief = CustomerHandover.Brief
LONGEST = 2_000
WRITABLE = (Brief.DRAFT, Brief.RETURNED)


@harmless_twice
@service(Action.DEPARTURE_VIEW, on="handover", under="departure")
def write(*, actor, handover, answers):
    """Save answers of a brief that is not submitted. answers: question → text. Returns the handover.

    Questions that are not named stay as they are. Raises Refused at `answer_<question>`.
    """
    writable(actor, handover)
    known = {row["id"] for row in shapes.asked(handover.tier)}
    strange = sorted(answers.keys() - known)
    if strange:
        raise Refused(_("This question is not asked here."))
    changed = put(actor, handover, answers)
    if not changed:
        raise DoneAlready(handover)
    record_many([
        {"subject": row, "changes": {"question": (None, row.question), "text": (None, "")},
         "personal": ("text",)}
        for row in changed
    ])  # fmt: skip
    begun(handover)
    return handover


def write_and_submit(*, actor, handover, answers):
    """Save what was typed and hand it in, both or neither. Returns the handover."""
    with transaction.atomic():
        write(actor=actor, handover=handover, answers=answers)
        return submit(actor=actor, handover=handover)


@harmless_twice
@service(Action.DEPARTURE_VIEW, on="handover", under="departure")
def submit(*, actor, handover):
    """Hand the brief to the receiver; every question has an answer."""
    if handover.brief == Brief.SUBMITTED:
        raise DoneAlready(handover)
    writable(actor, handover)
    given = dict(handover.answers.values_list("question", "text"))
    empty = [row["id"] for row in shapes.asked(handover.tier) if not given.get(row["id"])]
    if empty:
        refused = Refused(_("Answer this question"))
        refused.fields = {f"answer_{key}": refused.message for key in empty}
        raise refused
    turn(handover, Brief.SUBMITTED, brief_note="")
    notify("handover.brief", to="handover.receiver", kind=Notice.Kind.ACTION,
           url=handover.get_absolute_url(), values={"handover": handover.pk},
           handover=handover.pk)  # fmt: skip
    return handover


@harmless_twice
@service(Action.DEPARTURE_VIEW, on="handover", under="departure")
def give_back(*, actor, handover, why):
    """The receiver needs more. why: must be said; the writer reads it."""
    judging(actor, handover)
    if handover.brief == Brief.RETURNED:
        raise DoneAlready(handover)
    why = tasks.text(why, "why", _("Say what is missing"))
    turn(handover, Brief.RETURNED, brief_note=why)
    notify("handover.returned", to="handover.writer", kind=Notice.Kind.ACTION,
           url=handover.get_absolute_url(), values={"handover": handover.pk},
           handover=handover.pk)  # fmt: skip
    return handover


@harmless_twice
@service(Action.DEPARTURE_VIEW, on="handover", under="departure")
def accept(*, actor, handover):
    """The receiver knows enough: the task of the brief is done by it."""
    judging(actor, handover)
    if handover.brief == Brief.ACCEPTED:
        raise DoneAlready(handover)
    turn(handover, Brief.ACCEPTED, brief_note="")
    tasks.settle(actor, handover.tasks.filter(key__in=BRIEFS))
    return handover


# -- rules -----------------------------------------------------------------------------------------


def writable(actor, handover):
    """The actor writes this brief, and it is theirs to write now."""
    if not shapes.may_write(actor, handover):
        raise NotAllowed()
    open_case(handover)
    if handover.brief not in WRITABLE:
        raise Refused(_("The brief has been submitted."))


def judging(actor, handover):
    if not shapes.may_judge(actor, handover):
        raise NotAllowed()
    open_case(handover)


def open_case(handover):
    """The case of a customer is open; else Refused."""
    if handover.departure.state != Departure.State.OPEN:
        raise Refused(_("This case is not open."))


def put(actor, handover, answers):
    """Write the answers that differ from what stands there. Returns the rows."""
    have = {row.question: row for row in handover.answers.all()}
    changed = []
    for key, text in sorted(answers.items()):
        text = tasks.text(text, f"answer_{key}", most=LONGEST)
        row = have.get(key) or BriefAnswer(handover=handover, question=key)
        if row.text != text or (row.pk is None and text):
            assign(row, {"text": text, "written_by": actor, "written_at": database_now()})
            row.save()
            changed.append(row)
    return changed


def begun(handover):
    """Whoever writes has begun with the task."""
    for task in handover.tasks.filter(key__in=BRIEFS, state="not_started"):
        tasks.go(task, tasks.State.IN_PROGRESS)


def turn(handover, state, **values):
    """Move the brief to another state, with its entry in the trail."""
    before = handover.brief
    move(handover, "brief", state, CustomerHandover.BRIEF_MOVES)
    changes = {"brief": (before, state)} | assign(handover, values)
    handover.version += 1
    handover.save()
    record(handover, changes, personal=("brief_note",))


# -- telling ---------------------------------------------------------------------------------------


def found(about):
    rows = CustomerHandover.objects.filter(pk=about["handover"], departure__state="open")
    return rows.select_related("successor", "departure__person").first()


@addressee("handover.receiver")
def receiver_when_sent(about):
    """Who takes the customer over at this moment, while the brief waits for them."""
    row = found(about)
    return row.successor if row and row.brief == Brief.SUBMITTED else None


@addressee("handover.writer")
def writer_when_sent(about):
    """Who has the task of the brief, while it is returned; else the leaver."""
    row = found(about)
    if row is None or row.brief != Brief.RETURNED:
        return None
    task = row.tasks.filter(key__in=BRIEFS).select_related("person").first()
    return (task and task.person) or row.departure.person
