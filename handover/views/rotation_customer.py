"""Rotation at one customer: its clock, exemptions, and what its file lacked; the panels that show it."""

from uuid import uuid4

from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Action, can
from accounts.selectors.people import directory
from crm.models import Customer
from handover.forms.rotation import DecideForm, ExemptionForm, GapForm, SecondContactForm
from handover.models import RotationExemption
from handover.selectors import rotation as clocks
from handover.selectors import rotation_exemptions as exempt
from handover.selectors import rotation_gaps as found
from handover.services import rotation_exemptions, rotation_gaps
from handover.views.rotation import looking, may_plan
from kit.errors import NotAllowed
from kit.web import (
    done,
    form_page,
    form_status,
    get_allowed_or_403,
    get_visible_or_404,
    sent,
    show,
    submitted,
)

both = require_http_methods(["GET", "HEAD", "POST"])


def home(customer):
    return reverse("handover:customer-rotation", args=[customer])


@require_safe
def one(request, pk):
    """The clock of one customer, its exemptions and gaps; with `?panel=1` a panel of its page."""
    customer = get_allowed_or_403(Customer, request, Action.SEAT_HISTORY, pk=pk)
    return page(request, customer, GapForm(None))


def page(request, customer, form):
    """The page with the form for what the file lacked, where the reader may say it."""
    viewer = request.user
    clock = clocks.clocks_of([customer.pk]).get(customer.pk)
    change = found.open_for(viewer, customer)
    panel = request.GET.get("panel") == "1"
    context = {
        "customer": customer, "clock": clock and clocks.with_names([clock])[0], "change": change,
        "until": change and found.until(change), "form": form,
        "may_ask": clock is not None and can(viewer, Action.CUSTOMER_EDIT, customer),
    }  # fmt: skip
    if not panel:
        context |= {"exemptions": exempt.of_customer(viewer, customer),
                    "gaps": found.of_customer(viewer, customer)}  # fmt: skip
    name = "_panel" if panel else "customer"
    return show(request, f"handover/rotation/{name}.html", context, customers=[customer.pk],
                status=form_status(form))  # fmt: skip


@both
def ask(request, pk):
    """Ask that the customer stays with its account manager for a while."""
    customer = get_allowed_or_403(Customer, request, Action.CUSTOMER_EDIT, pk=pk)
    rules = clocks.policy()["exemptions"]
    form = ExemptionForm(sent(request), people=could_stay(request, customer), reasons=exempt.reasons(),
                         most=rules["max_days"], initial={"client_uuid": uuid4()})  # fmt: skip

    def act(data):
        return rotation_exemptions.ask(actor=request.user, customer=customer, **data)

    if submitted(request, form, act):
        return done(request, home(pk), _("Asked. Somebody else decides now."))
    return form_page(request, form, _("Exemption from rotation"), home(pk), about=customer,
                     submit=_("Ask for approval"))  # fmt: skip


def could_stay(request, customer):
    """Who could be the second contact of a customer."""
    people = directory().filter(state="active").visible_to(request.user, Action.PERSON_VIEW)
    return exempt.second_contacts(people, customer)


@both
def second_contact(request, pk):
    """Let somebody else be the second contact."""
    row = get_allowed_or_403(
        RotationExemption.objects.select_related("customer"), request, Action.SEAT_ASSIGN, pk=pk
    )
    form = SecondContactForm(sent(request), people=could_stay(request, row.customer))

    def act(data):
        return rotation_exemptions.change_second_contact(actor=request.user, exemption=row, **data)

    if submitted(request, form, act):
        return done(request, home(row.customer_id), _("Saved."))
    return form_page(request, form, _("Another second contact"), home(row.customer_id),
                     about=row.customer)  # fmt: skip


@require_POST
def decide(request, pk):
    """Approve or refuse an exemption."""
    row = get_visible_or_404(RotationExemption.objects.select_related("customer"), request, pk=pk)
    form = DecideForm(request.POST)

    def act(data):
        return rotation_exemptions.decide(
            actor=request.user, exemption=row, approved=data["approved"], note=data["note"]
        )

    if submitted(request, form, act):
        return done(request, home(row.customer_id), _("Decided."))
    return show(request, "handover/rotation/decide.html", {"form": form, "row": row},
                customers=[row.customer_id], status=form_status(form))  # fmt: skip


@require_POST
def end(request, pk):
    """End an exemption before its day."""
    row = get_visible_or_404(RotationExemption.objects.select_related("customer"), request, pk=pk)
    rotation_exemptions.end(actor=request.user, exemption=row)
    return done(request, home(row.customer_id), _("The exemption has ended."))


@require_POST
def gap(request, pk):
    """Say what the file lacked."""
    customer = get_visible_or_404(Customer, request, pk=pk)
    form = GapForm(request.POST)

    def act(data):
        return rotation_gaps.note(actor=request.user, customer=customer, **data)

    if submitted(request, form, act):
        return done(request, home(pk), _("Recorded. Thank you."))
    return page(request, customer, form)


# -- what others show ------------------------------------------------------------------------------
@require_safe
def mine(request):
    """A panel of Today: one's own clocks that end soon."""
    if not can(request.user, Action.ACTIVITY_LOG):
        raise NotAllowed()
    rows = clocks.mine(request.user)
    return show(request, "handover/rotation/_mine.html", {"clocks": rows[:8], "total": len(rows)},
                customers=[one.customer_id for one in rows[:8]])  # fmt: skip


@require_safe
def credits(request):
    """Whose files were complete when their customers were rotated, and what the others lacked."""
    looking(request)
    rows = found.credits(request.user)
    shown = [gap.customer_id for row in rows for gap in row.gaps if gap.seen]
    return show(request, "handover/rotation/credits.html", {"credits": rows}, customers=shown)


@require_safe
def waiting(request):
    """Exemptions that wait for one's decision, and those whose second contact goes."""
    if not may_plan(request.user):
        raise NotAllowed()
    rows = [exempt.told(request.user, row) for row in exempt.waiting(request.user)]
    alone = [exempt.told(request.user, row) for row in exempt.losing_contact(request.user)]
    return show(request, "handover/rotation/waiting.html", {"exemptions": rows, "alone": alone},
                customers=[row.customer_id for row in rows + alone])  # fmt: skip
