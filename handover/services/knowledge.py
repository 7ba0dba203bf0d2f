"""What somebody knows is written down, practised together and told to the team.

None of the texts goes into the trail.
"""

from django.utils.translation import gettext as _

from accounts.access import Action
from accounts.audit import record
from accounts.service import service
from handover.models import ApprenticeStep, TeamTalk, WriteUp
from handover.selectors import knowledge as shapes
from handover.services import handover_tasks as tasks
from handover.services.sign_offs import running
from kit.clock import database_now
from kit.dates import plausible
from kit.errors import NotAllowed, Refused
from kit.state import move
from kit.versions import same_version

LONGEST = 2_000
SAID = ("answers", "note")
State = WriteUp.State


@service(Action.DEPARTURE_VIEW, on="departure")
def write(*, actor, departure, answers, version=0, submit=False):
    """The leaver writes what works in the post. Returns the WriteUp.

    answers: prompt id → text. version: as seen, 0 where nothing was written yet. submit: hand it to
    the supervisor, which takes at least one answer.
    """
    running(departure)
    if not shapes.is_leaver(actor, departure):
        raise NotAllowed()
    row = of_case(departure)
    same_version(row, version)
    if row.state not in WriteUp.WRITABLE:
        raise Refused(_("This has been handed in. It can be changed when it is returned."))
    known = dict(shapes.prompts())
    if any(len(text or "") > LONGEST for text in answers.values()):
        raise Refused(_("This text is too long."))
    row.answers = {key: text.strip() for key, text in answers.items()
                   if key in known and (text or "").strip()}  # fmt: skip
    before = row.state
    if submit:
        if not row.answers:
            raise Refused(_("Answer at least one question first"))
        move(row, "state", State.SUBMITTED, WriteUp.MOVES)
    row.answered_by, row.note = actor, ""
    return save(row, before)


@service(Action.DEPARTURE_VIEW, on="departure")
def judge(*, actor, departure, accept, note="", version):
    """The supervisor accepts the write-up or returns it with a note. Returns it."""
    running(departure)
    if not shapes.may_accept(actor, departure):
        raise NotAllowed()
    row = of_case(departure)
    same_version(row, version)
    if not accept and not (note or "").strip():
        raise Refused(_("Say what is missing"), field="note")
    if len(note or "") > 500:
        raise Refused(_("This text is too long."), field="note")
    before = row.state
    move(row, "state", State.ACCEPTED if accept else State.RETURNED, WriteUp.MOVES)
    row.note = "" if accept else note.strip()
    save(row, before)
    if accept:
        tasks.settle(actor, departure.tasks.filter(key="write_up"))
    return row


def of_case(departure):
    """The write-up of a case, which is locked; a new one where there is none."""
    found = WriteUp.objects.filter(departure=departure).first()
    return found or WriteUp(departure=departure, version=0)


def save(row, before):
    """Save a write-up as its next version, with its entry; what it says stays out of it."""
    row.version += 1
    row.save()
    record(row, {"state": (before, row.state), "answers": (None, row.answers)}, personal=SAID)
    return row


@service(Action.DEPARTURE_VIEW, on="departure", people=("successor",))
def tick_step(*, actor, departure, successor, key, done=True):
    """Leaver or successor says that a step of the apprenticeship is done. Returns the step.

    Each ticks for themselves; the second tick completes it.
    """
    running(departure)
    side = {departure.person_id: "leaver_at", successor.pk: "successor_at"}.get(actor.pk)
    if side is None:
        raise NotAllowed()
    all_steps = shapes.steps(departure, successor)
    if key not in {step.key for step in all_steps} or not is_successor(departure, successor):
        raise Refused(_("Choose a step of the list"), field="key")
    row, _new = ApprenticeStep.objects.get_or_create(
        departure=departure, successor=successor, key=key
    )
    before = getattr(row, side)
    setattr(row, side, (before or database_now()) if done else None)
    row.save()
    record(row, {"key": (None, key), side: (before, getattr(row, side))})
    if all(step.done for step in shapes.steps(departure, successor)):
        tasks.settle(actor, departure.tasks.filter(key="apprenticeship_done"))
    return row


def is_successor(departure, person):
    """Whether somebody takes customers of the case over."""
    return departure.customers.filter(successor=person.pk).exists()


@service(Action.DEPARTURE_VIEW, on="departure")
def note_talk(*, actor, departure, values):
    """The supervisor notes the talk with the team. Returns the TeamTalk.

    values: held_on (a day), present, points (ids of the content), questions.
    """
    running(departure)
    if not shapes.may_talk(actor, departure):
        raise NotAllowed()
    if not plausible(values["held_on"]):
        raise Refused(_("Enter a day from 1900 to a year from now"), field="held_on")
    known = {key for key, _text in shapes.points()}
    row = TeamTalk.objects.filter(departure=departure).first() or TeamTalk(departure=departure)
    row.held_on, row.present = values["held_on"], values.get("present", "")
    row.points = [key for key in values.get("points", ()) if key in known]
    row.questions, row.noted_by = values.get("questions", ""), actor
    row.save()
    changes = {"held_on": (None, row.held_on), "questions": (None, row.questions)}
    record(row, changes, personal=("questions", "present"))
    tasks.settle(actor, departure.tasks.filter(key="team_talk"))
    return row
