"""On how many threads a customer hangs: live contact on both sides, by what nobody typed alone.

A thread is live when one of ours and one of theirs had a confirmed activity within the last 90 days.
`network` tells how well somebody knows a contact, from everything that was logged; here only what was
confirmed counts, so that a rep who logs alone makes nobody safe. A call of the service line counts
for theirs and not for ours: it is the second line.
"""

from datetime import timedelta
from typing import NamedTuple

from django.db import connection

from accounts.access import Role

RECENT = timedelta(days=90)
SOME = "a.customer_id = ANY(%(ids)s)"
NOW = "a.happened_at > statement_timestamp() - %(recent)s"
THEN = "a.happened_at > %(at)s - %(recent)s AND a.happened_at <= %(at)s"
LIVE = f"""
    WITH talks AS (
        SELECT a.id, a.customer_id, a.author_id FROM crm_activity a
        WHERE {{among}} AND a.confirmed_at IS NOT NULL
          AND {{recently}}
          AND EXISTS (SELECT 1 FROM crm_activitycontact c WHERE c.activity_id = a.id)
    ), ours AS (
        SELECT k.customer_id, count(DISTINCT k.person_id) AS number FROM (
            SELECT t.customer_id, t.author_id AS person_id FROM talks t
            UNION ALL
            SELECT t.customer_id, v.person_id FROM talks t
            JOIN crm_activityvisitor v ON v.activity_id = t.id AND v.confirmed_at IS NOT NULL
        ) k JOIN accounts_person p ON p.id = k.person_id
        WHERE p.state IN ('active', 'on_notice') AND NOT '{Role.SERVICE.value}' = ANY(p.roles)
        GROUP BY k.customer_id
    ), theirs AS (
        SELECT t.customer_id, count(DISTINCT c.contact_id) AS number
        FROM talks t JOIN crm_activitycontact c ON c.activity_id = t.id GROUP BY t.customer_id
    )
    SELECT customer_id, coalesce(ours.number, 0), coalesce(theirs.number, 0)
    FROM ours FULL JOIN theirs USING (customer_id)
"""


class Threads(NamedTuple):
    """People with live contact, on our side and on theirs."""

    ours: int = 0
    theirs: int = 0

    @property
    def is_single(self):
        """Whether one person going, here or there, would end it."""
        return min(self) <= 1


def sql(among=SOME, recently=NOW):
    """The statement that counts them. among, recently: conditions on an activity `a`."""
    return LIVE.format(among=among, recently=recently)


def live(ids, at=None):
    """Customer → its Threads, for those of `ids` that have any; one statement for all of them.

    at: an instant of the past instead of now, by what is known today.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            sql(recently=THEN if at else NOW), {"ids": list(ids), "recent": RECENT, "at": at}
        )
        return {pk: Threads(ours, theirs) for pk, ours, theirs in cursor.fetchall()}
