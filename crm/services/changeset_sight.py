"""What a change set lets people read for a while: the receiver before it, the former holder after it.

Both are shares, written in bulk inside the running verb; `services/shares.py` is the door for people.
"""

from django.contrib.auth.models import Permission
from django.db.models import Q
from psycopg2.extras import DateTimeTZRange

from accounts.audit import record_many
from crm.models import Assignment, Share
from crm.services import access_index
from kit import bulk
from kit.clock import StatementNow, database_now

READ = "read_customer"


def lend(change_set, taker, customers):
    """Let the receiver read these customers (ids) until the change begins, or all have answered."""
    ends = [at for at in (change_set.effective_at, change_set.accept_by) if at]
    if ends:
        give(change_set, [(pk, taker) for pk in customers], max(ends))


def keep(change_set, pairs):
    """Let former holders read on until the day that was chosen; pairs of customer id and person."""
    if change_set.former_until:
        here = [(pk, person) for pk, person in pairs if person.has_access]
        give(change_set, here, change_set.former_until)


def give(change_set, pairs, until):
    """Write the shares that are not there yet: who holds a seat, or reads already, needs none."""
    now = database_now()
    customers = [pk for pk, _person in pairs]
    if until <= now:
        return
    held = Assignment.objects.at().filter(customer__in=customers)
    known = set(held.values_list("customer", "person"))
    shares = Share.objects.filter(content_object__in=customers, permission__codename=READ)
    begun = {}  # customer and person → when the share they have ends; the new one begins then
    for share in shares.filter(period__overlap=DateTimeTZRange(now, until, "[)")):
        pair = share.content_object_id, share.user_id
        begun[pair] = max(begun.get(pair, now), share.period.upper)
    known |= {pair for pair, end in begun.items() if end >= until}
    wanted = [(pk, person) for pk, person in pairs if (pk, person.pk) not in known]
    if not wanted:
        return
    right = Permission.objects.get(content_type__app_label="crm", codename=READ)
    rows = bulk.insert([
        Share(content_object_id=pk, user=person, permission=right, granted_by=change_set.made_by,
              period=DateTimeTZRange(begun.get((pk, person.pk), now), until, "[)"),
              reason=change_set.note, change_set=change_set)
        for pk, person in wanted
    ])  # fmt: skip
    record_many([
        {"subject": row, "customer": row.content_object_id,
         "changes": {"person": (None, row.user_id), "right": (None, READ), "until": (None, until)}}
        for row in rows
    ])  # fmt: skip
    access_index.recompute([row.content_object_id for row in rows])


def take_back(change_set, pairs=None):
    """End now what a change set let people read; what has not begun goes, as it gave nothing.

    pairs: (customer id, person id) of those that end; None for all of the set.
    """
    rows = Share.objects.filter(change_set=change_set, period__endswith__gt=StatementNow())
    if pairs is not None:
        wanted = Q(pk__in=[])
        for customer, person in pairs:
            wanted |= Q(content_object=customer, user=person)
        rows = rows.filter(wanted)
    rows = list(rows.select_for_update())
    now = database_now()
    begun = [row for row in rows if row.period.lower < now]
    for row in begun:
        row.period = DateTimeTZRange(row.period.lower, now, "[)")
    bulk.update(begun, ["period"])
    record_many([
        {"subject": row, "customer": row.content_object_id, "changes": {"until": (None, now)}}
        for row in rows
    ])  # fmt: skip
    Share.objects.filter(pk__in=[row.pk for row in rows if row.period.lower >= now]).delete()
    access_index.recompute([row.content_object_id for row in rows])
