"""Orders, their lines, and payments."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from accounts.access import Action
from crm.imports.fields import Field, Incomplete, Reason
from crm.imports.kinds import words
from crm.imports.kinds.base import Kind, known
from crm.models import Order, OrderLine, Payment
from crm.services import trade
from kit import cells
from kit.dates import plausible

PLACES = Decimal("0.0001")
LARGEST = Decimal(10) ** 12
CURRENCIES = {"人民币": "CNY", "rmb": "CNY", "元": "CNY", "¥": "CNY", "美元": "USD", "$": "USD", "us$": "USD", "欧元": "EUR", "€": "EUR", "港币": "HKD", "英镑": "GBP", "£": "GBP", "日元": "JPY"}  # fmt: skip
STATE = words.choice(
    open=("new", "pending", "in progress", "processing", "draft", "confirmed", "activated", "未完成", "进行中", "待发货", "处理中", "已确认", "待交付", "未交付", "执行中"),
    delivered=("shipped", "complete", "completed", "closed", "done", "fulfilled", "paid", "won", "已完成", "已发货", "已交付", "完成", "已签收", "已收货", "closed won"),
    cancelled=("canceled", "void", "voided", "lost", "rejected", "returned", "refunded", "已取消", "取消", "作废", "已作废", "退货", "已退货"),
)  # fmt: skip
ORDER = ("order", "order id", "order no", "order number", "sales order", "invoice", "invoice id", "invoice number", "订单", "订单编号", "订单号", "所属订单", "关联订单", "销售订单", "合同编号")  # fmt: skip
ORDERED = ("date", "ordered on", "order date", "ordered at", "date ordered", "invoice date", "created on", "created at", "placed on", "purchase date", "effective date", "close date", "日期", "下单日期", "订单日期", "下单时间", "签订日期", "签约日期", "开票日期", "成交日期")  # fmt: skip


def money(item, run, name):
    """An amount that fits its column. Raises Reason."""
    value = item.get(name)
    if value is None:
        return None
    if abs(value) >= LARGEST:
        raise Reason("large_number", run.column(name))
    return value.quantize(PLACES)


def currency(item, run):
    """The currency of the row, else the company's. Raises Reason."""
    text = item.get("currency")
    if text is None:
        return run.company.currency
    code = cells.letters(CURRENCIES.get(text.lower(), text), 3)
    if not code:
        raise Reason("currency", run.column("currency"))
    return code


def days(item, run, *several):
    """Refuse days that cannot be meant."""
    for name in several:
        day = item.get(name)
        if day and not (plausible(day) or 1900 <= day.year <= 2200):
            raise Reason("too_early", run.column(name))


class Orders(Kind):
    name = "orders"
    label = _("Orders")
    action = changes = Action.TRADE_EDIT
    entity = ("order", "sales order", "invoice", "订单", "销售订单")
    natural = ("number",)
    needs = ("customer", "ordered_on")
    fields = (
        Field("key", _("Key"), ("id", "key", "order id", "invoice id", "record id", "number", "no", "code", "编号", "单号", "号", "订单编号", "订单号", "合同编号"), ends=words.KEY_ENDS, read="code", longest=200),
        Field("number", _("Number"), ("order number", "order no", "number", "no", "po number", "invoice number", "订单号", "订单编号", "单号", "合同编号"), read="code", longest=60),
        Field("customer", _("Customer"), words.CUSTOMER, read="code", refers="customers"),
        Field("person", _("Person"), words.PERSON, read="code", refers="employees"),
        Field("ordered_on", _("Ordered on"), ORDERED, read="day"),
        Field("promised_on", _("Promised for"), ("promised on", "required date", "promised date", "due date", "delivery date", "expected delivery", "expected date", "deadline", "promise date", "承诺交期", "交货日期", "交期", "要求日期", "预计交货日期", "约定交期"), read="day"),
        Field("delivered_on", _("Delivered on"), ("delivered on", "shipped date", "ship date", "delivered date", "shipped on", "actual delivery", "completed on", "发货日期", "实际交货日期", "交付日期", "完成日期", "签收日期"), read="day"),
        Field("state", _("State"), ("state", "status", "order status", "stage", "deal stage", "状态", "订单状态"), values=STATE),
        Field("currency", _("Currency"), words.CURRENCY, longest=20),
        Field("told_amount", _("Amount"), words.AMOUNT, read="number"),
        Field("deleted", _("Deleted"), words.DELETED, read="flag"),
    )  # fmt: skip

    def check(self, item, run):
        self.demand_customer(item, run)
        self.demand(item, run, "ordered_on")
        run.refer(item, "customer")
        run.person(item, "person")
        days(item, run, "ordered_on", "promised_on", "delivered_on")
        for name in ("delivered_on", "promised_on"):
            if item.get(name) and item.given[name] < item.given["ordered_on"]:
                raise Reason("later_end", run.column(name))
        currency(item, run)
        money(item, run, "told_amount")

    def values(self, item, run):
        state = item.get("state") or (Order.State.DELIVERED if item.get("delivered_on") else None)
        values = {
            "number": item.get("number") or (item.key if run.column("key") else f"#{item.number}"),
            "customer_id": run.refer(item, "customer"),
            "person_id": run.person(item, "person"),
            "currency": currency(item, run),
            "state": state,
            "told_amount": money(item, run, "told_amount"),
        }
        values["number"] = values["number"][:60]
        return values | {
            name: item.get(name) for name in ("ordered_on", "promised_on", "delivered_on")
        }

    def create(self, run, items):
        rows = []
        for item in items:
            values = {
                name: value for name, value in self.values(item, run).items() if value is not None
            }
            if item.get("person") and "person_id" not in values:
                run.note("external")
            item.written = run.digests(values)
            rows.append(Order(**values))
        trade.insert(rows, when=lambda row: run.start(row.ordered_on))
        for item, row in zip(items, rows, strict=True):
            item.became(row)
            run.remember(self.name, item.key, row.pk)

    def update(self, run, items):
        rows = known(Order.objects.all(), items)
        trade.change(list(run.changed(items, rows, self.values)))


class OrderLines(Kind):
    name = "order_lines"
    label = _("Order lines")
    action = changes = Action.TRADE_EDIT
    entity = ("order line", "line item", "line", "item", "明细")
    natural = ("order", "product")
    needs = ("order", "quantity", "unit_price")
    fields = (
        Field("key", _("Key"), ("id", "key", "record id", "order line id", "明细编号", "行编号"), ends=words.KEY_ENDS, read="code", longest=200),
        Field("order", _("Order"), ORDER, read="code", refers="orders"),
        Field("product", _("Product"), ("product", "product name", "product code", "product id", "sku", "article", "item", "item code", "name", "description", "track id", "产品", "产品名称", "商品", "商品名称", "产品编号", "物料", "品名", "货品"), longest=200),
        Field("quantity", _("Quantity"), ("quantity", "qty", "count", "amount ordered", "units", "数量", "订购数量"), read="number"),
        Field("unit_price", _("Unit price"), ("unit price", "price", "price each", "sales price", "list price", "单价", "价格", "销售单价"), read="number"),
        Field("discount", _("Discount"), ("discount", "discount rate", "rebate", "折扣", "折扣率"), read="number"),
        Field("deleted", _("Deleted"), words.DELETED, read="flag"),
    )  # fmt: skip

    def check(self, item, run):
        if not item.get("order"):
            raise Incomplete("no_order", run.column("order"))
        self.demand(item, run, "quantity", "unit_price")
        run.refer(item, "order")
        self.amounts(item, run)

    def amounts(self, item, run):
        """Quantity, price and discount as the columns take them. Raises Reason."""
        quantity, price = money(item, run, "quantity"), money(item, run, "unit_price")
        if abs(quantity) >= LARGEST / 100:
            raise Reason("large_number", run.column("quantity"))
        if abs(quantity * price) >= LARGEST:
            raise Reason("large_number", run.column("unit_price"))
        discount = item.get("discount") or Decimal(0)
        discount = discount / 100 if 1 < discount <= 100 else discount
        if not 0 <= discount <= 1:
            raise Reason("discount", run.column("discount"))
        return {
            "quantity": quantity,
            "unit_price": price,
            "discount": discount.quantize(Decimal("0.00001")),
        }

    def values(self, item, run):
        return self.amounts(item, run) | {"product": item.get("product", "")}

    def create(self, run, items):
        orders = Order.objects.select_for_update().in_bulk(
            [run.refer(item, "order") for item in items]
        )
        rows = [
            OrderLine(order=orders[run.refer(item, "order")], **self.values(item, run))
            for item in items
        ]
        trade.insert_lines(rows, when=lambda row: run.start(row.order.ordered_on))
        for item, row in zip(items, rows, strict=True):
            item.became(row)
            item.written = run.digests(self.values(item, run))

    def update(self, run, items):
        rows = known(OrderLine.objects.select_related("order"), items)
        run.change(items, rows, self.values)
        trade.settle(Order.objects.filter(pk__in={row.order_id for row in rows.values()}))


class Payments(Kind):
    name = "payments"
    label = _("Payments")
    action = changes = Action.TRADE_EDIT
    entity = ("payment", "receipt", "invoice", "回款", "收款", "付款")
    natural = ("number",)
    needs = (("customer", "order"), "paid_on", "amount")
    fields = (
        Field("key", _("Key"), (*words.KEY, "payment id", "receipt id", "回款编号"), ends=words.KEY_ENDS, read="code", longest=200),
        Field("number", _("Number"), ("payment number", "receipt number", "reference", "voucher", "回款单号", "单号", "流水号"), read="code", longest=60),
        Field("customer", _("Customer"), words.CUSTOMER, read="code", refers="customers"),
        Field("order", _("Order"), ORDER, read="code", refers="orders"),
        Field("person", _("Person"), (*words.PERSON, "collected by", "collector", "收款人", "回款人"), read="code", refers="employees"),
        Field("paid_on", _("Paid on"), ("paid on", "payment date", "paid date", "date paid", "date", "receipt date", "received on", "invoice date", "日期", "回款日期", "收款日期", "付款日期", "到账日期", "回款时间"), read="day"),
        Field("currency", _("Currency"), words.CURRENCY, longest=20),
        Field("amount", _("Amount"), (*words.AMOUNT, "paid", "payment amount", "回款金额", "收款金额", "付款金额", "实收金额"), read="number"),
        Field("deleted", _("Deleted"), words.DELETED, read="flag"),
    )  # fmt: skip

    def check(self, item, run):
        self.demand(item, run, "paid_on", "amount")
        days(item, run, "paid_on")
        self.values(item, run)

    def whose(self, item, run):
        """(customer, order): the customer whom the row names, else that of its order."""
        order = run.refer(item, "order")
        of_order = run.customer_of_order(order)
        if not item.get("customer"):
            if of_order is None:
                raise Incomplete("no_customer", run.column("customer"))
            return of_order, order
        customer = run.refer(item, "customer")
        if of_order not in (None, customer):
            raise Reason("other_order", run.column("order"))
        return customer, order

    def values(self, item, run):
        customer, order = self.whose(item, run)
        return {
            "customer_id": customer, "order_id": order, "number": (item.get("number") or (item.key if run.column("key") else ""))[:60],
            "paid_on": item.given["paid_on"], "currency": currency(item, run),
            "amount": money(item, run, "amount"), "person_id": run.person(item, "person"),
        }  # fmt: skip

    def create(self, run, items):
        wanted = [self.values(item, run) for item in items]
        rows = [Payment(**values) for values in wanted]
        trade.insert_payments(rows, when=lambda row: run.start(row.paid_on))
        for item, row, values in zip(items, rows, wanted, strict=True):
            item.became(row)
            item.written = run.digests(values)

    def update(self, run, items):
        rows = known(Payment.objects.all(), items)
        trade.change(list(run.changed(items, rows, self.values)))
