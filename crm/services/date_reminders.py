"""Reminders of important dates: each mark before each occurrence once, to whoever leads it then.

Beat asks for the marks that have come. One statement claims them: whoever comes second, or comes
again, finds them claimed. A mark is told in the morning of its day where the company is; days on
which nobody asked are made up for, of several marks that were missed by the last one.
"""

from collections import defaultdict
from datetime import date

from django.db import connection, transaction
from django.urls import reverse

from accounts.models import Notice
from accounts.services.notifications import addressee, notify
from crm.models import DateReminder, ImportantDate
from crm.selectors import important_dates as shapes
from crm.services.task_reminders import morning
from kit.clock import database_now
from kit.dates import company_zone, today

# A date that goes meanwhile is left out, one that is being changed is waited for.
CLAIM = """
    INSERT INTO crm_datereminder (important_date_id, occurs_on, days)
    SELECT d.id, u.occurs_on, u.days
    FROM unnest(%s::bigint[], %s::date[], %s::int[]) u(id, occurs_on, days)
    JOIN crm_importantdate d USING (id)
    ORDER BY d.id, u.occurs_on, u.days
    FOR KEY SHARE OF d
    ON CONFLICT DO NOTHING
    RETURNING id, important_date_id, occurs_on, days
"""


@transaction.atomic
def remind(day=None):
    """Claim every mark that has come and was not, and post its notice. Returns how many were claimed.

    day: instead of today in the company's zone.
    """
    wanted = list(due(day or today(company_zone())))
    if not wanted:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [list(column) for column in zip(*wanted, strict=True)])
        claimed = cursor.fetchall()
    together = defaultdict(list)
    for pk, row, on, days in claimed:
        together[row, on].append((days, pk))
    for (row, on), marks in sorted(together.items()):
        days, pk = min(marks)
        tell(pk, row, on, days)
    return len(claimed)


def due(day):
    """(key of a date, the day it comes, working days before) of every mark that has come by `day`."""
    known = {one.id: one for one in shapes.kinds()}
    for on, came in shapes.ahead(day):
        rows = ImportantDate.objects.filter(shapes.falling_on(on), kind__in=known)
        told = set(DateReminder.objects.filter(occurs_on=on).values_list("important_date", "days"))
        for pk, kind, said_on in rows.values_list("pk", "kind", "said_on"):
            marks = shapes.marks_of(known[kind], on)
            for days in came[kind]:
                if said_on <= marks[days] and (pk, days) not in told:
                    yield pk, on, days


def tell(reminder, row, on, days):
    """One notice of one mark, in the morning of its day or now where that is over."""
    kind, customer = ImportantDate.objects.filter(pk=row).values_list("kind", "customer").get()
    mark = shapes.marks_of(shapes.kind(kind), on)[days]
    notify("date.due", to="date.leader", kind=Notice.Kind.ACTION, due_on=on,
           due_at=max(morning(mark), database_now()),
           url=reverse("crm:customer-dates", args=[customer]),
           values={"date": row, "days": days, "on": on.isoformat()},
           reminder=reminder, date=row, on=on.isoformat())  # fmt: skip


@addressee("date.leader")
def leader_when_sent(about):
    """Who leads the date when the notice is sent; nobody, where it is over, was moved or removed.

    A mark that told nobody because the date was moved counts for nothing: moved back, it comes again.
    """
    on = date.fromisoformat(about["on"])
    rows = ImportantDate.objects.select_related("customer", "contact__key")
    row = rows.filter(pk=about["date"]).first()
    if row is None or shapes.kind(row.kind) is None or row.in_year(on.year) != on:
        DateReminder.objects.filter(pk=about["reminder"]).delete()
        return None
    return shapes.leader(row) if today(company_zone()) <= on else None
