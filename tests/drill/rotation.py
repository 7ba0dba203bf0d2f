"""Rotation's reminders while two beats ask for the same marks: each due row is claimed and told once.

Nothing ran since yesterday: the marks of all clocks are overdue when beats and workers find them.
"""

from django.db import connection, transaction

# Of ten clocks: days left until the end of the tenure; what is over is negative.
TERM = 180
LEFT = (-1, -1, -1, -1, -1, -1, -10, 29, 13, 6)
MARKS_BEFORE = (30, 14, 7)
MARKS_AFTER = {
    1: 2,
    10: 1,
    30: 1,
}  # days → how many are told: account manager and supervisor, head, director
FOUND = """
    WITH mine AS (SELECT r.id, r.customer_id FROM handover_rotationreminder r
                  JOIN crm_customer c ON c.id = r.customer_id AND c.name LIKE '客户 %%'),
         due AS (SELECT (values->>'customer')::bigint AS customer FROM accounts_notice
                 WHERE code = 'rotation.due'),
         heads AS (SELECT r::bigint AS id FROM accounts_notice n, jsonb_array_elements(n.values->'reminders') r
                   WHERE code = 'rotation.overdue')
    SELECT (SELECT count(*) FROM mine),
           (SELECT count(*) FROM due WHERE customer IN (SELECT customer_id FROM mine)),
           (SELECT count(DISTINCT customer) FROM due WHERE customer IN (SELECT customer_id FROM mine)),
           (SELECT count(*) FROM heads WHERE id IN (SELECT id FROM mine)),
           (SELECT count(DISTINCT id) FROM heads WHERE id IN (SELECT id FROM mine))
"""


def rows_of(left):
    """How many due rows a clock with so many days left brings."""
    if left >= 0:
        return sum(left <= mark for mark in MARKS_BEFORE)
    return sum(told for days, told in MARKS_AFTER.items() if -left >= days)


def begin(left):
    """Customers of three account managers, with so many days left each, written at once."""
    from accounts import audit
    from crm.models import Assignment
    from kit import bulk
    from tests.cast import Cast
    from tests.crm.changesets_world import held
    from tests.handover.rotation_world import ago

    cast, people = Cast(), ("li", "chen", "wu")
    with transaction.atomic(), audit.verb("tests.drill", cast.system):
        made = [
            pk for place, by in enumerate(people) for pk in held(cast, len(left[place::3]), by=by)
        ]
        seats = {row.customer_id: row for row in Assignment.objects.filter(customer__in=made)}
        order = [one for place in range(3) for one in left[place::3]]
        for pk, days in zip(made, order, strict=True):
            seats[pk].period = type(seats[pk].period)(ago(TERM - days), None, "[)")
        bulk.update(list(seats.values()), ["period"])


def run(fleet, points):
    """Clocks with about so many due rows. Returns (whether each was told once, figures)."""
    count = 10 * points // sum(map(rows_of, LEFT))
    left = [LEFT[number % len(LEFT)] for number in range(count)]
    begin(left)
    due = sum(map(rows_of, left))
    heads = due - sum(rows_of(one) if one >= 0 else 1 for one in left)

    def told():
        from kit.models import Effect

        with connection.cursor() as cursor:
            cursor.execute(FOUND)
            found = cursor.fetchone()
        waiting = Effect.objects.filter(done_at=None, payload__code__startswith="rotation.")
        return found[0] >= due and not waiting.exists()

    fleet.work(told, seconds=points / 10 + 300)
    fleet.work(lambda: False, seconds=12)  # further beats find nothing
    with connection.cursor() as cursor:
        cursor.execute(FOUND)
        claimed, managers, different, for_heads, different_heads = cursor.fetchone()
    figures = {
        "clocks": count, "rotation rows due": due, "rotation rows claimed": claimed,
        "clocks told to their managers": different, "told twice": managers - different,
        "rows told to heads": different_heads, "told to heads twice": for_heads - different_heads,
    }  # fmt: skip
    once = (
        claimed == due and managers == different == count and for_heads == different_heads == heads
    )
    return once, figures
