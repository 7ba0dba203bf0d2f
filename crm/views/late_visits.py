"""Visits that arrived after their author had lost access: a supervisor takes them over or not."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Action, Reach, reach
from crm.forms.late_visits import RejectForm
from crm.models import LateVisit
from crm.selectors import late_visits as selectors
from crm.services import late_visits
from kit.errors import NotAllowed
from kit.web import done, form_page, get_visible_or_404, paged, sent, show, submitted


@require_safe
def index(request):
    """Those that wait, by their author."""
    if reach(request.user, Action.SEAT_ASSIGN) <= Reach.OWN:
        raise NotAllowed()
    rows = list(selectors.waiting(request.user)[: selectors.MANY])
    about = {row.customer_id for row in rows if row.customer_id}
    return show(request, "crm/late_visits/index.html", paged(request, {"rows": rows}, about))


def found(request, pk):
    rows = LateVisit.objects.select_related("person", "customer")
    return get_visible_or_404(rows, request, pk=pk)


@require_POST
def accept(request, pk):
    """It becomes an activity of its author."""
    late_visits.accept(actor=request.user, late_visit=found(request, pk))
    return done(request, reverse("crm:late-visits"), _("The visit is taken over."))


@require_http_methods(["GET", "HEAD", "POST"])
def reject(request, pk):
    """It is left out, with a reason."""
    row = found(request, pk)
    form = RejectForm(sent(request))

    def act(given):
        return late_visits.reject(actor=request.user, late_visit=row, why=given["why"])

    there = reverse("crm:late-visits")
    if submitted(request, form, act):
        return done(request, there, _("The visit is rejected."))
    return form_page(request, form, _("Reject the late visit"), there, about=row.person,
                     submit=_("Reject"))  # fmt: skip
