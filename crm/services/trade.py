"""Orders, their lines, and payments: recorded one by one, or many at once by an import."""

import hashlib
from copy import copy
from datetime import date
from decimal import Decimal

from django.db.models import F, OuterRef, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from accounts.access import Action
from accounts.audit import assign, initial, plain, record_many
from accounts.service import clean, only, service
from crm.models import Order, OrderLine, Payment
from crm.selectors.trade import company_currency
from crm.services import completeness
from crm.services.rates import sound_currency
from kit import bulk
from kit.dates import company_zone, plausible, today
from kit.errors import Conflict, Refused
from kit.once import first_of, harmless_twice
from kit.versions import same_version

ORDER = {
    "number",
    "ordered_on",
    "promised_on",
    "delivered_on",
    "state",
    "currency",
    "told_amount",
    "person",
}
LINE = {"product", "quantity", "unit_price", "discount"}
PAYMENT = {"order", "number", "paid_on", "currency", "amount", "person"}

MOST_LINES = 200
FAR = 3660  # days ahead that can be promised
LARGEST = Decimal(10) ** 12


@harmless_twice
@service(Action.TRADE_EDIT, on="customer")
def record_order(*, actor, customer, values, lines=(), client_uuid=None):
    """Record an order of a customer. Returns it.

    values: fields of ORDER; without `told_amount` the lines make the amount. lines: dicts with the
    fields of LINE. client_uuid: sent twice with one body, it records one order. Raises Refused at
    the field, and with the code `first_kept` where the id came with another body before.
    """
    digest = digest_of(client_uuid, (actor, customer, values, list(lines)))
    first_of(Order, client_uuid, digest)
    order = Order(customer=customer, client_uuid=client_uuid, client_digest=digest)
    rows = [OrderLine(order=order, **only(line, LINE)) for line in lines]
    assign(order, {"currency": company_currency()} | only(values, ORDER))
    sound_order(order, values, bool(rows))
    sound_lines(rows)
    insert([order])
    if rows:
        insert_lines(rows)
        order.refresh_from_db()
    return order


@service(Action.TRADE_EDIT, on="order")
def change_order(*, actor, order, values, version):
    """Change fields of an order. version: what the editor saw; another one is a Conflict.

    values: fields of ORDER. An order that is delivered without a day was delivered today.
    """
    same_version(order, version)
    wanted = copy(order)
    assign(wanted, only(values, ORDER))
    sound_order(wanted, values, order.lines.exists())
    if not change([(order, {name: getattr(wanted, name) for name in ORDER})]):
        told([order], (), None)
    order.refresh_from_db()
    return order


@harmless_twice
@service(Action.TRADE_EDIT, on="customer")
def record_payment(*, actor, customer, values, client_uuid=None):
    """Record money of a customer, for one of its orders or on account. Returns the payment.

    values: fields of PAYMENT; a refund is negative. client_uuid: see `record_order`.
    """
    digest = digest_of(client_uuid, (actor, customer, values))
    first_of(Payment, client_uuid, digest)
    payment = Payment(customer=customer, client_uuid=client_uuid, client_digest=digest)
    order = values.get("order")
    assign(payment, {"currency": order.currency if order else company_currency()})
    assign(payment, only(values, PAYMENT))
    sound_payment(payment, values)
    insert_payments([payment])
    if (
        order
        and not Payment.objects.filter(order__customer=customer).exclude(pk=payment.pk).exists()
    ):
        completeness.count([customer.pk])  # what the file knows of how long they take to pay
    return payment


@service(Action.TRADE_EDIT, on="payment")
def correct_payment(*, actor, payment, values, version):
    """Correct a payment; what stood there is in its history. version: as in `change_order`."""
    same_version(payment, version)
    wanted = copy(payment)
    assign(wanted, only(values, PAYMENT))
    sound_payment(wanted, values)
    if not change([(payment, {name: getattr(wanted, name) for name in PAYMENT})]):
        told([payment], (), None)
    return payment


# -- rules -----------------------------------------------------------------------------------------


def digest_of(client_uuid, said):
    """SHA-256 of what is sent under a number, "" without one."""
    if client_uuid is None:
        return ""
    return hashlib.sha256(repr(canonical(said)).encode()).hexdigest()


def canonical(said):
    """What is sent in one order and one writing, so that it can be compared."""
    if isinstance(said, dict):
        return [(name, canonical(value)) for name, value in sorted(said.items())]
    if isinstance(said, (list, tuple)):
        return [canonical(one) for one in said]
    if isinstance(said, Decimal):
        return str(said.normalize())
    return plain(said)


def sound_order(order, values, has_lines):
    """An order that can be meant, or Refused at the first field that is wrong."""
    order.number = (order.number or "").strip()
    if not order.number:
        raise Refused(_("Enter the number of the order"), field="number")
    sound_state(order, values)
    clean(order, ORDER)
    sound_currency(order)
    sound_days(order)
    if order.told_amount is None and not has_lines:
        raise Refused(_("Enter the amount, or the lines that make it"), field="told_amount")
    if order.told_amount is not None and order.told_amount < 0:
        raise Refused(_("Enter an amount of 0 or more"), field="told_amount")
    same = Order.objects.filter(customer=order.customer_id, number=order.number)
    if "number" in values and same.exclude(pk=order.pk).exists():
        text = _("This customer already has an order with this number.")
        raise Conflict(text, field="number", code="known_number")


def sound_state(order, values):
    """A delivered order has the day of its delivery, an open one has none."""
    if not values.keys() & {"state", "delivered_on"}:
        return
    if order.state == Order.State.DELIVERED and order.delivered_on is None:
        order.delivered_on = max(today(company_zone()), order.ordered_on)
    if order.delivered_on is None or order.state != Order.State.OPEN:
        return
    if "state" in values and "delivered_on" in values:
        raise Refused(_("An open order has no day of delivery"), field="delivered_on")
    if "state" in values:
        order.delivered_on = None
    else:
        order.state = Order.State.DELIVERED


def sound_days(order):
    if not isinstance(order.ordered_on, date) or not plausible(order.ordered_on):
        raise Refused(_("Enter a day such as 2026-11-22"), field="ordered_on")
    for name, ahead in (("promised_on", FAR), ("delivered_on", 1)):
        day = getattr(order, name)
        if day and not plausible(day, ahead):
            text = (
                _("This day lies ahead")
                if name == "delivered_on"
                else _("This day is too far away")
            )
            raise Refused(text, field=name)
        if day and day < order.ordered_on:
            raise Refused(_("This day lies before the order"), field=name)


def sound_lines(rows):
    if len(rows) > MOST_LINES:
        raise Refused(
            _("An order has at most %(most)s lines") % {"most": MOST_LINES}, field="lines"
        )
    for line in rows:
        line.product = (line.product or "").strip()
        if not line.product:
            raise Refused(_("Name the product of each line"), field="lines")
        clean(line, LINE, "lines")
        if line.quantity <= 0 or line.unit_price < 0 or not 0 <= line.discount <= 1:
            text = _("Quantities are above 0, prices 0 or more, discounts from 0 to 100%")
            raise Refused(text, field="lines")
        if line.quantity * line.unit_price >= LARGEST:
            raise Refused(_("This amount is too large"), field="lines")


def sound_payment(payment, values):
    """A payment that can be meant, or Refused at the first field that is wrong."""
    clean(payment, PAYMENT - {"order"})
    sound_currency(payment)
    if payment.order is not None and payment.order.customer_id != payment.customer_id:
        raise Refused(_("Choose an order of this customer"), field="order")
    if not payment.amount:
        raise Refused(_("Enter the amount"), field="amount")
    if not plausible(payment.paid_on, 1):
        raise Refused(_("Enter a day that is not ahead"), field="paid_on")


# -- many at once ----------------------------------------------------------------------------------
def insert(orders, when=None):
    """Write new orders inside a running verb, without asking again who may. Returns them.

    orders: unsaved. when: the instant each is claimed for, a function of the order; None is now.
    """
    for order in orders:
        order.amount = order.told_amount or Decimal(0)
    return told(bulk.insert(orders), ORDER, when)


def insert_lines(lines, when=None):
    """Write new lines inside a running verb; orders without a told amount are summed up anew.

    lines: unsaved, with their orders. Returns them.
    """
    bulk.insert(lines)
    record_many([
        {"subject": line, "changes": initial(line, LINE) | {"order": (None, line.order_id)},
         "customer": line.order.customer_id, "happened_at": when and when(line)}
        for line in lines
    ])  # fmt: skip
    settle(Order.objects.filter(pk__in={line.order_id for line in lines}))
    return lines


def insert_payments(payments, when=None):
    """Write new payments inside a running verb. payments: unsaved. Returns them."""
    return told(bulk.insert(payments), PAYMENT, when)


def change(pairs, when=None):
    """Change orders or payments inside a running verb; returns (row, changes) of those that differ.

    pairs: a row, locked by the caller, and field → new value.
    """
    changed = []
    for row, values in pairs:
        if changes := assign(row, values):
            row.version += 1
            if "told_amount" in changes:
                row.amount = row.told_amount or Decimal(0)
            row.save()
            changed.append((row, changes))
    record_many([
        {"subject": row, "changes": changes, "customer": row.customer_id, "happened_at": when and when(row)}
        for row, changes in changed
    ])  # fmt: skip
    settle(
        Order.objects.filter(pk__in=[row.pk for row, _changes in changed if isinstance(row, Order)])
    )
    return changed


def settle(orders):
    """Take the amounts of these orders anew: what was told, else the sum of the lines."""
    lines = OrderLine.objects.filter(order=OuterRef("pk")).order_by().values("order")
    total = Subquery(lines.annotate(total=Sum("amount")).values("total"))
    wanted = Coalesce(F("told_amount"), total, Value(Decimal(0)))
    orders.exclude(amount=wanted).update(amount=wanted)


def told(rows, fields, when):
    """The entries about new rows."""
    record_many([
        {"subject": row, "changes": initial(row, fields), "customer": row.customer_id,
         "happened_at": when and when(row)}
        for row in rows
    ])  # fmt: skip
    return rows
