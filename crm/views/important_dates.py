"""Important dates: those of a customer, those that come soon, one entered, moved or removed."""

from uuid import uuid4

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Action, can
from crm.forms.important_dates import DateForm
from crm.models import Customer, ImportantDate
from crm.models.customer_file import Guard
from crm.selectors import contacts
from crm.selectors import depth as rules
from crm.selectors import important_dates as shapes
from crm.services import important_dates
from kit.errors import Conflict, NotAllowed
from kit.versions import version_seen
from kit.web import done, form_status, get_visible_or_404, paged, sent, show, submitted

both = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def coming(request):
    """What comes soon; `?panel=1` is the panel of Today, nothing where nothing comes."""
    rows = shapes.near(request.user, 6 if request.GET.get("panel") == "1" else 50)
    paged(request, rows, [one.customer_id for one in rows])
    name = "soon_panel" if request.GET.get("panel") == "1" else "soon"
    return show(request, f"crm/important_dates/{name}.html", {"rows": rows})


@require_safe
def of_customer(request, pk):
    """The five kinds with their dates; `?panel=1` is the panel of the customer's page."""
    customer = get_visible_or_404(Customer, request, pk=pk)
    viewer = request.user
    guarded = can(viewer, Action.SETTLEMENT_VIEW, customer)
    context = {
        "customer": customer, "guarded": guarded, "cautions": rules.cautions(),
        "rows": [(kind, rows, guarded or kind.guard == Guard.OPEN)
                 for kind, rows in shapes.of_customer(viewer, customer)],
        "may_edit": can(viewer, Action.CUSTOMER_EDIT, customer),
    }  # fmt: skip
    name = "panel" if request.GET.get("panel") == "1" else "index"
    return show(request, f"crm/important_dates/{name}.html", context, customers=[pk])


@both
def create(request, pk, kind):
    """A new date of one kind."""
    customer = get_visible_or_404(Customer, request, pk=pk)
    one = may_write(request, customer, kind)
    offered = offered_at(request, customer) if one.is_of_person else {}
    form = DateForm(sent(request), kind=one, contacts=offered.values(),
                    initial={"client_uuid": uuid4()})  # fmt: skip

    def act(given):
        return important_dates.add(
            actor=request.user, customer=customer, kind=kind, values=form.said(),
            contact=offered.get(given.get("contact")), client_uuid=given["client_uuid"],
        )  # fmt: skip

    if submitted(request, form, act):
        return done(request, address(pk), _("Date saved"))
    return form_shown(request, form, customer, one)


@both
def edit(request, pk):
    """Move a date, or call it something else."""
    row = seen(request, pk)
    one = may_write(request, row.customer, row.kind)
    form = DateForm(sent(request), kind=one, row=row)

    def act(given):
        version = given["version"] if given["version"] is not None else row.version
        return important_dates.change(
            actor=request.user, important_date=row, values=form.said(), version=version
        )

    if submitted(request, form, act):
        return done(request, address(row.customer_id), _("Date saved"))
    if isinstance(getattr(form, "refused", None), Conflict):
        form.data = form.data.copy()
        form.data["version"] = ImportantDate.objects.visible_to(request.user).get(pk=pk).version
    return form_shown(request, form, row.customer, one, row)


@require_POST
def remove(request, pk):
    """The date is wrong, or is not to be kept."""
    row = seen(request, pk)
    may_write(request, row.customer, row.kind)
    important_dates.remove(actor=request.user, important_date=row, version=version_seen(request))
    return done(request, address(row.customer_id), _("Date removed"))


# -- what they share -------------------------------------------------------------------------------
def seen(request, pk):
    """The date that this person sees; one whose contact was erased is gone."""
    rows = ImportantDate.objects.select_related("customer", "contact__key")
    row = get_visible_or_404(rows, request, pk=pk)
    if row.month_day is None:
        raise Http404
    return row


def may_write(request, customer, kind):
    """The kind, for who may change dates of it at this customer."""
    one = shapes.kind(kind)
    if one is None:
        raise Http404
    needs = {Action.CUSTOMER_EDIT}
    if one.guard == Guard.SETTLEMENT:
        needs.add(Action.SETTLEMENT_VIEW)
    if not all(can(request.user, action, customer) for action in needs):
        raise NotAllowed()
    return one


def offered_at(request, customer):
    """Key → contact at the customer now."""
    return {place.contact_id: place.contact for place in contacts.at_customer(request.user, customer)}  # fmt: skip


def address(pk):
    """Where the dates of a customer are."""
    return reverse("crm:customer-dates", args=[pk])


def form_shown(request, form, customer, kind, row=None):
    """The page with the form of a date."""
    context = {"customer": customer, "kind": kind, "form": form, "row": row,
               "cautions": rules.cautions(), "back": address(customer.pk)}  # fmt: skip
    return show(request, "crm/important_dates/form.html", context, customers=[customer.pk],
                status=form_status(form))  # fmt: skip
