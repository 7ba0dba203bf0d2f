"""What is passed on: the write-up of a post, the apprenticeship, the talk with the team."""

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from handover.forms.knowledge import JudgeForm, TalkForm, WriteUpForm
from handover.selectors import knowledge as selectors
from handover.services import knowledge
from handover.views.documents import at, shown_case
from kit.dates import company_zone, today
from kit.errors import NotAllowed
from kit.web import done, form_status, sent, show, submitted

both = require_http_methods(["GET", "HEAD", "POST"])


@both
def write_up(request, pk):
    """What works in this post: the leaver writes, the supervisor accepts, the successors read."""
    departure, viewer = shown_case(request, pk), request.user
    if not selectors.may_read(viewer, departure):
        raise NotAllowed()
    row = selectors.write_up(viewer, departure)
    is_open = departure.state == "open"
    writes = is_open and selectors.is_leaver(viewer, departure)
    writes = writes and (row is None or row.state in row.WRITABLE)
    judges = is_open and row is not None and row.state == "submitted"
    judges = judges and selectors.may_accept(viewer, departure)
    if request.method == "POST" and not (writes or judges):
        raise NotAllowed()
    form = judge_form(request, row) if judges else write_form(request, row)
    saved = submitted(request, form, acting(request, departure, form, judges))
    if saved:
        return done(request, at("write-up", departure), _("Saved."))
    if form_status(form) == 409:  # the next save keeps what is typed here
        form.data = form.data.copy()
        form.data["version"] = row.version if row else 0
    answers = row.answers if row else {}
    return show(request, "handover/knowledge/write_up.html", {
        "departure": departure, "row": row, "form": form, "writes": writes, "judges": judges,
        "told": [(text, answers[key]) for key, text in selectors.prompts() if key in answers],
    }, status=form_status(form))  # fmt: skip


def write_form(request, row):
    first = (row.answers if row else {}) | {"version": row.version if row else 0}
    return WriteUpForm(sent(request), prompts=selectors.prompts(), initial=first)


def judge_form(request, row):
    return JudgeForm(sent(request), initial={"version": row.version})


def acting(request, departure, form, judges):
    """What a valid form does: write or hand in; accept or return."""

    def write(given):
        return knowledge.write(
            actor=request.user, departure=departure, answers=form.answers(),
            version=given["version"], submit="submit" in request.POST,
        )  # fmt: skip

    def judge(given):
        return knowledge.judge(
            actor=request.user, departure=departure, accept="accept" in request.POST,
            note=given["note"], version=given["version"],
        )  # fmt: skip

    return judge if judges else write


@both
def apprenticeship(request, pk):
    """The steps of each successor, ticked by both."""
    departure, viewer = shown_case(request, pk), request.user
    learners = selectors.learners(viewer, departure)
    if request.method == "POST":
        learner = selectors.learner(viewer, departure, request.POST.get("successor"))
        if learner is None:
            raise Http404
        knowledge.tick_step(
            actor=viewer, departure=departure, successor=learner,
            key=request.POST.get("key", "")[:40], done=request.POST.get("undo") != "1",
        )  # fmt: skip
        return done(request, at("apprenticeship", departure), _("Saved."))
    books = [(one, selectors.steps(departure, one)) for one in learners[:20]]
    return show(request, "handover/knowledge/apprenticeship.html", {
        "departure": departure, "is_open": departure.state == "open",
        "books": [
            {"person": one, "steps": steps, "done": sum(step.done for step in steps),
             "side": side_of(viewer, departure, one)}
            for one, steps in books
        ],
    })  # fmt: skip


def side_of(viewer, departure, successor):
    """For whom the viewer ticks: "leaver", "successor" or nobody."""
    return {departure.person_id: "leaver", successor.pk: "successor"}.get(viewer.pk, "")


@both
def team_talk(request, pk):
    """What the talk with the team is about, and how it went."""
    departure, viewer = shown_case(request, pk), request.user
    row, talks = selectors.talk(viewer, departure), selectors.may_talk(viewer, departure)
    if not talks and row is None and not selectors.answers_for(viewer, departure):
        raise NotAllowed()
    if request.method == "POST" and not talks:
        raise NotAllowed()
    first = {"held_on": today(company_zone())} if row is None else {
        name: getattr(row, name) for name in ("held_on", "present", "points", "questions")
    }  # fmt: skip
    form = TalkForm(sent(request), points=selectors.points(), initial=first)

    def act(given):
        return knowledge.note_talk(actor=viewer, departure=departure, values=given)

    if submitted(request, form, act):
        return done(request, reverse("handover:team-talk", args=[pk]), _("Saved."))
    return show(request, "handover/knowledge/team_talk.html", {
        "departure": departure, "row": row, "form": form,
        "talks": talks and departure.state == "open", "points": selectors.points(),
    }, status=form_status(form))  # fmt: skip
