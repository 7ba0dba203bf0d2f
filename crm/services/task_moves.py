"""Open tasks move with their customer, or are dropped with what they were for: many at once, inside a
running verb.
"""

from django.db import connection

from accounts.audit import record_many, running
from crm.models import Task
from kit import bulk
from kit.clock import database_now
from kit.state import move

FOLLOW = """
    UPDATE crm_task t SET person_id = m.taker, version = t.version + 1
    FROM (SELECT DISTINCT ON (customer, giver) customer, giver, taker
          FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) WITH ORDINALITY
               u(customer, giver, taker, place)
          ORDER BY customer, giver, place) m
    WHERE t.customer_id = m.customer AND t.person_id = m.giver AND t.state = 'open'
      AND m.giver <> m.taker
    RETURNING t.id, t.customer_id, m.giver, m.taker
"""
BACK = """
    UPDATE crm_task t SET person_id = %s, version = t.version + 1
    WHERE t.id = ANY(%s::bigint[]) AND t.person_id = %s AND t.state = 'open'
    RETURNING t.id, t.customer_id
"""


def withdraw(tasks, why):
    """Inside a running verb: drop those of some tasks that are still open, as there is no use in them.

    why: words in the language of whoever has the task, a function of it. Returns them.
    """
    rows = list(tasks.open().select_for_update(of=("self",)).select_related("person"))
    now, actor = database_now(), running().actor
    for row in rows:
        move(row, "state", Task.State.DROPPED, Task.MOVES)
        row.done_at, row.done_by, row.outcome, row.version = now, actor, why(row), row.version + 1
    bulk.update(rows, ["state", "done_at", "done_by", "outcome", "version"])
    changes = {"state": (Task.State.OPEN, Task.State.DROPPED)}
    record_many([{"subject": row, "customer": row.customer_id, "changes": changes} for row in rows])
    return rows


def follow(moves):
    """Inside a running verb: open tasks go from the givers to the takers, in one statement.

    moves: [(customer, giver, taker)] as keys; of one giver at one customer, the first counts. The
    customers are locked by the caller. Returns {customer: [keys of tasks]}.
    """
    if not moves:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(FOLLOW, [list(column) for column in zip(*moves, strict=True)])
        return told(sorted(cursor.fetchall()))


def give_back(ids_by_customer, giver, taker):
    """Inside a running verb: of these tasks, those that are still open and with `giver` go to `taker`.

    giver, taker: people or their keys. Returns {customer: [keys of tasks]}.
    """
    giver, taker = (getattr(person, "pk", person) for person in (giver, taker))
    ids = [pk for some in ids_by_customer.values() for pk in some]
    if not ids or giver == taker:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(BACK, [taker, ids, giver])
        return told([(*row, giver, taker) for row in sorted(cursor.fetchall())])


def told(rows):
    """Leave an entry for each task that has moved. Returns {customer: [keys of tasks]}."""
    if rows:
        record_many([
            {"subject": Task(pk=pk), "customer": customer, "changes": {"person": (giver, taker)}}
            for pk, customer, giver, taker in rows
        ])  # fmt: skip
    found = {}
    for pk, customer, _giver, _taker in rows:
        found.setdefault(customer, []).append(pk)
    return found
