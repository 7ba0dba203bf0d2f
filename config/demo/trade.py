"""Plans orders with their lines and payments of a year and a half: late, unpaid and foreign ones too."""

import random
from datetime import timedelta
from decimal import Decimal

from config.demo.story import PRODUCTS
from crm.models import Order, OrderLine, Payment

DAY = timedelta(days=1)
A_YEAR = {"A": 8, "B": 4, "C": 1.4}  # orders a year
SPAN = 400  # days back
WORTH = {"A": 150_000, "B": 48_000, "C": 20_000}  # yuan a line, at most
# Currency: what a unit was worth in yuan at first, by how much it moves a month and wavers.
RATES = {
    "EUR": (Decimal("7.8213"), Decimal("0.0127")),
    "USD": (Decimal("7.1874"), Decimal("-0.0072")),
}
WAVER = [Decimal(n) / 10_000 for n in (0, 83, -121, 46, 174, -58, -207)]
CURRENCY = {"europe": "EUR", "pacific": "USD"}
State = Order.State


class Trade:
    """Plans what customers bought and paid."""

    def __init__(self, people, days):
        self.people, self.days = people, days
        self.chance = random.Random(22)  # noqa: S311  (a demo, no secret)

    def of(self, files):
        """(orders, lines, payments) of all files, numbered in the order of their days."""
        orders, lines, payments = [], [], []
        for file in files:
            orders += self.orders(file)
        orders.sort(key=lambda order: order.ordered_on)
        for number, order in enumerate(orders, start=412):
            order.number = f"SO{order.ordered_on:%y}-{number:05d}"
            sold = self.lines(order)
            lines += sold
            total = sum(
                (line.quantity * line.unit_price * (1 - line.discount) for line in sold), Decimal(0)
            )
            payments += self.payments(order, total.quantize(Decimal("0.01")))
        payments.sort(key=lambda payment: payment.paid_on)
        for number, payment in enumerate(payments, start=388):
            payment.number = f"RC{payment.paid_on:%y}-{number:05d}"
        return orders, lines, payments

    def orders(self, file):
        """The orders of one customer, as dense as its tier; a prospect has none."""
        status, tier = file.customer.status, file.customer.tier
        if status == "prospect":
            return
        newest = 190 if status in ("dormant", "closed") else 1
        oldest = min(SPAN, self.days.age(file.began) - 3)
        age = newest + self.chance.uniform(0, 365 / A_YEAR[tier])
        while age < oldest:
            yield self.order(file, self.days.ago(age, self.chance))
            age += 365 / A_YEAR[tier] * self.chance.uniform(0.5, 1.6)

    def order(self, file, at):
        chance, ordered = self.chance, at.date()
        promised = self.days.calendar.add_working_days(ordered, chance.choice([5, 8, 10, 15, 20]))
        late = chance.choice([0] * 9 + [3, 8])
        delivered = self.days.calendar.add_working_days(promised, late - chance.choice([0, 1, 2]))
        state = State.DELIVERED
        if delivered > self.days.today or (promised < self.days.today and chance.random() < 0.012):
            delivered, state = None, State.OPEN
        elif chance.random() < 0.02:
            delivered, state = None, State.CANCELLED
        currency = CURRENCY.get(file.team, "CNY")
        return Order(
            customer=file.customer, ordered_on=ordered, promised_on=promised, state=state,
            delivered_on=delivered and max(delivered, ordered), currency=currency,
            person=self.people[file.manager_at(at)],
        )  # fmt: skip

    def lines(self, order):
        """One to three products, more pieces of what is cheap."""
        chinese = order.currency == "CNY" and any(sign > "⺀" for sign in order.customer.name)
        found = []
        for product in self.chance.sample(PRODUCTS, self.chance.choice([1, 1, 2, 3])):
            price = Decimal(product[2])
            most = max(1, int(WORTH[order.customer.tier] / product[2]))
            quantity = self.chance.randint(max(1, most // 8), most)
            if quantity > 20:
                quantity -= quantity % 10
            if order.currency != "CNY":
                price = (price / RATES[order.currency][0]).quantize(Decimal("0.01"))
            found.append(OrderLine(
                order=order, product=product[0] if chinese else product[1], quantity=Decimal(quantity),
                unit_price=price, discount=self.chance.choice([Decimal(0)] * 4 + [Decimal("0.05"), Decimal("0.1")]),
            ))  # fmt: skip
        return found

    def payments(self, order, total):
        """What has been paid of an order: on time, late, in two parts, not yet, or not at all."""
        if order.state != State.DELIVERED or self.chance.random() < 0.03:
            return
        due = order.delivered_on + self.chance.choice([30, 30, 60]) * DAY
        first = self.days.working(due + self.chance.choice([-6, -2, 0, 0, 1, 3, 9, 24]) * DAY)
        parts = [(first, total)]
        if self.chance.random() < 0.06:
            half = (total / 2).quantize(Decimal("0.01"))
            parts = [(first, half), (self.days.working(first + 30 * DAY), total - half)]
        for day, amount in parts:
            if day <= self.days.today:
                yield Payment(customer=order.customer, order=order, paid_on=day, amount=amount,
                              currency=order.currency, person=order.person)  # fmt: skip
