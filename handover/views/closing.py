"""The end of a case: closing it, its certificate, what came of it."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Action, Reach, can, reach
from crm.selectors.trade import company_currency
from handover.forms.closing import CloseForm
from handover.selectors import certificate as papers
from handover.selectors import certificate_pdf
from handover.selectors import documents as selectors
from handover.selectors import evidence as evidence_of
from handover.selectors import outcome as outcomes
from handover.services import closing
from handover.services import evidence as evidences
from handover.views.sign_offs import cases, runnable
from kit.errors import NotAllowed
from kit.web import done, file, form_status, get_visible_or_404, sent, show, submitted

both = require_http_methods(["GET", "HEAD", "POST"])


@both
def close(request, pk):
    """What still keeps a case open; if nothing does, close it."""
    departure = runnable(request, pk)
    unmet = closing.still(departure) if departure.state == "open" else []
    form = CloseForm(sent(request))

    def act(given):
        return closing.close(
            actor=request.user, departure=departure, person=departure.person,
            reason=given["reason"],
        )  # fmt: skip

    if submitted(request, form, act):
        return done(request, reverse("handover:certificate", args=[pk]), _("The case is closed."))
    return show(request, "handover/closing/close.html", {
        "departure": departure, "unmet": unmet, "form": form,
        "stays": departure.kind in departure.STAYS,
    }, customers={one.handover.customer_id for one in unmet if one.handover},
        status=form_status(form))  # fmt: skip


def whole(request, pk):
    """A case for who sees all of it: the leaver, the witness, who leads or runs it; else 403."""
    departure = get_visible_or_404(cases(), request, pk=pk)
    if not selectors.reads_all(request.user, departure):
        raise NotAllowed()
    return departure


@require_safe
def certificate(request, pk):
    """The certificate in both languages, to be printed."""
    departure = whole(request, pk)
    paper = papers.paper(request.user, departure)
    return show(request, "handover/closing/certificate.html", {
        "departure": departure, "paper": paper, "currency": company_currency(),
        "may_close": departure.state == "open"
        and can(request.user, Action.DEPARTURE_RUN, departure),
        "takes": evidence_of.may_take(request.user, departure),
    }, customers=[line.handover.customer_id for line in paper.lines])  # fmt: skip


@require_safe
def certificate_file(request, pk):
    """The same certificate as a PDF."""
    departure = whole(request, pk)
    content, customers = certificate_pdf.certificate(request.user, departure)
    return file(request, content, f"handover-{departure.pk}.pdf", customers=customers)


@require_POST
def evidence(request, pk):
    """The evidence of a closed case as one file; taking it is written down."""
    departure = whole(request, pk)
    content, customers = evidences.take(actor=request.user, departure=departure)
    return file(request, content, f"evidence-{departure.pk}.zip", customers=customers)


@require_safe
def outcome(request, pk):
    """What came of a handover: contact, orders, who was kept; calls for whoever reads their results."""
    departure = get_visible_or_404(cases(), request, pk=pk)
    if reach(request.user, Action.CALL_VIEW) <= Reach.OWN:
        raise NotAllowed()
    result = outcomes.outcome(request.user, departure)
    return show(request, "handover/closing/outcome.html", {
        "departure": departure, "outcome": result, "currency": company_currency(),
         "spoke": outcomes.spoke(departure),
        "shows_money": any(one.before is not None for one in result.rows),
        "reads_calls": any(one.calls for one in result.rows),
    }, customers=[one.handover.customer_id for one in result.rows])  # fmt: skip
