"""Important dates while two beats ask for the same marks: each mark is claimed and told once.

Nothing ran for a while: of every date both marks are overdue when beats and workers find them.
"""

from datetime import date

from django.db import connection, transaction

MARKS = 2  # of every date; the last one is told
FOUND = """
    WITH mine AS (SELECT r.id, r.important_date_id AS date FROM crm_datereminder r
                  JOIN crm_importantdate d ON d.id = r.important_date_id WHERE d.name = 'drill'),
         told AS (SELECT (values->>'date')::bigint AS date FROM accounts_notice WHERE code = 'date.due')
    SELECT (SELECT count(*) FROM mine),
           (SELECT count(*) FROM told WHERE date IN (SELECT date FROM mine)),
           (SELECT count(DISTINCT date) FROM told WHERE date IN (SELECT date FROM mine))
"""


def begin(count):
    """So many customers, each with a date in three working days that was entered long ago."""
    from accounts import audit
    from accounts.selectors.calendar import add_working_days
    from crm.models import ImportantDate
    from kit import bulk
    from kit.dates import company_zone, today
    from tests.cast import Cast
    from tests.crm.changesets_world import held

    cast, on = Cast(), add_working_days(today(company_zone()), 3)
    with transaction.atomic(), audit.verb("tests.drill", cast.system):
        bulk.insert([
            ImportantDate(customer_id=pk, kind="founding_day", name="drill", month=on.month,
                          day=on.day, said_on=date(2020, 1, 1), said_by=cast.li)
            for pk in held(cast, count)
        ])  # fmt: skip


def run(fleet, points):
    """About so many due marks. Returns (whether each was told once, figures)."""
    count = points // MARKS
    begin(count)

    def told():
        from kit.models import Effect

        waiting = Effect.objects.filter(done_at=None, payload__code="date.due")
        return found()[0] >= MARKS * count and not waiting.exists()

    fleet.work(told, seconds=points / 10 + 300)
    fleet.work(lambda: False, seconds=12)  # further beats find nothing
    claimed, notices, different = found()
    figures = {
        "date marks due": MARKS * count, "date marks claimed": claimed, "dates told": different,
        "dates told twice": notices - different,
    }  # fmt: skip
    return claimed == MARKS * count and notices == different == count, figures


def found():
    with connection.cursor() as cursor:
        cursor.execute(FOUND)
        return cursor.fetchone()
