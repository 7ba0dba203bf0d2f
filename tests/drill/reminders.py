"""Two beats, three workers, and many due reminders: each fires once, soon, the oldest first."""

from tests.drill import dated, rotation
from tests.drill.fleet import Fleet

A_MINUTE = 60
PER_SECOND = 40  # reminders of a large company in its busiest minutes
OLD = 20  # of every hundred have been due since yesterday: no worker ran

INSERT = """
    INSERT INTO kit_effect (kind, payload, due_at, tries, error)
    SELECT 'notice', jsonb_build_object('code', 'trail.alarm', 'to', %(person)s::int, 'kind', 'know',
           'url', '/today?' || n, 'values', '{"count": 1, "tables": []}'::jsonb, 'due_on', null,
           'about', '{}'::jsonb),
           CASE WHEN n %% 100 < %(old)s THEN now() - interval '24 hours' + n * interval '1 ms'
                ELSE now() + (n::float / %(rate)s) * interval '1 second' END, 0, ''
    FROM generate_series(1, %(count)s) n
"""
FOUND = """
    SELECT count(*), count(DISTINCT effect_id),
           coalesce(percentile_disc(0.99) WITHIN GROUP (ORDER BY extract(epoch FROM n.created_at - e.due_at))
                    FILTER (WHERE e.due_at > e.created_at), 0)
    FROM accounts_notice n JOIN kit_effect e ON e.id = n.effect_id WHERE e.payload->>'code' = 'trail.alarm'
"""
DISORDER = """
    SELECT count(*) FROM (
      SELECT e.done_at < lag(e.done_at, 50) OVER (ORDER BY e.due_at) AS earlier
      FROM kit_effect e WHERE e.due_at < e.created_at) x WHERE earlier
"""


def run(options):
    """--points reminders, a fifth of them overdue for a day; as many due rows of rotation and of dates."""
    with Fleet(webs=1, workers=3, beats=2) as fleet:
        from django.db import connection

        from kit.models import Effect
        from tests.cast import Cast

        given = {"person": Cast().wu.pk, "count": options.points, "rate": PER_SECOND, "old": OLD}
        with connection.cursor() as cursor:
            cursor.execute(INSERT, given)
        patience = options.points / PER_SECOND + 120
        done = fleet.work(
            lambda: not Effect.objects.filter(done_at=None).exists(), seconds=patience
        )
        fleet.work(lambda: False, seconds=6)  # a second firing would come now
        with connection.cursor() as cursor:
            cursor.execute(FOUND)
            fired, different, late = cursor.fetchone()
            cursor.execute(DISORDER)
            disorder = cursor.fetchone()[0]
        told_once, rotation_figures = rotation.run(fleet, options.points)
        dates_once, date_figures = dated.run(fleet, options.points)
    figures = {
        "reminders": options.points, "beats": 2, "workers": 3, "fired": fired,
        "missed": options.points - different, "twice": fired - different,
        "p99 lateness (s)": round(float(late), 1), "overdue ones out of order": disorder,
    } | rotation_figures | date_figures  # fmt: skip
    once = done and fired == different == options.points
    return once and told_once and dates_once and late <= A_MINUTE and not disorder, figures
