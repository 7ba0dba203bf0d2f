"""Step 4 of a transfer: what it would do, what speaks against it, and the proposal itself."""

from django.contrib import messages
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods

from accounts.access import Action
from crm.forms.changesets import ProposeForm
from crm.models import Change, ChangeSet
from crm.seats import Seat
from crm.selectors import changeset_preview as preview
from crm.selectors import changesets as ask
from crm.selectors import transfers as found
from crm.services import changesets
from crm.views.transfers import of_draft, ready, step
from kit.clock import database_now
from kit.web import done, form_status, page_number, sent, show, submitted

both = require_http_methods(["GET", "HEAD", "POST"])
ROWS = 50  # ready ones of one page
FINDINGS = 30  # of one kind
PEOPLE = 12  # whose load is drawn
State = ChangeSet.State


@both
@of_draft
def index(request, change_set):
    """The preview; sent, it is proposed as it was seen, else 409 with what moved and a fresh one."""
    if fault := unready(change_set):
        messages.warning(request, fault)
        return done(request, step(change_set, "how"))
    form = ProposeForm(sent(request))

    def act(data):
        return changesets.propose(
            actor=request.user, change_set=change_set, seen=data["seen"], because=data["because"]
        )

    if proposed := submitted(request, form, act):
        return done(request, proposed, said(proposed))
    context = pictured(request, change_set) | {"form": form}
    if getattr(getattr(form, "refused", None), "code", "") == "moved":
        context["moved"] = moved(form.cleaned_data["marks"], context["marks"])
    return show(request, "crm/transfers/preview.html", context, customers=context["customers"],
                status=form_status(form))  # fmt: skip


def unready(change_set):
    """What is missing before a draft can be previewed, in words."""
    if not ready(change_set):
        return _("Choose a reason and what the former holder may see.")
    if change_set.effective_at and change_set.effective_at <= database_now():
        return _("The instant of this change has passed. Choose another one.")
    return ""


def said(change_set):
    """What happens next with a proposed set."""
    return {
        State.PROPOSED: _("Proposed. Somebody else decides now."),
        State.APPROVED: _("Proposed. The receivers are asked now."),
    }.get(change_set.state, _("Scheduled."))  # fmt: skip


def pictured(request, change_set):
    """The preview through the eyes of its proposer."""
    plan = preview.plan(request.user, change_set)
    foreign = set(ask.beyond_giving(request.user, change_set).values_list("pk", flat=True))
    own = Change.objects.filter(change_set=change_set).visible_to(request.user, Action.SEAT_ASSIGN)
    seen = set(own.values_list("pk", flat=True))
    warnings = [one for one in plan.warnings if one.change is None or one.change.pk in seen]
    groups = [group(level, [one for one in warnings if one.level == level])
              for level in (preview.STOP, preview.CHECK, preview.NOTE)]  # fmt: skip
    good = [row for row in plan.ready if row.pk in seen and row.pk not in foreign]
    good.sort(key=lambda row: (row.customer.sort_key, row.pk))
    number = page_number(request)
    shown = good[number * ROWS : (number + 1) * ROWS]
    takers = {row.taker_id: row.taker for row in plan.rows if row.taker}
    findings = [one for part in groups for one in part["shown"]]
    return {
        "change_set": change_set, "plan": plan, "stops": groups[0], "checks": groups[1],
        "notes": groups[2], "ready": shown, "ready_count": len(good),
        "previous": number - 1 if number else None,
        "next": number + 1 if len(good) > (number + 1) * ROWS else None,
        "total": len(plan.rows), "takers": list(takers.values()),
        "foreign": len(foreign), "loads": drawn(plan.loads),
        "all_loads": takers.keys() <= {one.person.pk for one in plan.loads}, "seat": Seat(change_set.seat),
        "rules": [RULES[code] for code in plan.asks],
        "approver": found.likely_approver(change_set) if plan.asks else None,
        "accepting": accepting(change_set, takers), "follows": plan.follows,
        "marks": marks(change_set), "may_be_one": change_set.seat != Seat.KEY_ACCOUNT_MEMBER,
        "customers": [one.change.customer_id for one in findings if one.change]
        + [row.customer_id for row in shown],
    }  # fmt: skip


RULES = {
    "many": _lazy("more customers than the rules let go at once"),
    "tier": _lazy("a customer of a tier that the rules name"),
    "level": _lazy("a tier about which somebody higher decides"),
    "beyond": _lazy("a receiver whom the proposer does not lead"),
}


def group(level, warnings):
    """One kind of warnings: the first of them, and how many there are."""
    customers = sorted({one.change.customer_id for one in warnings if one.change})
    return {"level": level, "shown": warnings[:FINDINGS], "count": len(warnings),
            "more": max(0, len(warnings) - FINDINGS), "customers": customers}  # fmt: skip


def accepting(change_set, takers):
    """Receivers who have to say yes before it is carried out."""
    ids = set(ask.asks_acceptance(change_set).values_list("taker", flat=True))
    return [takers[pk] for pk in sorted(ids) if pk in takers]


def drawn(loads):
    """The loads with their places in percent; who would be over the limit, and fullest, first."""
    for one in loads:
        one.is_worse = one.is_over and one.after > one.before
    loads = sorted(loads, key=lambda one: (not one.is_worse, -one.after, one.person.pk))[:PEOPLE]
    right = max([1, *(float(max(one.before, one.after, one.limit)) for one in loads)]) * 1.04
    for one in loads:
        one.was, one.will, one.mark = (
            round(float(points) / right * 100, 1) for points in (one.before, one.after, one.limit)
        )
    return loads


# -- what moved ------------------------------------------------------------------------------------
def marks(change_set):
    """A short mark of each part of what the fingerprint is taken of, for the words of a conflict."""
    parts = ask.basis(change_set).items()
    return " ".join(f"{name}:{ask.digest(text)[:12]}" for name, text in parts)


def moved(before, now):
    """Which parts have moved between two marks, in words."""
    words = {
        "rows": _("the list of customers or receivers"), "seats": _("a seat of one of the customers"),
        "people": _("an absence, a state or a limit of one of the people"),
        "work": _("open tasks at one of the customers"),
    }  # fmt: skip
    known = set(before.split())
    return [words[part.partition(":")[0]] for part in now.split() if part not in known]
