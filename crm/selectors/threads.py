"""On how many threads a customer hangs: live contact on both sides, by what nobody typed alone.

A thread is live when one of ours and one of theirs had a confirmed activity within the last 90 days.
Only what was confirmed counts, so that a rep who logs alone makes nobody safe. A call of the service
line counts for theirs and not for ours: it is the second line. Who of theirs has gone elsewhere is
no thread to where they were: the activities stay there, the person does not.
"""

from datetime import timedelta
from typing import NamedTuple

from django.db import connection
from django.db.models.expressions import RawSQL

from accounts.access import Role

RECENT = timedelta(days=90)
SOME = "a.customer_id = ANY(%(ids)s)"
NOW = "a.happened_at > statement_timestamp() - %(recent)s"
THEN = "a.happened_at > %(at)s - %(recent)s AND a.happened_at <= %(at)s"
# The day in the company's zone, asked where everything else is asked.
DAY = "({at} AT TIME ZONE (SELECT time_zone FROM accounts_company ORDER BY id LIMIT 1))::date"
WHO = f"""
    WITH met AS (
        SELECT a.id, a.customer_id, a.author_id, c.contact_id
        FROM crm_activity a JOIN crm_activitycontact c ON c.activity_id = a.id
        WHERE {{among}} AND a.confirmed_at IS NOT NULL AND {{recently}}
          AND NOT EXISTS (
            SELECT 1 FROM crm_position p
            WHERE p.contact_id = c.contact_id AND p.customer_id = a.customer_id
              AND p.ended_on < {{day}} AND NOT EXISTS (
                SELECT 1 FROM crm_position q
                WHERE q.contact_id = p.contact_id AND q.customer_id = p.customer_id
                  AND (q.ended_on IS NULL OR q.ended_on > p.ended_on)))
    ), ours AS (
        SELECT DISTINCT k.customer_id, k.person_id FROM (
            SELECT t.customer_id, t.author_id AS person_id FROM met t
            UNION ALL
            SELECT t.customer_id, v.person_id FROM met t
            JOIN crm_activityvisitor v ON v.activity_id = t.id AND v.confirmed_at IS NOT NULL
        ) k JOIN accounts_person p ON p.id = k.person_id
        WHERE p.state IN ('active', 'on_notice') AND NOT '{Role.SERVICE.value}' = ANY(p.roles)
    ), theirs AS (SELECT DISTINCT t.customer_id, t.contact_id FROM met t)
"""
COUNTED = """
    SELECT customer_id, coalesce(o.number, 0), coalesce(t.number, 0)
    FROM (SELECT customer_id, count(*) AS number FROM ours GROUP BY customer_id) o
    FULL JOIN (SELECT customer_id, count(*) AS number FROM theirs GROUP BY customer_id) t
    USING (customer_id)
"""
NAMED = """
    SELECT true, person_id FROM ours UNION ALL SELECT false, contact_id FROM theirs
"""
PAIR = "SELECT ARRAY[(SELECT count(*) FROM ours), (SELECT count(*) FROM theirs)]"


class Threads(NamedTuple):
    """People with live contact, on our side and on theirs."""

    ours: int = 0
    theirs: int = 0

    @property
    def is_single(self):
        """Whether one person going, here or there, would end it."""
        return min(self) <= 1

    @property
    def side(self):
        """On which side it hangs on one or nobody: ours, theirs, both, or nothing."""
        sides = ("ours" * (self.ours <= 1), "theirs" * (self.theirs <= 1))
        return "both" if all(sides) else "".join(sides)


def sql(among=SOME, recently=NOW, what=COUNTED):
    """The statement that counts or names them. among, recently: conditions on an activity `a`."""
    day = DAY.format(at="%(at)s" if recently == THEN else "statement_timestamp()")
    return WHO.format(among=among, recently=recently, day=day) + what


def live(ids, at=None):
    """Customer → its Threads, for those of `ids` that have any; one statement for all of them.

    at: an instant of the past instead of now, by what is known today.
    """
    rows = asked(sql(recently=THEN if at else NOW), ids, at)
    return {pk: Threads(ours, theirs) for pk, ours, theirs in rows}


def named(customer):
    """(ids of our people, ids of their contacts) in touch at a customer (id)."""
    rows = asked(sql(what=NAMED), [customer])
    return {pk for mine, pk in rows if mine}, {pk for mine, pk in rows if not mine}


def asked(statement, ids, at=None):
    """The rows of a statement about these customers."""
    with connection.cursor() as cursor:
        cursor.execute(statement, {"ids": list(ids), "recent": RECENT, "at": at})
        return cursor.fetchall()


def pair():
    """[ours, theirs] of each customer of a queryset, as an expression."""
    statement = placed(sql('a.customer_id = "crm_customer"."id"', what=PAIR))
    return RawSQL(f"({statement})", [RECENT])  # noqa: S611


def placed(statement):
    """A statement about now that takes RECENT as its only parameter."""
    return statement.replace("%(recent)s", "%s")
