"""Shares of a customer: in force, ahead, over."""

from crm.models import Customer, Share
from kit.clock import database_now


def of(customer):
    """Shares by state: (in force, ahead, the latest that are over)."""
    now = database_now()
    rows = list(
        Share.objects.filter(content_object=customer)
        .select_related("user", "permission", "granted_by")
        .order_by("-pk")[:500]
    )
    active = [row for row in rows if row.period.lower <= now < row.period.upper]
    ahead = [row for row in rows if row.period.lower > now]
    over = [row for row in rows if row.period.upper <= now]
    return active, ahead, over[:50]


def share_words(share):
    """The right of a share in words."""
    return str(dict(Customer._meta.permissions).get(share.permission.codename, ""))
