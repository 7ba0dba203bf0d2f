"""Calls after a freeze: the list, one call with its words, meetings, briefing, statement."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Action, can
from crm.models import Contact
from handover.forms.calls import AttemptForm, CallForm, MeetingsForm
from handover.selectors import calls as ask
from handover.selectors import emergency, emergency_texts, incidents, meetings
from handover.selectors import emergency_result as result
from handover.services import calls as services
from kit.clock import database_now
from kit.web import (
    done,
    form_status,
    get_visible_or_404,
    page_number,
    paged,
    sent,
    show,
    submitted,
)

both = require_http_methods(["GET", "HEAD", "POST"])
PAGE = 50


@require_safe
def mine(request):
    """The calls one is to make, or that are due where one answers, of all freezes."""
    return listed(request, ask.mine(request.user), None)


@require_safe
def of_freeze(request, pk):
    """The calls of a freeze that one sees."""
    freeze = get_visible_or_404(emergency.freezes(), request, pk=pk)
    rows = ask.listed(request.user, freeze)
    if request.GET.get("state") != "all":
        rows = rows.filter(state__in=ask.STEPS)
    return listed(request, rows, freeze)


def listed(request, rows, freeze):
    number = page_number(request)
    total = rows.count()
    page = list(rows[number * PAGE : (number + 1) * PAGE])
    answers = emergency.answering([row.customer_id for row in page])
    now = database_now()
    for row in page:
        row.answers, row.late = answers.get(row.customer_id), row.due_at < now
    context = {
        "freeze": freeze, "rows": page, "total": total,
        "unseen": freeze and not total and not ask.listed(request.user, freeze).exists(), "all": request.GET.get("state") == "all",
        "previous": number - 1 if number else None,
        "next": number + 1 if total > (number + 1) * PAGE else None,
    }  # fmt: skip
    paged(request, page, [row.customer_id for row in page])
    return show(request, "handover/calls/index.html", context)


def the_call(request, pk, call):
    return get_visible_or_404(ask.calls().filter(freeze=pk), request, pk=call)


@both
def detail(request, pk, call):
    """One call: what is said, and what came of it."""
    row = the_call(request, pk, call)
    form = CallForm(sent(request))

    def act(data):
        return services.log(
            actor=request.user, call=row, outcome=data["outcome"], said=form.said,
            client_uuid=data["client_uuid"],
        )  # fmt: skip

    if logged := submitted(request, form, act):
        return done(request, following(request, logged), _("The call is logged."))
    return page_of(request, row, form)


def page_of(request, row, form, tried=None):
    answers = emergency.answering([row.customer_id]).get(row.customer_id)
    contacts = Contact.objects.visible_to(request.user).filter(
        positions__customer=row.customer_id, positions__ended_on=None
    )
    context = {
        "call": row, "form": form, "answers": answers, "contacts": contacts.distinct()[:12],
        "tried": tried or AttemptForm(initial={"version": row.version}),
        "script": emergency_texts.script(request.user, row, answers),
        "open": row.state in ask.STEPS, "may_log": ask.may_log(request.user, row),
        "may_take": row.caller_id != request.user.pk
        and can(request.user, Action.ACTIVITY_LOG, row.customer),
        "may_open": incidents.may_open(request.user, row.customer),
        "late": row.state == "open" and row.due_at < database_now(),
        "ticked": [str(key) for key in form.data.getlist("contacts")] if form.is_bound else [],
    }  # fmt: skip
    bad = form if form.is_bound else context["tried"]
    return show(request, "handover/calls/call.html", context, customers=[row.customer_id],
                status=form_status(bad))  # fmt: skip


def following(request, row):
    """The next call of the same person, so that one goes on from call to call; else the list."""
    rows = ask.waiting(request.user).filter(freeze=row.freeze_id, place__gt=row.place)
    return rows.order_by("place").first() or reverse("handover:freeze-my-calls")


@require_POST
def attempt(request, pk, call):
    """Nobody was reached this time."""
    row = the_call(request, pk, call)
    form = AttemptForm(request.POST)

    def act(data):
        return services.attempt(actor=request.user, call=row, **data)

    if submitted(request, form, act):
        return done(request, row, _("The attempt is noted."))
    return page_of(request, row, CallForm(), form)


@require_POST
def take(request, pk, call):
    """Make this call oneself."""
    row = services.take(actor=request.user, call=the_call(request, pk, call))
    return done(request, row, _("This call is yours."))


@both
def plan(request, pk):
    """First meetings, the most valuable customer first: ticked ones are planned."""
    freeze = get_visible_or_404(emergency.freezes(), request, pk=pk)
    form = MeetingsForm(sent(request))

    def act(_data):
        return services.meet(actor=request.user, freeze=freeze, meetings=form.meetings)

    if number := submitted(request, form, act):
        text = ngettext("%(n)s meeting is planned.", "%(n)s meetings are planned.", number)
        return done(request, reverse("handover:freeze-meetings", args=[pk]), text % {"n": number})
    offered = meetings.proposed(request.user, freeze) if freeze.lifted_at is None else []
    fixed = list(meetings.planned(request.user, freeze)[:PAGE])
    context = {
        "freeze": freeze, "form": form, "offered": offered, "planned": fixed,
        "lines": emergency_texts.meeting_plan(),
    }  # fmt: skip
    ids = [one.call.customer_id for one in offered] + [row.customer_id for row in fixed]
    return show(request, "handover/calls/meetings.html", context, customers=ids,
                status=form_status(form))  # fmt: skip


@require_safe
def briefing(request, pk):
    """What is told to the staff, in both languages, to be printed."""
    freeze = get_visible_or_404(emergency.freezes(), request, pk=pk)
    texts = emergency_texts.briefing(freeze, result.acting(freeze))
    title = _("Staff briefing")
    context = {
        "freeze": freeze,
        "title": title,
        "texts": [(one, "", lines) for one, lines in texts],
    }
    return show(request, "handover/calls/paper.html", context)


@require_safe
def statement(request, pk):
    """What is told to customers, in both languages, to be printed."""
    freeze = get_visible_or_404(emergency.freezes(), request, pk=pk)
    acting = result.acting(freeze)
    texts = emergency_texts.statement(freeze, acting if len(acting) == 1 else [])
    context = {
        "freeze": freeze, "title": _("Statement for customers"),
        "note": _("A director releases it. The company's numbers are filled in by hand."),
        "texts": [(one, title, [text]) for one, title, text in texts],
    }  # fmt: skip
    return show(request, "handover/calls/paper.html", context)
