"""Erasures of people outside the company: asked for, decided, watched; holds that forbid them."""

from allauth.account.decorators import reauthentication_required
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Action, can
from crm.forms.erasure import AgreeForm, AskForm, HoldForm, RefuseForm
from crm.models import Contact, Customer, Erasure, Hold
from crm.selectors import erasure as rows
from crm.selectors.contacts import editable_through
from crm.services import erasure
from kit.errors import NotAllowed
from kit.web import (
    done,
    form_page,
    form_status,
    get_allowed_or_403,
    get_visible_or_404,
    paged,
    sent,
    show,
    submitted,
)

both = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def index(request):
    """The erasures that one asked for, or all of them, and the holds that stand."""
    if not can(request.user, Action.ERASURE_VIEW):
        raise NotAllowed()
    found = rows.listed(request.user)
    holds = rows.holds(request.user)
    about = {row.customer_id for row in (*found, *holds) if row.customer_id}
    context = {
        "erasures": found,
        "holds": holds,
        "decides": can(request.user, Action.ERASURE_DECIDE),
    }
    return show(request, "crm/erasure/index.html", paged(request, context, about))


@require_safe
def detail(request, pk):
    """One request: what it would touch, what became of it."""
    row = get_visible_or_404(rows.requests(), request, pk=pk)
    open_one = row.state == Erasure.State.ASKED
    context = {
        "erasure": row, "subject": row.subject, "asked_for": open_one,
        "plan": rows.plan(row.subject) if open_one else (),
        "hold": rows.hold_on(row.subject) if open_one else None,
        "decides": rows.may_decide(request.user, row), "mine": row.asked_by_id == request.user.pk,
        "answer_by": rows.answer_by(row), "gone": rows.gone(row), "remains": rows.remains(row),
    }  # fmt: skip
    return show(request, "crm/erasure/erasure.html", context,
                customers=rows.disclosed(row))  # fmt: skip


@both
def agree(request, pk):
    """Decide that the person goes; the password is asked for again."""
    row = get_visible_or_404(rows.requests(), request, Action.ERASURE_DECIDE, pk=pk)
    return confirmed(request, row=row)


@reauthentication_required
def confirmed(request, row):
    """The last look, for somebody who has just shown who they are."""
    form = AgreeForm(sent(request))

    def act(_given):
        return erasure.agree(actor=request.user, erasure=row)

    if submitted(request, form, act):
        return done(request, row.get_absolute_url(), _("Agreed. The person is being erased."))
    context = {"form": form, "erasure": row, "plan": rows.plan(row.subject)}
    return show(request, "crm/erasure/agree.html", context, customers=rows.disclosed(row),
                status=form_status(form))  # fmt: skip


@both
def refuse(request, pk):
    """Refuse it, and say why."""
    row = get_visible_or_404(rows.requests(), request, Action.ERASURE_DECIDE, pk=pk)
    form = RefuseForm(sent(request))

    def act(given):
        return erasure.refuse(actor=request.user, erasure=row, because=given["because"])

    there = row.get_absolute_url()
    if submitted(request, form, act):
        return done(request, there, _("Refused. Tell the person why."))
    return form_page(request, form, _("Refuse the erasure"), there, submit=_("Refuse"))


@require_POST
def withdraw(request, pk):
    """Take one's own request back."""
    row = get_visible_or_404(Erasure, request, pk=pk)
    erasure.withdraw(actor=request.user, erasure=row)
    return done(request, reverse("crm:erasures"), _("Taken back."))


@both
def ask_contact(request, pk):
    """Ask that a contact is erased, through a customer that one may edit."""
    contact = get_visible_or_404(Contact, request, pk=pk)
    through = list(editable_through(request.user, contact))
    if not through:
        raise NotAllowed()
    return asking(request, contact, through[0], contact)


@both
def ask_customer(request, pk):
    """Ask that a private customer is erased."""
    customer = get_allowed_or_403(
        Customer, request, Action.CUSTOMER_EDIT, pk=pk, kind=Customer.Kind.PERSON
    )
    return asking(request, customer, customer, None)


def asking(request, subject, customer, contact):
    """The form of a request, with what it would touch."""
    form = AskForm(sent(request))

    def act(given):
        return erasure.ask(actor=request.user, customer=customer, contact=contact, **given)

    row = submitted(request, form, act)
    if row:
        return done(request, row, _("Asked. Nothing is erased before a second person has agreed."))
    context = {
        "form": form,
        "subject": subject,
        "plan": rows.plan(subject),
        "hold": rows.hold_on(subject),
    }
    return show(request, "crm/erasure/ask.html", context, customers=[customer.pk],
                status=form_status(form))  # fmt: skip


@both
def hold_contact(request, pk):
    """Forbid to erase a contact until a day."""
    return holding(request, get_visible_or_404(Contact, request, pk=pk))


@both
def hold_customer(request, pk):
    """Forbid to erase a private customer until a day."""
    return holding(request, get_visible_or_404(Customer, request, pk=pk, kind=Customer.Kind.PERSON))


def holding(request, subject):
    """The form of a hold."""
    if not can(request.user, Action.ERASURE_DECIDE):
        raise NotAllowed()
    form = HoldForm(sent(request))

    def act(given):
        return erasure.hold(actor=request.user, **erasure.named(subject), **given)

    if submitted(request, form, act):
        return done(
            request, reverse("crm:erasures"), _("Held. Nobody can erase this person until then.")
        )
    return form_page(request, form, _("Forbid to erase"), subject.get_absolute_url(),
                     note=subject.name)  # fmt: skip


@require_POST
def release(request, pk):
    """End a hold before its day."""
    row = get_visible_or_404(Hold, request, Action.ERASURE_DECIDE, pk=pk)
    erasure.release(actor=request.user, hold=row)
    return done(request, reverse("crm:erasures"), _("The hold has ended."))
