"""Orders, their lines, and payments."""

from decimal import Decimal

from django.db.models import F, OuterRef, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from accounts.audit import assign, initial, record_many
from crm.models import Order, OrderLine
from kit import bulk

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
