"""Working days and working hours, in the company's zone."""

from bisect import bisect_left
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from accounts.models import CalendarDay, Company
from kit.memo import remembered

FURTHEST = 10_000  # working days; about forty years


@dataclass(frozen=True)
class Calendar:
    """The plain week from Monday to Friday, and the days that differ from it."""

    zone: ZoneInfo
    starts: time = time(9)
    ends: time = time(18)
    days: dict[date, bool] = field(default_factory=dict)

    def is_working_day(self, day):
        return self.days.get(day, day.weekday() < 5)

    def add_working_days(self, day, count):
        """The day `count` working days after `day` (before it, if negative).

        0 is the day itself if people work on it, else the next day on which they do.
        """
        if abs(count) > FURTHEST:
            raise ValueError(f"further than {FURTHEST} working days")
        step = timedelta(days=-1 if count < 0 else 1)
        if count == 0 and not self.is_working_day(day):
            count = 1
        for _ in range(abs(count)):
            day += step
            while not self.is_working_day(day):
                day += step
        return day

    def working_days_between(self, start, end):
        """How many working days lie in [start, end); negative when `end` is before `start`."""
        if end < start:
            return -self.working_days_between(end, start)
        weeks, rest = divmod((end - start).days, 7)
        plain = 5 * weeks + sum((start.weekday() + i) % 7 < 5 for i in range(rest))
        known = sorted(self.days)
        odd = known[bisect_left(known, start) : bisect_left(known, end)]
        return plain + sum(self.days[day] - (day.weekday() < 5) for day in odd)

    def hours_of(self, day):
        """The working hours of a day as two instants in UTC, or None on a day off."""
        if not self.is_working_day(day):
            return None
        first = datetime.combine(day, self.starts, self.zone)
        return first.astimezone(UTC), datetime.combine(day, self.ends, self.zone).astimezone(UTC)

    def next_working_start(self, at):
        """`at` itself if people work then, else the instant at which they begin next."""
        day = at.astimezone(self.zone).date()
        hours = self.hours_of(day)
        if hours and at < hours[1]:
            return max(at, hours[0])
        return self.hours_of(self.add_working_days(day, 1))[0]

    def working_time_between(self, start, end):
        """Working time (timedelta) between two instants; nothing when `end` is not after `start`."""
        if end <= start:
            return timedelta()
        first, last = (at.astimezone(self.zone).date() for at in (start, end))
        if first == last:
            return self.overlap(first, start, end)
        between = self.working_days_between(first + timedelta(days=1), last)
        total = between * self.day_length()
        return total + self.overlap(first, start, end) + self.overlap(last, start, end)

    def overlap(self, day, start, end):
        """The working time of one day that lies between two instants."""
        hours = self.hours_of(day)
        if hours is None:
            return timedelta()
        return max(timedelta(), min(end, hours[1]) - max(start, hours[0]))

    def day_length(self):
        return datetime.combine(date.min, self.ends) - datetime.combine(date.min, self.starts)


def working_calendar():
    """The Calendar of the company as it is now."""
    return remembered("working calendar", _load)


def end_of_work(day):
    """The instant at which people stop working on a day, whether or not they work on it."""
    company = _company()
    return datetime.combine(day, company.day_ends, ZoneInfo(company.time_zone))


def _company():
    return remembered("working hours", lambda: Company.objects.get(pk=1))


def _load():
    company = _company()
    days = dict(CalendarDay.objects.values_list("day", "is_working"))
    return Calendar(ZoneInfo(company.time_zone), company.day_starts, company.day_ends, days)


def is_working_day(day):
    """Whether the company works on `day`."""
    return working_calendar().is_working_day(day)


def add_working_days(day, count):
    """The day `count` working days after `day`, or before it."""
    return working_calendar().add_working_days(day, count)


def working_time_between(start, end):
    """Working time between two instants."""
    return working_calendar().working_time_between(start, end)


def next_working_start(at):
    """`at` if the company works then, else the instant at which it begins next."""
    return working_calendar().next_working_start(at)


def days_of(year):
    """The days of a year that differ from the plain week."""
    return CalendarDay.objects.filter(day__year=year)
