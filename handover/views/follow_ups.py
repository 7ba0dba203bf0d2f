"""The calls of the service line after handovers: the list, one call, what was said."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import Action, can
from handover.forms.closing import CallForm
from handover.models import FollowUp
from handover.selectors import follow_ups as selectors
from handover.services import follow_ups
from kit.dates import company_zone, today
from kit.errors import NotAllowed
from kit.web import done, form_status, get_visible_or_404, paged, sent, show, submitted

both = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def index(request):
    """Who is to be called, the oldest day first; below, the latest calls."""
    viewer = request.user
    if not can(viewer, Action.CALL_VIEW):
        raise NotAllowed()
    rows, made = selectors.to_call(viewer), selectors.made(viewer)
    now = today(company_zone())
    shown = {row.handover.customer_id for row in [*rows, *made]}
    return show(request, "handover/follow_ups/index.html", {
        "due": [row for row in rows if row.due_on <= now], "made": made,
        "later": [row for row in rows if row.due_on > now],
        "rows": paged(request, rows, shown), "calls": follow_ups.calls(viewer),
    })  # fmt: skip


@both
def detail(request, pk):
    """One call: its questions for the service line, its answers for who reads them."""
    row = get_visible_or_404(selectors.with_names(FollowUp.objects.all()), request, pk=pk)
    calls = follow_ups.calls(request.user)
    if request.method == "POST" and not calls:
        raise NotAllowed()
    questions = selectors.questions(row.days)
    first = row.answers | {"note": row.note, "version": row.version}
    first["result"] = row.result or FollowUp.Result.ANSWERED
    form = CallForm(sent(request), questions=questions, initial=first)

    def act(given):
        return follow_ups.save(
            actor=request.user, follow_up=row, result=given["result"], note=given["note"],
            answers=form.answers(), version=given["version"],
        )  # fmt: skip

    if submitted(request, form, act):
        return done(request, reverse("handover:follow-ups"), _("Saved."))
    if form_status(form) == 409:  # the next save keeps what is typed here
        form.data = form.data.copy()
        form.data["version"] = row.version
    return show(request, "handover/follow_ups/show.html", {
        "row": row, "customer": row.handover.customer, "form": form, "calls": calls,
        "told": selectors.told(row), "departure": row.handover.departure,
    }, customers=[row.handover.customer_id], status=form_status(form))  # fmt: skip
