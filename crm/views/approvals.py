"""What waits for a decision: proposals to approve, customers to accept. One per screen on phones."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import Action, Reach, reach
from crm.forms.approvals import YES, DecisionForm
from crm.models import ChangeSet, Customer
from crm.seats import Seat
from crm.selectors import approvals as ask
from crm.selectors import changeset_list as shown
from crm.selectors import changesets, exam_questions, exams
from crm.services import approvals
from crm.views.transfer_preview import pictured
from kit.errors import NotAllowed
from kit.web import done, form_status, get_visible_or_404, page_number, sent, show, submitted

both = require_http_methods(["GET", "HEAD", "POST"])
PAGE = 25
ROWS = 50  # customers of an offer on one page


@require_safe
def index(request):
    """Everything that waits for this person, the oldest first."""
    if reach(request.user, Action.CHANGE_ACCEPT) == Reach.NONE:
        raise NotAllowed()
    number = page_number(request)
    proposals = list(ask.proposals(request.user)[number * PAGE : (number + 1) * PAGE + 1])
    offers = list(ask.offers(request.user)[:PAGE]) if number == 0 else []
    context = {
        "proposals": shown.lines(request.user, proposals[:PAGE]),
        "offers": shown.lines(request.user, offers),
        "previous": number - 1 if number else None,
        "next": number + 1 if proposals[PAGE:] else None,
    }
    return show(request, "crm/approvals/index.html", context)


@both
def proposal(request, pk):
    """Approve or refuse what somebody else proposes, as it was seen."""
    change_set = the_set(request, pk)
    if change_set.pk not in waiting(ask.proposals(request.user), pk):
        return done(request, change_set)
    change_set.seat = change_set.changes.values_list("seat", flat=True).first()
    form = DecisionForm(sent(request))

    def act(data):
        if data["verdict"] == YES:
            return approvals.approve(
                actor=request.user, change_set=change_set, seen=data["seen"], note=data["note"]
            )
        return approvals.refuse(actor=request.user, change_set=change_set, note=data["note"])

    if decided := submitted(request, form, act):
        refused = decided.state == ChangeSet.State.REFUSED
        return done(request, after(request), _("Refused.") if refused else _("Approved."))
    context = pictured(request, change_set) | {"form": form}
    return show(request, "crm/approvals/proposal.html", context, customers=context["customers"],
                status=form_status(form))  # fmt: skip


@both
def offer(request, pk):
    """Accept or decline customers: their names and tiers, who gives them, why, by when."""
    change_set = the_set(request, pk)
    if change_set.pk not in waiting(ask.offers(request.user), pk):
        return done(request, change_set)
    form = DecisionForm(sent(request))

    def act(data):
        if data["verdict"] == YES:
            return approvals.accept(actor=request.user, change_set=change_set)
        return approvals.decline(actor=request.user, change_set=change_set, note=data["note"])

    if submitted(request, form, act):
        declined = form.cleaned_data["verdict"] != YES
        return done(request, after(request), _("Declined.") if declined else _("Accepted."))
    context = offered(request, change_set) | {"form": form}
    return show(request, "crm/approvals/offer.html", context, customers=context["ids"],
                status=form_status(form))  # fmt: skip


def offered(request, change_set):
    """The customers that are offered, by tier, and how many of each."""
    rows = changesets.to_answer(request.user).filter(change_set=change_set)
    own = rows.filter(taker=request.user)
    rows = own if own.exists() else rows
    counts = changesets.tiers(rows)
    number = page_number(request)
    rows = rows.select_related("customer", "giver", "taker").order_by("customer__tier", "pk")
    page = list(rows[number * ROWS : (number + 1) * ROWS])
    total = sum(counts.values())
    tried = exams.offers(request.user, [row.customer_id for row in page]) if own.exists() else []
    return {
        "change_set": change_set, "rows": page, "counts": counts, "total": total,
        "seat": Seat.ACCOUNT_MANAGER, "own": own.exists(), "ids": [row.customer_id for row in page],
        "tiers": [(tier, counts[tier]) for tier in Customer.Tier.values if tier in counts],
        "exams": tried, "untried": sum(not one.is_passed for one in tried),
        "exam_is_asked": exam_questions.rules()["before_acceptance"] == "required",
        "previous": number - 1 if number else None,
        "next": number + 1 if total > (number + 1) * ROWS else None,
    }  # fmt: skip


def the_set(request, pk):
    return get_visible_or_404(ChangeSet.objects.select_related("made_by"), request, pk=pk)


def waiting(sets, pk):
    """The key, if the set of that key is among those that wait."""
    return set(sets.filter(pk=pk).values_list("pk", flat=True))


def after(request):
    """The next decision if there is one, so that a phone goes from one to the other."""
    for sets, name in ((ask.offers, "approval-offer"), (ask.proposals, "approval")):
        if following := sets(request.user).first():
            return reverse(f"crm:{name}", args=[following.pk])
    return reverse("crm:approvals")
