"""Members of the key-account team of a customer."""

from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import Action
from crm.forms.key_accounts import DutyForm
from crm.models import Assignment, Customer
from crm.seats import Seat
from crm.services import key_accounts
from crm.views.ownership import after
from kit.web import (
    done,
    form_status,
    get_allowed_or_403,
    get_visible_or_404,
    sent,
    show,
    submitted,
)


@require_http_methods(["GET", "HEAD", "POST"])
def duty(request, pk, assignment):
    """Say what a member is there for."""
    customer = get_allowed_or_403(Customer, request, Action.SEAT_ASSIGN, pk=pk)
    members = Assignment.objects.visible_to(request.user).filter(
        customer=customer, seat=Seat.KEY_ACCOUNT_MEMBER
    )
    member = get_visible_or_404(members.select_related("person"), request, pk=assignment)
    form = DutyForm(sent(request), initial={"duty": member.duty})

    def act(given):
        return key_accounts.set_duty(
            actor=request.user, customer=customer, member=member, duty=given["duty"]
        )

    home = after(request.user, customer)
    if submitted(request, form, act):
        return done(request, home, _("Saved."))
    context = {"form": form, "title": customer.name, "about": member.person, "cancel": home}
    status = form_status(form)
    return show(request, "layout/form.html", context, customers=[pk], status=status)
