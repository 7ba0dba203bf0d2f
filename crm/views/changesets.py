"""Change sets: where they stand, what came of each row, and taking them back."""

from django.contrib import messages
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Action, Reach, can, reach
from crm.forms.changesets import UndoForm, keys
from crm.models import Change, ChangeSet, Customer
from crm.selectors import changeset_list as shown
from crm.selectors import changesets as ask
from crm.services import changeset_run, changeset_undo, changesets
from kit.errors import NotAllowed, Refused
from kit.web import (
    done,
    form_status,
    get_visible_or_404,
    page_number,
    sent,
    show,
    submitted,
)

ROWS, PAGE = 50, 25
KEPT_SHOWN = 50
State, RowState = ChangeSet.State, Change.State
both = require_http_methods(["GET", "HEAD", "POST"])


def the_set(request, pk):
    rows = ChangeSet.objects.select_related("made_by", "decided_by", "job", "undoes")
    return get_visible_or_404(rows, request, pk=pk)


# -- lists -----------------------------------------------------------------------------------------
@require_safe
def index(request):
    """Every change set one sees: open, done, or one's drafts."""
    view = request.GET.get("view", "")
    view = view if view in ("drafts", "done") else "open"
    number = page_number(request)
    rows = list(shown.listed(request.user, view)[number * PAGE : (number + 1) * PAGE + 1])
    leads = reach(request.user, Action.SEAT_ASSIGN) >= Reach.TEAM
    lines = shown.lines(request.user, rows[:PAGE])
    context = {
        "lines": lines, "view": view, "tabs": tabs(view, leads),
        "previous": number - 1 if number else None, "next": number + 1 if rows[PAGE:] else None,
        "leads": leads, "undoable": shown.undoable(request.user) if leads else 0,
    }  # fmt: skip
    customers = [line.customer.pk for line in lines if line.customer]
    return show(request, "crm/changesets/index.html", context, customers=customers)


def tabs(view, leads):
    here = reverse("crm:changesets")
    found = [
        ("open", pgettext("transfers", "Open"), here),
        ("done", _("Done"), f"{here}?view=done"),
    ]
    if leads:
        found.insert(1, ("drafts", _("My drafts"), f"{here}?view=drafts"))
    items = [{"url": url, "label": label, "current": view == name} for name, label, url in found]
    waiting = {"url": reverse("crm:approvals"), "label": _("Waiting for me"), "current": False}
    return [items[0], waiting, *items[1:]]


@require_safe
def recent(request):
    """What one changed within 72 hours, with Undo or the reason why not; for leads, of their people."""
    leads = reach(request.user, Action.SEAT_ASSIGN) >= Reach.TEAM
    team = leads and request.GET.get("view") == "team"
    sets = list(shown.recent(request.user, team=team)[:PAGE])
    lines = shown.lines(request.user, sets)
    for line in lines:
        line.hindrance = shown.hindrance(request.user, line.change_set)
    here = reverse("crm:changes")
    items = [{"url": here, "label": pgettext("changes", "Mine"), "current": not team},
             {"url": f"{here}?view=team", "label": _("Of my people"), "current": team}]  # fmt: skip
    context = {"lines": lines, "team": team, "tabs": items if leads else []}
    customers = [line.customer.pk for line in lines if line.customer]
    return show(request, "crm/changesets/recent.html", context, customers=customers)


# -- one -------------------------------------------------------------------------------------------
@require_safe
def one(request, pk):
    """A change set with the rows that its reader may see. It reloads by itself while it runs."""
    change_set = the_set(request, pk)
    if change_set.state == State.DRAFT and change_set.made_by_id == request.user.pk:
        return done(request, reverse("crm:transfer-preview", args=[pk]))
    rows = change_set.changes.visible_to(request.user)
    counts = ask.counts(change_set, rows)
    context = standing(request, change_set, counts)
    if request.htmx and request.htmx.target == "change-set":
        response = show(request, "crm/changesets/_area.html", context)
        if not context["working"]:
            response["HX-Refresh"] = "true"
        return response
    context |= listed(request, change_set, rows, counts)
    customers = [row.customer_id for row in context["rows"]]
    return show(request, "crm/changesets/one.html", context, customers=customers)


def standing(request, change_set, counts):
    """Where a set stands, and what this person may do about it."""
    user = request.user
    did = sum(
        counts.get(state, 0)
        for state in (RowState.APPLIED, RowState.FAILED, RowState.UNDONE, RowState.KEPT)
    )
    total = did + counts.get(RowState.WAITING, 0)
    stopped = changeset_run.is_stopped(change_set)
    decides = decider(user, change_set)
    return {
        "change_set": change_set, "counts": counts, "did": did, "total": total,
        "stopped": stopped, "working": is_working(change_set) and not stopped,
        "may_cancel": decides and change_set.state in CANCELLABLE and not change_set.undoes_id,
        "may_undo": decides and not why_not(user, change_set),
        "why_not": why_not(user, change_set) if decides and change_set.undo_until else "",
        "may_resume": decides and stopped, "undone_by": undoing(user, change_set),
        "percent": 25 * (4 * did // total) if total else 0,
        "decides": decides, "decision": page_of_decision(user, change_set),
    }  # fmt: skip


CANCELLABLE = (State.DRAFT, State.PROPOSED, State.APPROVED, State.SCHEDULED)


def is_working(change_set):
    """Whether a job is at work on it, or will begin in a moment."""
    if change_set.state == State.RUNNING:
        return True
    return change_set.state == State.SCHEDULED and change_set.effective_at is None


def decider(person, change_set):
    """Whether a person may take a set back: its proposer, its approver, or who could approve it."""
    return can(person, Action.SEAT_ASSIGN, change_set) and ask.may_take_back(person, change_set)


def why_not(person, change_set):
    """Why a set cannot be undone by this person, in words; "" where it can."""
    try:
        changeset_undo.may_undo(person, change_set)
    except Refused as refused:
        return refused.message
    return ""


def undoing(person, change_set):
    """The undos of a set."""
    return list(change_set.undone_by.visible_to(person).order_by("pk"))


def page_of_decision(person, change_set):
    """Where this person decides about a set, or answers to it; "" where nothing is asked of them."""
    if change_set.state == State.PROPOSED and ask.may_approve(person, change_set):
        return reverse("crm:approval", args=[change_set.pk])
    if ask.to_answer(person).filter(change_set=change_set).exists():
        return reverse("crm:approval-offer", args=[change_set.pk])
    return ""


def listed(request, change_set, rows, counts):
    """The rows of one page, with what came of each."""
    asked = request.GET.get("state", "")
    asked = asked if asked in counts else ""
    rows = rows.filter(state=asked) if asked else rows
    rows = rows.select_related("customer", "giver", "taker").order_by("customer__sort_key", "pk")
    number = page_number(request)
    page = list(rows[number * ROWS : (number + 1) * ROWS + 1])
    more, page = len(page) > ROWS, page[:ROWS]
    shown.remarks(page)
    ids = [row.customer_id for row in page]
    known = set(
        Customer.objects.visible_to(request.user).filter(pk__in=ids).values_list("pk", flat=True)
    )
    for row in page:
        row.opens = row.customer_id in known
    return {
        "rows": page, "tabs": row_tabs(change_set, counts, asked), "asked": asked,
        "previous": number - 1 if number else None, "next": number + 1 if more else None,
        "seats": {row.get_seat_display() for row in page},
    }  # fmt: skip


def row_tabs(change_set, counts, asked):
    here = reverse("crm:changeset", args=[change_set.pk])
    items = [{"url": here, "label": _("All"), "current": not asked, "count": sum(counts.values())}]
    return items + [
        {"url": f"{here}?state={state}", "label": label, "current": asked == state, "count": counts[state]}
        for state, label in RowState.choices if state in counts
    ]  # fmt: skip


# -- acts ------------------------------------------------------------------------------------------
@require_POST
def cancel(request, pk):
    """Take a set back before it begins. Sent twice, it is cancelled once."""
    change_set = the_set(request, pk)
    if change_set.state != State.CANCELLED:
        changesets.cancel(
            actor=request.user, change_set=change_set, note=request.POST.get("note", "")
        )
    return done(request, change_set, _("Cancelled. Nothing was changed."))


@require_POST
def resume(request, pk):
    """Go on where a fault stopped the job."""
    change_set = the_set(request, pk)
    changeset_run.resume(actor=request.user, change_set=change_set)
    return done(request, change_set)


@both
def undo(request, pk):
    """What an undo would put back, what would stay and why; then the undo itself."""
    change_set = the_set(request, pk)
    if not decider(request.user, change_set):
        raise NotAllowed()
    given = request.POST if request.method == "POST" else request.GET
    ids = keys(given.getlist("customer"))
    if "ticked" in given and not ids:
        messages.warning(request, _("Select a customer first."))
        return done(request, change_set)
    if request.method == "POST" and (at_work := running_undo(request.user, change_set)):
        return done(request, at_work)
    form = UndoForm(sent(request))

    def act(data):
        return changeset_undo.undo(
            actor=request.user, change_set=change_set, customers=ids or None, note=data["note"]
        )

    if back := submitted(request, form, act):
        return done(request, back, _("The undo begins."))
    goes, kept = changeset_undo.plan_undo(change_set, ids or None)
    seen = set(change_set.changes.visible_to(request.user).values_list("pk", flat=True))
    kept = [(row, shown.WHY[code]) for row, code in kept if row.pk in seen]
    partly = [(row, shown.WHY[row.remark["code"]]) for row in goes if row.remark and row.pk in seen]
    stays = [*kept, *partly][:KEPT_SHOWN]
    context = {
        "change_set": change_set, "form": form, "goes": goes, "stays": stays,
        "kept_count": len(kept), "ids": ids, "why_not": why_not(request.user, change_set),
    }  # fmt: skip
    customers = [row.customer_id for row in [*goes[:KEPT_SHOWN], *(row for row, _why in stays)]]
    return show(request, "crm/changesets/undo.html", context, customers=customers,
                status=form_status(form))  # fmt: skip


def running_undo(person, change_set):
    """The undo that this person has begun already."""
    at_work = Q(state__in=[State.SCHEDULED, State.RUNNING], made_by=person)
    return change_set.undone_by.filter(at_work).first()
