"""Customers: one of them, new, edit. The list is in customer_list."""

from functools import cache
from uuid import uuid4

from django.db.models import BooleanField, ExpressionWrapper
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import Action, Role, can
from accounts.models import Person
from accounts.selectors.org import people_led_by
from crm.forms.customers import EditForm, NewForm
from crm.models import Customer
from crm.seats import Seat
from crm.selectors import (
    changesets,
    customer_family,
    customer_page,
    private_file,
    qualification,
)
from crm.selectors import customers as rows
from crm.selectors.threads import pair
from crm.services import customers, duplicates
from kit.errors import Conflict, NotAllowed
from kit.web import (
    done,
    form_status,
    get_allowed_or_403,
    get_visible_or_404,
    sent,
    show,
    submitted,
)


@require_safe
def detail(request, pk):
    """One customer: who answers for it, who they are, what happened, what is next."""
    customer = get_visible_or_404(with_facts().annotate(thread_pair=pair()), request, pk=pk)
    viewer = request.user
    powers = customer_page.powers(viewer, customer)
    now = customer_page.standing(viewer, customer)
    people, total = customer_page.people(viewer, customer, Action.CHANNEL_VIEW in powers)
    family = customer_family.of_customer(viewer, customer)
    context = head(customer, powers, now) | {
        "people": people, "people_total": total,
        "family": family, "sees_channels": Action.CHANNEL_VIEW in powers,
    }  # fmt: skip
    seen = context["sees_seats"] = Action.SEAT_HISTORY in powers
    context["pending"] = changesets.pending_seen(viewer, customer) if seen else ()
    shown = [customer.pk, *family.keys]
    return show(request, "crm/customers/customer.html", context, customers=shown)


@cache
def with_facts():
    """Customers with what the pages say beside the name. Never read as it is: only cut further."""
    rows = Customer.objects.select_related("region", "industry", "origin_person", "home_unit")
    return rows.annotate(is_stopped=ExpressionWrapper(qualification.stopped(), BooleanField()))


def head(customer, powers, now, current="crm:customer"):
    """Context of the identity bar and the tabs."""
    return {
        "customer": customer, "now": now, "tabs": sections(customer, powers, current),
        "may_edit": Action.CUSTOMER_EDIT in powers, "may_log": Action.ACTIVITY_LOG in powers,
        "sees_trade": Action.TRADE_VIEW in powers, "may_tier": Action.CUSTOMER_TIER in powers, "may_assign": Action.SEAT_ASSIGN in powers,
        "seats": [seat_row(seat, now.seats.get(seat)) for seat in SHOWN_SEATS],
        "wish": private_file.wish(customer),
    }  # fmt: skip


SHOWN_SEATS = (Seat.ACCOUNT_MANAGER, Seat.BACKUP, Seat.SERVICE_LINE)


def seat_row(seat, held):
    """(seat, its word, who holds it, since when, for how many days)."""
    start = held and held.period.lower
    return {"seat": seat, "label": seat.label, "person": held and held.person, "since": start,
            "days": rows.days_since(start)}  # fmt: skip


def sections(customer, powers, current):
    """The pages of a customer that this person may open."""
    pages = [
        ("crm:customer", _("Summary"), True),
        (
            "crm:customer-file",
            pgettext("customer", "File"),
            customer.kind == Customer.Kind.ORGANISATION,
        ),
        (
            "crm:customer-private",
            pgettext("customer", "File"),
            customer.kind == Customer.Kind.PERSON,
        ),
        ("crm:customer-documents", _("Documents"), True),
        ("crm:customer-map", _("Map"), True),
        ("crm:customer-timeline", _("Timeline"), True),
        ("crm:customer-trade", _("Orders and payments"), Action.TRADE_VIEW in powers),
        ("crm:customer-ownership", _("Ownership"), Action.SEAT_HISTORY in powers),
        ("crm:customer-contributions", _("Made by"), True),
        ("crm:customer-shares", _("Shares"), {Action.SHARE_GRANT, Action.ACCESS_EXPLAIN} & powers),
        ("crm:customer-access", _("Who sees it"), Action.ACCESS_EXPLAIN in powers),
    ]
    return [
        {"url": reverse(name, args=[customer.pk]), "label": label, "current": name == current}
        for name, label, allowed in pages
        if allowed
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def create(request):
    """A new customer: the rep looks after it, who leads people gives it to one of them."""
    viewer = request.user
    if not can(viewer, Action.CUSTOMER_CREATE):
        raise NotAllowed()
    form = NewForm(
        sent(request), viewer=viewer, managers=managers_for(viewer), initial={"client_uuid": uuid4()},
        tiers=can(viewer, Action.CUSTOMER_TIER),
        people=Person.objects.visible_to(viewer, Action.PERSON_VIEW).exclude(state="left"),
    )  # fmt: skip

    def act(given):
        return customers.create(
            actor=viewer, values=form.facts(NewForm.FACTS), manager=given.get("manager"),
            client_uuid=given["client_uuid"], anyway=given["anyway"],
        )  # fmt: skip

    customer = submitted(request, form, act)
    if customer is not None:
        return done(request, customer, _("Customer created"))
    return show(request, "crm/customers/new.html", {"form": form, "insists": may_insist(form)},
                customers=[one.pk for one in form.similar], status=form_status(form))  # fmt: skip


def may_insist(form):
    """Whether what was refused may be saved anyway: another customer is known by this name."""
    code = getattr(getattr(form, "refused", None), "code", "")
    return code in (duplicates.KNOWN, duplicates.SAME_NAME)


def managers_for(person):
    """Whom a new customer may be given to; None where the creator takes it."""
    if person.has_role(Role.REP) and not customer_page.may_choose_manager(person):
        return None
    return Person.objects.filter(pk__in=people_led_by(person), state=Person.State.ACTIVE)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, pk):
    """Change the facts. Whoever was faster is shown beside what was typed."""
    customer = get_allowed_or_403(with_facts(), request, Action.CUSTOMER_EDIT, pk=pk)
    known = {name: getattr(customer, name) for name in customers.EDITABLE - {"parent"}}
    known |= {"version": customer.version, "parent": parent_name(request.user, customer)}
    form = EditForm(sent(request), viewer=request.user, initial=known)

    def act(given):
        return customers.edit(
            actor=request.user, customer=customer, values=form.facts(customers.EDITABLE),
            version=given["version"], anyway=given["anyway"],
        )  # fmt: skip

    if submitted(request, form, act):
        return done(request, customer, _("Customer saved"))
    context = {"form": form, "customer": customer, "insists": may_insist(form)}
    status = form_status(form)
    if isinstance(getattr(form, "refused", None), Conflict):
        context |= rivals(request, customer, form)
    shown = [pk, customer.parent_id] if known["parent"] else [pk]
    return show(request, "crm/customers/edit.html", context,
                customers=[*shown, *(one.pk for one in form.similar)], status=status)  # fmt: skip


def parent_name(person, customer):
    """The name of the firm a customer belongs to, where the person sees that one."""
    seen = customer_family.seen_parents(person, [customer]).get(customer.parent_id)
    return seen.name if seen else ""


def rivals(request, customer, form):
    """Theirs beside mine, and a form that will save mine over theirs."""
    customer.refresh_from_db()
    last = rows.last_change(customer)
    theirs = [
        (form.fields[name].label, getattr(customer, name), form.cleaned_data[name])
        for name in form.fields
        if name not in ("version", "anyway", "parent")
        and getattr(customer, name) != form.cleaned_data[name]
    ]
    above, typed = parent_name(request.user, customer), form["parent"].value() or ""
    if above != typed:
        theirs.append((form.fields["parent"].label, above, typed))
    mine = form.data.copy()
    mine["version"] = customer.version
    refused, form.data = form.refused, mine
    return {"theirs": theirs, "last": last, "refused": refused}
