"""MAN of a customer: the three letters, what is recommended, one letter changed, the step as a task."""

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Action, can
from crm.forms.qualification import LetterForm
from crm.models import Customer
from crm.selectors import contacts, customer_page
from crm.selectors import qualification as shapes
from crm.services import qualification
from crm.views.customers import head
from kit.errors import Conflict, NotAllowed
from kit.web import done, form_status, get_visible_or_404, sent, show, submitted


def context_of(request, customer):
    """The letters, what is recommended, and what this person may do with them."""
    viewer = request.user
    one = shapes.of_customer(viewer, customer)
    return {
        "customer": customer, "man": one, "taker": shapes.who_is_next(one),
        "may_edit": can(viewer, Action.CUSTOMER_EDIT, customer),
        "may_plan": can(viewer, Action.ACTIVITY_LOG, customer),
    }  # fmt: skip


@require_safe
def index(request, pk):
    """The three letters with their evidence; `?panel=1` is the panel of the customer's page."""
    customer = get_visible_or_404(Customer, request, pk=pk)
    context = context_of(request, customer)
    if request.GET.get("panel") == "1":
        return show(request, "crm/qualification/panel.html", context, customers=[pk])
    powers = customer_page.powers(request.user, customer)
    now = customer_page.standing(request.user, customer)
    context = head(customer, powers, now) | context
    context["steps"] = shapes.steps(request.user, context["man"])
    return show(request, "crm/qualification/index.html", context, customers=[pk])


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, pk, letter):
    """Say what was found of one letter; whoever was faster is shown."""
    customer = get_visible_or_404(Customer, request, pk=pk)
    one = shapes.of_customer(request.user, customer)
    reading = one.reading(letter)
    if reading is None:
        raise Http404
    if not can(request.user, Action.CUSTOMER_EDIT, customer):
        raise NotAllowed()
    offered = {
        place.contact_id: place.contact for place in contacts.at_customer(request.user, customer)
    }
    form = LetterForm(sent(request), reading=reading, contacts=offered.values())

    def act(given):
        values = form.values()
        values["contact"] = offered.get(values.get("contact"))
        return qualification.save(
            actor=request.user, customer=customer, letter=letter, values=values,
            version=given["version"],
        )  # fmt: skip

    if submitted(request, form, act):
        return done(request, address(customer), _("Saved"))
    status = form_status(form)
    if isinstance(getattr(form, "refused", None), Conflict):
        form.data = form.data.copy()
        form.data["version"] = reading.version  # the next save keeps what is typed
    context = {"customer": customer, "reading": reading, "form": form, "back": address(customer)}
    return show(request, "crm/qualification/edit.html", context, customers=[pk], status=status)


@require_POST
def step(request, pk):
    """The recommended step becomes a task."""
    customer = get_visible_or_404(Customer, request, pk=pk)
    task = qualification.plan_step(actor=request.user, customer=customer)
    return done(request, task, _("Planned as a task."))


def address(customer):
    """Where MAN of a customer is."""
    return reverse("crm:customer-man", args=[customer.pk])
