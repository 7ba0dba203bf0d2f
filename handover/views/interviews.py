"""The exit interview, for HR alone; and the themes that may leave HR."""

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Action, can
from handover.forms.closing import InterviewForm, LossForm
from handover.models import Departure
from handover.selectors import interviews as selectors
from handover.services import interviews
from handover.views.documents import shown_case
from kit.errors import NotAllowed
from kit.web import done, form_status, sent, show, submitted

both = require_http_methods(["GET", "HEAD", "POST"])


def own_part(request, pk):
    """The case of the address for who holds its interview; anybody else who sees the case gets a 403."""
    departure = shown_case(request, pk)
    if not can(request.user, Action.EXIT_VIEW, departure) or departure.person == request.user:
        raise NotAllowed()
    if departure.state == Departure.State.DRAFT:
        raise Http404
    return departure


@both
def interview(request, pk):
    """Hold the interview: questions, answers, what two other sources confirm."""
    departure = own_part(request, pk)
    row = selectors.of_case(request.user, departure)
    form = InterviewForm(sent(request), questions=selectors.questions(), initial=typed(row))

    def act(given):
        return interviews.save(
            actor=request.user, departure=departure, answers=form.answers(),
            version=given["version"], complete="complete" in request.POST,
        )  # fmt: skip

    if submitted(request, form, act):
        return done(request, at(departure), _("Saved."))
    if form_status(form) == 409:  # the next save keeps what is typed here
        form.data = form.data.copy()
        form.data["version"] = row.version if row else 0
    return page(request, departure, row, form, loss_form(departure))


def typed(row):
    """The fields of the form as they were kept."""
    first = {"version": row.version if row else 0}
    for key, one in (row.answers if row else {}).items():
        first |= {f"{key}-{name}": value for name, value in one.items()}
    return first


def loss_form(departure, data=None):
    known = {True: "yes", False: "no", None: ""}[departure.regretted]
    return LossForm(data, initial={"regretted": known, "regret_reason": departure.regret_reason})


@require_POST
def judge_loss(request, pk):
    """Note whether the company would rather have kept them."""
    departure = own_part(request, pk)
    form = loss_form(departure, request.POST)

    def act(given):
        return interviews.judge_loss(
            actor=request.user, departure=departure, regretted=given["regretted"],
            why=given["regret_reason"],
        )  # fmt: skip

    if submitted(request, form, act):
        return done(request, at(departure), _("Saved."))
    row = selectors.of_case(request.user, departure)
    blank = InterviewForm(None, questions=selectors.questions(), initial=typed(row))
    return page(request, departure, row, blank, form)


def page(request, departure, row, form, loss):
    """The page of the interview with its two forms."""
    status = max(form_status(form), form_status(loss))
    return show(request, "handover/interviews/show.html", {
        "departure": departure, "row": row, "form": form, "loss": loss,
        "rules": selectors.rules(), "editable": selectors.are_held(departure),
    }, status=status)  # fmt: skip


def at(departure):
    return reverse("handover:interview", args=[departure.pk])


@require_safe
def themes(request):
    """What interviews agree on, as counts from five up."""
    if not can(request.user, Action.EXIT_VIEW):
        raise Http404
    return show(request, "handover/interviews/themes.html", {
        "themes": selectors.themes(request.user), "losses": selectors.losses(request.user),
        "least": selectors.LEAST,
    })  # fmt: skip
