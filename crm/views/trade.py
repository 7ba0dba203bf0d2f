"""Orders and payments: of a customer, all that one sees, one order; recording and correcting them."""

from uuid import uuid4

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import Action, Role, can
from crm.filters import trade as filters
from crm.forms.trade import OrderForm, PaymentForm, colleagues
from crm.models import Customer, Order
from crm.selectors import order_list
from crm.selectors import trade as selectors
from crm.services import trade
from kit.errors import NotAllowed
from kit.templatetags.words import day_words, shown_name
from kit.web import done, form_status, get_visible_or_404, paged, sent, show, submitted

both = require_http_methods(["GET", "HEAD", "POST"])
PANEL = 3  # orders in the panel
LATEST = 20  # orders and payments on the customer's page


# -- a customer's ------------------------------------------------------------------------------------
@require_safe
def of_customer(request, pk):
    """What a customer ordered and paid: a page, or with `?panel=1` the panel of the customer's page."""
    customer = traded(request, pk)
    panel = request.GET.get("panel") == "1"
    context = {
        "customer": customer, "standing": selectors.standing(customer),
        "orders": selectors.last_orders(customer, PANEL if panel else LATEST),
    }  # fmt: skip
    if panel:
        return show(request, "crm/trade/panel.html", context, customers=[customer.pk])
    more = context["standing"].orders > LATEST
    context |= {
        "all_url": f"{reverse('crm:orders')}?customer={customer.pk}" if more else "",
        "payments": selectors.last_payments(customer, LATEST),
        "may_edit": can(request.user, Action.TRADE_EDIT, customer),
        "may_import": can(request.user, Action.IMPORT_RUN),
        "sees_customer": can(request.user, Action.CUSTOMER_VIEW, customer),
    }
    return show(request, "crm/trade/customer.html", context, customers=[customer.pk])


def traded(request, pk, act=None):
    """The customer of the page for who may see its orders (and do `act`): else 403, or the 404."""
    try:
        customer = get_visible_or_404(Customer, request, Action.TRADE_VIEW, pk=pk)
    except Http404:
        get_visible_or_404(Customer, request, pk=pk)
        raise NotAllowed() from None
    if act is not None and not can(request.user, act, customer):
        raise NotAllowed()
    return named_only(request.user, customer)


def named_only(person, customer):
    """The customer as finance knows it: by name. The tier is for who sees customers."""
    if not can(person, Action.CUSTOMER_VIEW):
        customer.tier = ""
    return customer


# -- all ---------------------------------------------------------------------------------------------
@require_safe
def index(request):
    """The orders one sees, the latest first."""
    if not can(request.user, Action.TRADE_VIEW):
        raise NotAllowed()
    asked = filters.read(request.GET, request.user)
    page = order_list.page(
        request.user, asked.narrow,
        after=request.GET.get("after", ""), before=request.GET.get("before", ""),
    )  # fmt: skip
    for order in page.rows:
        named_only(request.user, order.customer)
    customers = {order.customer_id for order in page.rows}
    customers |= {asked.customer.pk} if asked.customer else set()
    return show(request, "crm/trade/index.html", {
        "asked": asked, "page": page, "chips": chips(asked), "most": order_list.COUNT_UP_TO,
        "states": Order.State.choices, "may_import": can(request.user, Action.IMPORT_RUN),
        "rows": paged(request, page.rows, customers),
    })  # fmt: skip


def chips(asked):
    """Filters in force: (label, value, parameter)."""
    states = dict(Order.State.choices)
    found = [
        (_("State"), ", ".join(str(states[state]) for state in asked.states), "state"),
        (_("Delivery"), asked.late and _("Late"), "late"),
        (_("Payment"), asked.unpaid and _("Not paid in full"), "unpaid"),
        (_("Person"), asked.person and shown_name(asked.person), "person"),
        (_("Customer"), asked.customer and asked.customer.name, "customer"),
        (_("From"), asked.since and day_words(asked.since), "since"),
        (_("Until"), asked.until and day_words(asked.until), "until"),
    ]
    return [chip for chip in found if chip[1]]


# -- one order ---------------------------------------------------------------------------------------
@require_safe
def order(request, pk):
    """The page of an order: its lines, what was paid."""
    one = seen_order(request, pk)
    return show(request, "crm/trade/order.html", {
        "order": one, "customer": one.customer, "lines": one.lines.all(),
        "payments": one.payments.select_related("person"),
        "may_edit": can(request.user, Action.TRADE_EDIT, one),
    }, customers=[one.customer_id])  # fmt: skip


def seen_order(request, pk):
    one = get_visible_or_404(selectors.orders(), request, Action.TRADE_VIEW, pk=pk)
    named_only(request.user, one.customer)
    return one


@both
def new_order(request, pk):
    """Record an order of a customer."""
    customer = traded(request, pk, Action.TRADE_EDIT)
    form = OrderForm(sent(request), people=colleagues(request.user), initial=fresh(request))

    def act(given):
        return trade.record_order(
            actor=request.user, customer=customer, values=form.values(OrderForm.FIELDS),
            lines=form.said, client_uuid=given["client_uuid"],
        )  # fmt: skip

    made = submitted(request, form, act)
    if made:
        return done(request, made, _("Order recorded"))
    return form_shown(request, form, customer, _("Record an order"))


@both
def edit_order(request, pk):
    """Change an order."""
    one = seen_order(request, pk)
    if not can(request.user, Action.TRADE_EDIT, one):
        raise NotAllowed()
    known = {name: getattr(one, name) for name in OrderForm.FIELDS} | {"version": one.version}
    form = OrderForm(
        sent(request), people=colleagues(request.user), initial=known | named(one), lines=False
    )

    def act(given):
        return trade.change_order(
            actor=request.user, order=one, values=form.values(OrderForm.FIELDS),
            version=given["version"],
        )  # fmt: skip

    if submitted(request, form, act):
        return done(request, one, _("Order saved"))
    renew(form, one)
    return form_shown(request, form, one.customer, _("Change the order"), one)


# -- payments ----------------------------------------------------------------------------------------
@both
def new_payment(request, pk):
    """Record a payment of a customer."""
    customer = traded(request, pk, Action.TRADE_EDIT)
    orders = customer.orders.all()
    chosen = filters.picked(selectors.with_payments(orders), request.GET.get("order", ""))
    form = payment_form(request, customer, fresh(request) | prefilled(chosen), chosen)

    def act(given):
        return trade.record_payment(
            actor=request.user, customer=customer, values=form.values(PaymentForm.FIELDS),
            client_uuid=given["client_uuid"],
        )  # fmt: skip

    made = submitted(request, form, act)
    if made:
        return done(request, home(made), _("Payment recorded"))
    return form_shown(request, form, customer, _("Record a payment"), chosen)


@both
def edit_payment(request, pk):
    """Correct a payment."""
    one = get_visible_or_404(selectors.payments(), request, Action.TRADE_VIEW, pk=pk)
    if not can(request.user, Action.TRADE_EDIT, one):
        raise NotAllowed()
    named_only(request.user, one.customer)
    known = {name: getattr(one, name) for name in PaymentForm.FIELDS} | {"version": one.version}
    form = payment_form(request, one.customer, known | named(one), one.order)

    def act(given):
        return trade.correct_payment(
            actor=request.user, payment=one, values=form.values(PaymentForm.FIELDS),
            version=given["version"],
        )  # fmt: skip

    if submitted(request, form, act):
        return done(request, home(one), _("Payment corrected"))
    renew(form, one)
    return form_shown(request, form, one.customer, _("Correct the payment"), one.order)


def payment_form(request, customer, initial, chosen):
    """The form of a payment; it shows the order chosen and those that are not paid in full."""
    orders = customer.orders.all()
    unpaid = selectors.with_payments(orders).filter(selectors.unpaid())
    offered = [chosen] if chosen else []
    offered += [one for one in unpaid[:100] if chosen is None or one.pk != chosen.pk]
    return PaymentForm(sent(request), people=colleagues(request.user), orders=orders,
                       offered=offered, initial=initial)  # fmt: skip


# -- forms -------------------------------------------------------------------------------------------
def fresh(request):
    """First values of a new order or payment: a rep takes it, in the company's currency."""
    mine = request.user.username if Role.REP in request.user.roles else ""
    return {"client_uuid": uuid4(), "currency": selectors.company_currency(), "person": mine}


def prefilled(order):
    """A payment for an order: what is due."""
    if order is None:
        return {}
    due = {"amount": order.due} if order.due > 0 else {}
    return {"order": order.pk, "currency": order.currency} | due


def named(row):
    """The colleague of a row as they are typed."""
    return {"person": row.person.username if row.person else ""}


def renew(form, row):
    """After a conflict the form carries the version of now: sending it again saves mine."""
    if form_status(form) == 409:
        row.refresh_from_db(fields=["version"])
        form.data = form.data.copy()
        form.data["version"] = row.version


def home(payment):
    """Where a payment is shown: with its order, or with its customer."""
    return payment.order or reverse("crm:customer-trade", args=[payment.customer_id])


def form_shown(request, form, customer, title, order=None):
    """The page of a form about a customer's orders."""
    cancel = (
        order.get_absolute_url() if order else reverse("crm:customer-trade", args=[customer.pk])
    )
    context = {"form": form, "title": title, "customer": customer, "cancel": cancel}
    template = "order_form" if isinstance(form, OrderForm) else "payment_form"
    return show(request, f"crm/trade/{template}.html", context, customers=[customer.pk],
                status=form_status(form))  # fmt: skip
