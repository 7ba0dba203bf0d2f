"""The exit interview, held by HR alone. What is said is encrypted before it is written."""

from django.utils.translation import gettext as _

from accounts.access import Action
from accounts.audit import record
from accounts.selectors.content import content
from accounts.service import service
from handover.models import ExitInterview
from handover.selectors import interviews as shapes
from handover.services import handover_tasks as tasks
from kit import crypto
from kit.clock import database_now
from kit.errors import Conflict, NotAllowed, Refused
from kit.models import SubjectKey
from kit.versions import same_version

LONGEST = 4_000


@service(Action.EXIT_VIEW, on="departure")
def save(*, actor, departure, answers, version=0, complete=False):
    """Keep what was said in an exit interview. Returns the ExitInterview.

    answers: question id → {"answer", "sources", "theme"}; a theme needs the two sources that agree.
    version: as seen, 0 where nothing was kept yet. complete: it is over.
    """
    about_another(actor, departure)
    row = ExitInterview.objects.filter(departure=departure).select_related("key").first()
    row = row or ExitInterview(departure=departure, version=0)
    same_version(row, version)
    kept = sound(answers)
    if complete and not any(one["answer"] for one in kept.values()):
        raise Refused(_("Write down at least one answer"))
    if row.key is None:
        row.key = SubjectKey.objects.create(wrapped=crypto.new_key())
    row.sealed, row.held_by = crypto.seal(row.key.wrapped, kept), actor
    row.held_at = row.held_at or (database_now() if complete else None)
    row.version += 1
    row.save()
    record(row, {"held_at": (None, row.held_at)})
    if complete:
        tasks.settle(actor, departure.tasks.filter(key="exit_interview"))
    return row


def about_another(actor, departure):
    """A case in which interviews are held, and never one's own."""
    if departure.person_id == actor.pk:
        raise NotAllowed()
    if not shapes.are_held(departure):
        raise Conflict(_("This case is not open."))


def sound(answers):
    """The answers to known questions, or Refused at the first that is wrong."""
    kept = {}
    for question in content("departure")["exit_interview"]["questions"]:
        given = answers.get(question["id"])
        if not given:
            continue
        one = {"answer": (given.get("answer") or "").strip(),
               "sources": (given.get("sources") or "").strip(),
               "theme": bool(given.get("theme"))}  # fmt: skip
        if len(one["answer"]) > LONGEST or len(one["sources"]) > 500:
            raise Refused(_("This text is too long."), field=f"{question['id']}-answer")
        if one["theme"] and not one["sources"]:
            text = _("Name the two sources that agree before this counts as a theme")
            raise Refused(text, field=f"{question['id']}-sources")
        kept[question["id"]] = one
    return kept


@service(Action.EXIT_VIEW, on="departure")
def judge_loss(*, actor, departure, regretted, why=""):
    """HR notes whether the company would rather have kept somebody, and why they went. Returns the case."""
    about_another(actor, departure)
    if len(why or "") > 300:
        raise Refused(_("This text is too long."), field="regret_reason")
    departure.regretted, departure.regret_reason = regretted, (why or "").strip()
    departure.version += 1
    departure.save()
    changes = {"regretted": (None, regretted), "regret_reason": (None, why)}
    record(departure, changes, personal=("regretted", "regret_reason"))
    return departure
