"""Days and instants: a day is a date in a named zone, an instant is UTC."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db.models import DateField, Func
from django.utils import timezone

from kit.memo import remembered

FIRST_DAY = date(1900, 1, 1)  # nothing that is typed here happened before


class CompanyToday(Func):
    """The day it is where the company is, by the database's clock: for conditions on days."""

    template = (
        "(statement_timestamp() AT TIME ZONE"
        " coalesce((SELECT time_zone FROM accounts_company WHERE id = 1), 'Asia/Shanghai'))::date"
    )
    output_field = DateField()
    arity = 0


def company_zone():
    """The zone of the company, in which deadlines and 'on that day' are meant."""
    return remembered("company zone", _company_zone)


def zone_known(name):
    """Say the company's zone where another statement has brought it along: it need not be asked for."""
    remembered("company zone", lambda: ZoneInfo(name))


def _company_zone():
    from django.apps import apps

    row = apps.get_model("accounts", "Company").objects.filter(pk=1).values("time_zone").first()
    return ZoneInfo(row["time_zone"] if row else "Asia/Shanghai")


def zone_of(person):
    """The person's time zone; the company's default where it is no zone."""
    try:
        return ZoneInfo(person.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("Asia/Shanghai")


def start_of_day(day, zone):
    """The first instant of `day` (date) in `zone`, in UTC; a midnight that DST skips is moved on.

    At the ends of the calendar it stops at the first or last instant there is.
    """
    try:
        return datetime.combine(day, time.min, zone).astimezone(UTC)
    except OverflowError:
        return (datetime.min if day.year == 1 else datetime.max).replace(tzinfo=UTC)


def end_of_day(day, zone):
    """The last microsecond of `day` in `zone`, in UTC."""
    return next_day(day, zone) - timedelta(microseconds=1)


def day_range(day, zone):
    """(start, end) of a day as a half-open pair of instants."""
    return (start_of_day(day, zone), next_day(day, zone))


def next_day(day, zone):
    """The first instant after `day`, in UTC."""
    if day == date.max:
        return datetime.max.replace(tzinfo=UTC)
    return start_of_day(day + timedelta(days=1), zone)


def plausible(day, ahead=366):
    """Whether somebody can mean this day: from 1900 to `ahead` days from today on."""
    return FIRST_DAY <= day <= today() + timedelta(days=ahead)


def today(zone=None):
    """Today's date in `zone` (default: the zone that is active for this request)."""
    return timezone.localdate(timezone=zone)
