"""Orders and payments."""

from rest_framework import serializers

from accounts.access import Action
from accounts.selectors.people import directory
from crm.api.rates import CurrencyField
from crm.models import Customer, Order, OrderLine, Payment
from crm.selectors import trade as selectors
from crm.services import trade
from crm.services.trade import MOST_LINES
from kit.api.base import ScopedViewSet, Way
from kit.api.paging import keyset
from kit.api.shapes import (
    Body,
    InstantField,
    KeyField,
    Named,
    PageQuery,
    SeveralField,
    VisibleField,
    column,
    page_of,
)

SEEN = "As it was seen."


class MoneyField(serializers.DecimalField):
    """An amount, as text with its places."""

    def __init__(self, **options):
        super().__init__(**({"max_digits": 16, "decimal_places": 4} | options))


class SumField(serializers.DecimalField):
    """An amount that was worked out, to four places."""

    def __init__(self, **options):
        super().__init__(max_digits=None, decimal_places=4, rounding="ROUND_HALF_UP", **options)


class ShareField(serializers.DecimalField):
    """A share, 0 to 1."""

    def __init__(self, **options):
        super().__init__(max_digits=6, decimal_places=5, min_value=0, max_value=1, **options)


class OrderName(serializers.Serializer):
    """An order by its key and number."""

    id = serializers.IntegerField()
    number = serializers.CharField()


class LineShape(serializers.Serializer):
    """A line of an order."""

    product = column(OrderLine, "product")
    quantity = MoneyField(max_digits=14)
    unit_price = MoneyField()
    discount = ShareField()
    amount = MoneyField()


class OrderShape(serializers.Serializer):
    """An order. `paid` and `due` are in its own currency; `person` null: somebody outside."""

    id = serializers.IntegerField()
    customer = Named()
    number = column(Order, "number")
    ordered_on = serializers.DateField()
    promised_on = serializers.DateField(allow_null=True)
    delivered_on = serializers.DateField(allow_null=True)
    state = serializers.ChoiceField(Order.State.choices)
    is_late = serializers.BooleanField()
    currency = serializers.CharField()
    amount = MoneyField()
    paid = SumField()
    due = SumField()
    person = Named(allow_null=True)
    lines = LineShape(many=True, source="lines.all")
    recorded_at = InstantField()
    version = serializers.IntegerField()


class TradeQuery(PageQuery):
    """Which customer, whose, when."""

    customer = KeyField(required=False)
    person = KeyField(required=False, help_text="A person of ours.")
    since = serializers.DateField(required=False, help_text="This day or later.")
    until = serializers.DateField(required=False, help_text="This day or earlier.")


class OrderQuery(TradeQuery):
    """Orders, narrowed. Repeat `state` for any of several."""

    state = SeveralField(child=serializers.ChoiceField(Order.State.choices), required=False)
    late = serializers.BooleanField(required=False, help_text="Open past the promised day.")
    unpaid = serializers.BooleanField(required=False, help_text="Not paid in full.")
    sort = serializers.ChoiceField(
        choices=["ordered_on", "-ordered_on"], required=False, default="-ordered_on"
    )


class NewLine(Body):
    """A line of a new order."""

    product = serializers.CharField(max_length=200)
    quantity = MoneyField(max_digits=14, min_value=0)
    unit_price = MoneyField(min_value=0)
    discount = ShareField(required=False)


class ChangedOrder(Body):
    """Only the fields that change."""

    number = serializers.CharField(required=False, max_length=60)
    ordered_on = serializers.DateField(required=False)
    promised_on = serializers.DateField(required=False, allow_null=True)
    delivered_on = serializers.DateField(required=False, allow_null=True)
    state = serializers.ChoiceField(Order.State.choices, required=False)
    currency = CurrencyField(required=False)
    amount = MoneyField(
        source="told_amount", required=False, allow_null=True, min_value=0,
        help_text="Without one, the lines make it.",
    )  # fmt: skip
    person = VisibleField(
        queryset=directory(), required=False, allow_null=True,
        help_text="Who took it; null: somebody outside.",
    )  # fmt: skip
    version = serializers.IntegerField(required=False, min_value=0, help_text=SEEN)


class NewOrder(ChangedOrder):
    """A new order. Sent again with the same client_uuid, it stays one."""

    version = None
    customer = KeyField()
    client_uuid = serializers.UUIDField(help_text="Made by the sender, once per order.")
    number = serializers.CharField(max_length=60)
    ordered_on = serializers.DateField()
    lines = NewLine(many=True, required=False, max_length=MOST_LINES)


class TradeViewSet(ScopedViewSet):
    """What is seen with the right to see orders and payments."""

    def get_queryset(self):
        return self.rows().visible_to(self.request.user, Action.TRADE_VIEW)

    def get_object(self, action=Action.TRADE_VIEW, pk=None):
        return super().get_object(action, pk)

    def narrowed(self, when, **more):
        """The rows that the query string asks for; `when`: the column of their day."""
        lookups = {
            "customer": "customer_id", "person": "person_id", "since": f"{when}__gte",
            "until": f"{when}__lte",
        } | more  # fmt: skip
        wanted = {lookup: self.said[name] for name, lookup in lookups.items() if name in self.said}
        return self.get_queryset().filter(**wanted)

    def sorted_page(self, rows):
        """One page in the order that was asked for."""
        sort = self.said["sort"]
        rows, following = keyset(rows, (sort, "-pk" if sort.startswith("-") else "pk"), self.said)
        return self.page(rows, following, {row.customer_id for row in rows})

    def shown(self, pk, status=200):
        one = self.get_object(pk=pk)
        return self.answer(one, [one.customer_id], status)


class OrderViewSet(TradeViewSet):
    """The orders one sees."""

    model = Order
    ways = {
        "list": Way(page_of(OrderShape), asks=OrderQuery),
        "retrieve": Way(OrderShape),
        "create": Way(OrderShape, takes=NewOrder, statuses=(200, 201)),
        "partial_update": Way(OrderShape, takes=ChangedOrder, versioned=True),
    }

    def rows(self):
        return selectors.orders().prefetch_related("lines")

    def list(self, request):
        """Orders by their day."""
        rows = self.narrowed("ordered_on", state="state__in")
        conditions = {"late": selectors.late(), "unpaid": selectors.unpaid()}
        for name, condition in conditions.items():
            if name in self.said:
                rows = rows.filter(condition) if self.said[name] else rows.exclude(condition)
        return self.sorted_page(rows)

    def retrieve(self, request, pk):
        """One order with its lines."""
        return self.shown(pk)

    def create(self, request):
        """Record an order; 200 and the first one where the same has come before."""
        given = self.body()
        customer = Customer(pk=given.pop("customer"))  # the service re-reads it, or answers 404
        number, lines = {"client_uuid": given.pop("client_uuid")}, given.pop("lines", [])
        order, status = self.created(
            number, trade.record_order, customer=customer, values=given, lines=lines, **number
        )
        return self.shown(order.pk, status)

    def partial_update(self, request, pk):
        """Change the fields that are sent."""
        order, given = self.get_object(), self.body()
        version = self.version(given)
        trade.change_order(actor=request.user, order=order, values=given, version=version)
        return self.shown(pk)


# -- payments ----------------------------------------------------------------------------------------
class PaymentShape(serializers.Serializer):
    """A payment. `order` null: on account. `person` null: somebody outside."""

    id = serializers.IntegerField()
    customer = Named()
    order = OrderName(allow_null=True)
    number = column(Payment, "number")
    paid_on = serializers.DateField()
    currency = serializers.CharField()
    amount = MoneyField()
    person = Named(allow_null=True)
    recorded_at = InstantField()
    version = serializers.IntegerField()


class PaymentQuery(TradeQuery):
    """Payments, narrowed."""

    order = KeyField(required=False)
    sort = serializers.ChoiceField(
        choices=["paid_on", "-paid_on"], required=False, default="-paid_on"
    )


class TradedField(VisibleField):
    """The key of an order that the asker can see."""

    def get_queryset(self):
        return self.queryset.visible_to(self.context["request"].user, Action.TRADE_VIEW)


class ChangedPayment(Body):
    """Only the fields that change."""

    order = TradedField(
        queryset=selectors.orders(), required=False, allow_null=True,
        help_text="One of this customer's; null: on account.",
    )  # fmt: skip
    number = serializers.CharField(required=False, allow_blank=True, max_length=60)
    paid_on = serializers.DateField(required=False)
    currency = CurrencyField(required=False)
    amount = MoneyField(required=False, help_text="A refund is negative.")
    person = VisibleField(
        queryset=directory(), required=False, allow_null=True,
        help_text="Who collected it; null: somebody outside.",
    )  # fmt: skip
    version = serializers.IntegerField(required=False, min_value=0, help_text=SEEN)


class NewPayment(ChangedPayment):
    """A new payment. Sent again with the same client_uuid, it stays one."""

    version = None
    customer = KeyField()
    client_uuid = serializers.UUIDField(help_text="Made by the sender, once per payment.")
    paid_on = serializers.DateField()
    amount = MoneyField(help_text="A refund is negative.")


class PaymentViewSet(TradeViewSet):
    """The payments one sees."""

    model = Payment
    ways = {
        "list": Way(page_of(PaymentShape), asks=PaymentQuery),
        "retrieve": Way(PaymentShape),
        "create": Way(PaymentShape, takes=NewPayment, statuses=(200, 201)),
        "partial_update": Way(PaymentShape, takes=ChangedPayment, versioned=True),
    }

    def rows(self):
        return selectors.payments()

    def list(self, request):
        """Payments by their day."""
        return self.sorted_page(self.narrowed("paid_on", order="order_id"))

    def retrieve(self, request, pk):
        """One payment."""
        return self.shown(pk)

    def create(self, request):
        """Record a payment; 200 and the first one where the same has come before."""
        given = self.body()
        customer = Customer(pk=given.pop("customer"))
        number = {"client_uuid": given.pop("client_uuid")}
        payment, status = self.created(
            number, trade.record_payment, customer=customer, values=given, **number
        )
        return self.shown(payment.pk, status)

    def partial_update(self, request, pk):
        """Correct the fields that are sent."""
        payment, given = self.get_object(), self.body()
        version = self.version(given)
        trade.correct_payment(actor=request.user, payment=payment, values=given, version=version)
        return self.shown(pk)
