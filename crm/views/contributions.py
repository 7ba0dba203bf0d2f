"""Who made this customer: the ledger, and what is noted by hand."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import Action
from accounts.models import Person
from crm.forms.contributions import ContributionForm
from crm.models import Contribution
from crm.selectors import contributions as asked
from crm.selectors import customer_page, trade
from crm.services import contributions
from crm.views.customers import head, with_facts
from kit.web import done, form_status, get_allowed_or_403, get_visible_or_404, sent, show, submitted


@require_http_methods(["GET", "HEAD", "POST"])
def index(request, pk):
    """The ledger of a customer; who may edit the customer adds to it."""
    viewer = request.user
    if request.method == "POST":
        customer = get_allowed_or_403(with_facts(), request, Action.CUSTOMER_EDIT, pk=pk)
    else:
        customer = get_visible_or_404(with_facts(), request, pk=pk)
    people = Person.objects.visible_to(viewer, Action.PERSON_VIEW)
    form = ContributionForm(sent(request), people=people)

    def act(given):
        return contributions.note(actor=viewer, customer=customer, **given)

    if submitted(request, form, act):
        return done(request, home(pk), _("Noted."))
    powers = customer_page.powers(viewer, customer)
    now = customer_page.standing(viewer, customer)
    context = head(customer, powers, now, "crm:customer-contributions") | {
        "form": form, "ledger": asked.ledger(viewer, customer), "currency": trade.company_currency(),
    }  # fmt: skip
    return show(request, "crm/contributions/index.html", context, customers=[pk],
                status=form_status(form))  # fmt: skip


def home(pk):
    return reverse("crm:customer-contributions", args=[pk])


@require_POST
def take_back(request, pk, contribution):
    """Take back what was noted by hand."""
    customer = get_allowed_or_403(with_facts(), request, Action.CUSTOMER_EDIT, pk=pk)
    row = get_visible_or_404(Contribution, request, pk=contribution, customer=customer)
    contributions.take_back(actor=request.user, customer=customer, contribution=row)
    return done(request, home(pk), _("Taken back."))
