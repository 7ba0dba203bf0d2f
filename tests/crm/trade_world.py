"""Orders and payments of the cast."""

from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from crm.services import rates, trade
from kit.dates import today

LINE = {"product": "Motor", "quantity": Decimal(3), "unit_price": Decimal("2.50")}


ZONE = ZoneInfo("Asia/Shanghai")  # of the company


def ago(days):
    """The day so many days ago."""
    return today(ZONE) - timedelta(days=days)


def order(cast, customer=None, actor="tang", lines=(), uuid=None, **values):
    """An order of 华东机电 over 100 in the company's currency, ten days old."""
    given = {"number": f"SO-{values.get('ordered_on', 1)}", "ordered_on": ago(10)} | values
    if not lines:
        given = {"told_amount": Decimal(100)} | given
    return trade.record_order(
        actor=cast[actor], customer=customer or cast.huadong, values=given, lines=lines,
        client_uuid=uuid,
    )  # fmt: skip


def payment(cast, customer=None, actor="tang", uuid=None, **values):
    """A payment of 40, five days old."""
    given = {"paid_on": ago(5), "amount": Decimal(40)} | values
    return trade.record_payment(
        actor=cast[actor], customer=customer or cast.huadong, values=given, client_uuid=uuid
    )


def rate(cast, currency, value, since=date(2020, 1, 1)):
    """What one unit of a currency is worth."""
    values = {"currency": currency, "since": since, "rate": Decimal(value)}
    return rates.record_rate(actor=cast.tang, values=values)
