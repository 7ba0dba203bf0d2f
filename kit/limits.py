"""Counted budgets in PostgreSQL: one atomic statement, so that fifty at once cannot overspend."""

import math
from datetime import timedelta

from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kit.errors import OverBudget
from kit.locks import hold_off

SPEND = """
    INSERT INTO kit_counter AS c (name, window_start, used) VALUES (%s, %s, %s)
    ON CONFLICT (name, window_start) DO UPDATE SET used = c.used + excluded.used
    WHERE c.used + excluded.used <= %s
    RETURNING used
"""


def spend(name, *, limit, window, amount=1, now=None):
    """Take `amount` from the budget `name` of `limit` per `window` (timedelta).

    Returns what is left. Raises OverBudget, and takes nothing, when it would not suffice.
    """
    now = now or timezone.now()
    start = now - timedelta(seconds=now.timestamp() % window.total_seconds())
    start = start.replace(microsecond=0)
    if amount > limit:
        raise OverBudget(_("This budget is used up."))
    with connection.cursor() as cursor:
        cursor.execute(SPEND, [name, start, amount, limit])
        row = cursor.fetchone()
    if row is None:
        left = math.ceil((start + window - now).total_seconds())
        text = _("This budget is used up. Ask your manager, or wait.")
        raise OverBudget(text, seconds=max(1, left))
    return limit - row[0]


def used(name, *, window, now=None):
    """How much of the budget `name` is spent in the present window."""
    from kit.models import Counter

    now = now or timezone.now()
    start = (now - timedelta(seconds=now.timestamp() % window.total_seconds())).replace(
        microsecond=0
    )
    row = Counter.objects.filter(name=name, window_start=start).first()
    return row.used if row else 0


def spend_recent(name, *, limit, window, step):
    """Take one from a budget in which each act counts for `window` after it, up to `step` longer.

    Acts of one budget queue up for a moment, so that no two take the last one. Returns what
    `refund` needs. Raises OverBudget when `limit` acts have not yet aged.
    """
    from kit.models import Counter

    now = timezone.now()
    start = now - timedelta(seconds=now.timestamp() % step.total_seconds())
    start = start.replace(microsecond=0)
    with transaction.atomic():
        hold_off(name)
        rows = Counter.objects.filter(name=name, window_start__gt=now - window - step)
        if (rows.aggregate(total=models.Sum("used"))["total"] or 0) >= limit:
            raise OverBudget(_("This budget is used up. Ask your manager, or wait."))
        with connection.cursor() as cursor:
            cursor.execute(SPEND, [name, start, 1, limit])
    return name, start


def refund(taken):
    """Give back what `spend_recent` took."""
    from kit.models import Counter

    name, start = taken
    rows = Counter.objects.filter(name=name, window_start=start, used__gt=0)
    rows.update(used=models.F("used") - 1)
