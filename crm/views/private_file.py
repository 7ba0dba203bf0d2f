"""The file of a private customer: shown, typed, revealed value by value."""

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import Action, can
from crm.forms.channels import RevealForm
from crm.forms.private_file import EraseForm, PrivateForm
from crm.models import Customer
from crm.selectors import channels, customer_page, private_fields
from crm.selectors import private_file as rows
from crm.services import private_file
from crm.views.customers import head
from kit.errors import Conflict, NotAllowed
from kit.web import done, form_status, get_visible_or_404, sent, show, submitted


def person(request, pk):
    """The customer, if it is a private person whom this person sees."""
    return get_visible_or_404(Customer, request, pk=pk, kind=Customer.Kind.PERSON)


def home(customer):
    return reverse("crm:customer-private", args=[customer.pk])


@require_safe
def index(request, pk):
    """What is kept of the customer, in two sections."""
    customer, viewer = person(request, pk), request.user
    powers = customer_page.powers(viewer, customer)
    now = customer_page.standing(viewer, customer)
    context = head(customer, powers, now, "crm:customer-private") | {
        "sections": rows.of_customer(viewer, customer), "rules": private_fields.rules(),
        "rules_title": _("What we promise"), "reason_needed": channels.reason_needed(viewer),
        "may_switch": can(viewer, Action.PRIVATE_SWITCH),
        "decides_erasure": can(viewer, Action.ERASURE_DECIDE),
    }  # fmt: skip
    return show(request, "crm/private_file/index.html", context, customers=[pk])


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, pk, name):
    """Type the values of one section."""
    customer = person(request, pk)
    section = next(
        (one for one in rows.of_customer(request.user, customer) if one.id == name), None
    )
    if section is None:
        raise Http404
    if not can(request.user, Action.CUSTOMER_EDIT, customer) or not section.typed:
        raise NotAllowed()
    form = PrivateForm(sent(request), section=section)

    def act(given):
        return private_file.save(
            actor=request.user, customer=customer, values=form.values(), source=given["source"]
        )

    if submitted(request, form, act):
        return done(request, home(customer), _("Saved."))
    status = form_status(form)
    if isinstance(getattr(form, "refused", None), Conflict):
        form.take_over()
    context = {"customer": customer, "section": section, "form": form, "back": home(customer)}
    return show(request, "crm/private_file/edit.html", context, customers=[pk], status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def erase(request, pk):
    """Erase the whole file because the customer asks for it."""
    customer = person(request, pk)
    if not can(request.user, Action.CUSTOMER_EDIT, customer):
        raise NotAllowed()
    form = EraseForm(sent(request))

    def act(given):
        return private_file.erase(actor=request.user, customer=customer, reason=given["reason"])

    if submitted(request, form, act):
        return done(request, home(customer), _("Erased, history included."))
    context = {
        "form": form, "title": _("Erase the file of %(name)s") % {"name": customer.name},
        "cancel": home(customer), "submit": _("Erase everything"),
        "note": _("All values, masked ones and those of the household too, are erased for good, with"
                  " their history. The wish not to be contacted is erased as well."),
    }  # fmt: skip
    return show(request, "layout/form.html", context, customers=[pk], status=form_status(form))


@require_http_methods(["GET", "HEAD", "POST"])
def reveal(request, pk, field):
    """Show one clear value, counted and written down. Asked for with GET, it asks for the reason."""
    customer = person(request, pk)
    cell = cell_of(request, customer, field)
    if not cell.can_reveal:
        raise Http404
    needed = channels.reason_needed(request.user)
    form = RevealForm(sent(request), reason_needed=needed)

    def act(given):
        return private_file.reveal(
            actor=request.user, customer=customer, field=field, reason=given["reason"]
        )

    shown = submitted(request, form, act)
    context = {
        "customer": customer, "cell": cell, "form": form, "shown": shown, "reason_needed": needed,
        "text": rows.words_of(cell.field, shown.value) if shown else (), "back": home(customer),
        "refused": getattr(form, "refused", None),
    }  # fmt: skip
    counted = () if shown else [pk]  # a reveal counts itself
    told = {"customers": counted, "status": form_status(form)}
    if request.htmx:
        response = show(request, "crm/private_file/_cell.html", context, **told)
        response["HX-Retarget"], response["HX-Reswap"] = f"#private-{field}", "outerHTML"
        return response
    return show(request, "crm/private_file/reveal.html", context, **told)


@require_safe
def history(request, pk, field):
    """Who wrote a value and when."""
    customer = person(request, pk)
    cell = cell_of(request, customer, field)
    context = {"customer": customer, "cell": cell, "back": home(customer),
               "steps": rows.steps(cell.field, cell.fact)}  # fmt: skip
    return show(request, "crm/private_file/history.html", context, customers=[pk])


def cell_of(request, customer, field):
    """The cell of a value that is kept and that this person may know of."""
    one = private_fields.field(field)
    fact = one and rows.fact_of(request.user, customer, field)
    if fact is None:
        raise Http404
    return rows.cell(one, fact, customer)
