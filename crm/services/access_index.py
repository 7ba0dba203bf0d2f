"""The one writer of the access index: it recomputes for a set of customers, never by deltas.

(A delta would take away a right that a second reason still gives.)
"""

from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection, transaction

from crm.access import ROWS

FRESH = f"""
    SELECT r.customer_id, r.principal, r.rights, r.valid_from, r.valid_to,
           c.sort_key AS name_key, c.search_key, c.last_activity_at
    FROM (SELECT customer_id, principal, bit_or(rights) AS rights, valid_from, valid_to
          FROM ({ROWS}) s GROUP BY customer_id, principal, valid_from, valid_to) r
    JOIN crm_customer c ON c.id = r.customer_id
    WHERE r.valid_to > statement_timestamp() AND r.rights <> 0
"""
COLUMNS = (
    "customer_id, principal, rights, valid_from, valid_to, name_key, search_key, last_activity_at"
)
DROP = f"""
    WITH fresh AS MATERIALIZED ({FRESH})
    DELETE FROM crm_customeraccess a WHERE a.customer_id = ANY(%(ids)s) AND NOT EXISTS (
        SELECT 1 FROM fresh f WHERE ({COLUMNS.replace(", ", ", f.").replace("customer_id", "f.customer_id", 1)})
            IS NOT DISTINCT FROM ({COLUMNS.replace(", ", ", a.").replace("customer_id", "a.customer_id", 1)}))
"""
ADD = f"""
    INSERT INTO crm_customeraccess ({COLUMNS})
    SELECT {COLUMNS} FROM ({FRESH}) fresh
    ON CONFLICT (customer_id, principal, rights, valid_from, valid_to) DO NOTHING
"""
CHUNK = 5_000
waiting: ContextVar = ContextVar("waiting", default=None)


@contextmanager
def together():
    """Recompute once, at the end, for all customers that the changes inside touch.

    Until then the index says what it said before: ask nobody's sight inside.
    """
    if waiting.get() is not None:
        yield
        return
    token = waiting.set(set())
    try:
        yield
        ids = waiting.get()
    finally:
        waiting.reset(token)
    recompute(ids)


def recompute(customer_ids):
    """Bring the index of these customers in line with seats, shares and names.

    Must run in the transaction of the change. Returns (rows dropped, rows added), both 0 inside
    `together`.
    """
    if waiting.get() is not None:
        waiting.get().update(customer_ids)
        return 0, 0
    ids = sorted(set(customer_ids))
    dropped = added = 0
    with connection.cursor() as cursor:
        for start in range(0, len(ids), CHUNK):
            part = {"ids": ids[start : start + CHUNK]}
            cursor.execute(DROP, part)
            dropped += cursor.rowcount
            cursor.execute(ADD, part)
            added += cursor.rowcount
    return dropped, added


TOUCH = """
    WITH news AS (
        SELECT id, max(at) AS at, max(confirmed) AS confirmed
        FROM unnest(%(ids)s::bigint[], %(ats)s::timestamptz[], %(confirmed)s::timestamptz[])
            n(id, at, confirmed) GROUP BY id),
    told AS (
        UPDATE crm_customer c SET last_activity_at = greatest(c.last_activity_at, n.at),
            last_confirmed_at = greatest(c.last_confirmed_at, n.confirmed)
        FROM news n WHERE c.id = n.id RETURNING c.id, c.last_activity_at)
    UPDATE crm_customeraccess a SET last_activity_at = told.last_activity_at FROM told
    WHERE a.customer_id = told.id AND a.last_activity_at IS DISTINCT FROM told.last_activity_at
"""
# A statement of its own: what others committed while it waited must be seen by the next one.
HOLD = "SELECT 1 FROM crm_customer WHERE id = ANY(%(ids)s) ORDER BY id FOR NO KEY UPDATE"
SETTLE = """
    WITH told AS (
        UPDATE crm_customer c SET
            last_activity_at = (SELECT max(v.happened_at) FROM crm_activity v
                WHERE v.customer_id = c.id),
            last_confirmed_at = (SELECT max(v.happened_at) FROM crm_activity v
                WHERE v.customer_id = c.id AND v.confirmed_at IS NOT NULL AND v.kind <> 'message'
                  AND EXISTS (SELECT 1 FROM crm_activitycontact t WHERE t.activity_id = v.id))
        WHERE c.id = ANY(%(ids)s) RETURNING id, last_activity_at)
    UPDATE crm_customeraccess a SET last_activity_at = told.last_activity_at FROM told
    WHERE a.customer_id = told.id AND a.last_activity_at IS DISTINCT FROM told.last_activity_at
"""


@transaction.atomic
def rebuild(after=0):
    """Recompute the next CHUNK of customers above the id `after`, under their locks.

    Returns (last id or None at the end, rows dropped, rows added).
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM crm_customer WHERE id > %s ORDER BY id LIMIT %s FOR UPDATE",
            [after, CHUNK],
        )
        ids = [row[0] for row in cursor.fetchall()]
    if not ids:
        return None, 0, 0
    return ids[-1], *recompute(ids)


def touch_activities(contacted):
    """Customers were contacted: move their places in every list. Earlier instants change nothing.

    contacted: triples of a customer's id, when, and the same again if it is confirmed, or None.
    """
    if not contacted:
        return
    ids, ats, confirmed = (list(column) for column in zip(*contacted, strict=True))
    with connection.cursor() as cursor:
        if len(set(ids)) > 1:  # by ascending key, so that two of these never wait for each other
            cursor.execute(HOLD, {"ids": ids})
        cursor.execute(TOUCH, {"ids": ids, "ats": ats, "confirmed": confirmed})


def settle_activities(customer_ids):
    """After corrections: take both instants anew from the activities themselves."""
    ids = {"ids": list(customer_ids)}
    with connection.cursor() as cursor:
        cursor.execute(HOLD, ids)
        cursor.execute(SETTLE, ids)


def purge():
    """Drop rows whose time is over. The query ignores them already."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM crm_customeraccess WHERE valid_to <= statement_timestamp()")
        return cursor.rowcount
