"""Will a handover be finished in time? What is left per day, against the plan and the present pace.

Counted is the weight of the tasks that are due up to the last working day: 5, 3 or 1 by the tier of
a customer, 1 for all else. The plan is a straight line from the opening to two working days before
the last one; the pace is the median of the last five working days. What is added later is a step up.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from math import ceil
from statistics import median

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.selectors.calendar import working_calendar
from handover.selectors.cases import counts_until_last_day, weight
from kit import svg
from kit.dates import company_zone, today
from kit.templatetags.words import grouped, short_day_words

EARLIER = 2  # working days before the last one by which everything should be done
LOOKED_AT = 5  # working days that make the pace
FARTHEST = 60  # working days that a forecast reaches


@dataclass
class Burndown:
    """The days of a case so far with what was left, the plan, and where the pace leads."""

    first: date
    last_day: date
    target: date
    today: date
    days: list = field(default_factory=list)  # (day, left at its end)
    total: int = 0  # when the case was opened
    added: dict = field(default_factory=dict)  # day → weight of the tasks added on it
    pace: float = 0  # weight per working day
    finish: date | None = None  # None: nothing was finished lately

    @property
    def left(self):
        return self.days[-1][1] if self.days else self.total

    def planned(self, day):
        """What should be left at the end of a day, rounded."""
        whole = (self.target - self.first).days
        gone = min((day - self.first).days, whole)
        return round(self.total * (1 - gone / whole)) if whole > 0 else 0

    @property
    def late(self):
        """Working days after the last one on which the pace ends; negative is before it."""
        if self.finish is None:
            return None
        return working_calendar().working_days_between(self.last_day, self.finish)

    @property
    def sentence(self):
        """The answer in words: the title of the picture."""
        if not self.left:
            return _("All of it is done")
        if self.finish is None:
            return _("Nothing was finished in the last five working days")
        if self.late <= 0:
            return _("At this pace, done in time")
        text = ngettext("At this pace, done %(count)s working day late",
                        "At this pace, done %(count)s working days late", self.late)  # fmt: skip
        return text % {"count": grouped(self.late)}

    @property
    def rows(self):
        """(day, left, planned, added) for a table: at most a dozen days, the latest always."""
        step = ceil(len(self.days) / 12) or 1
        shown = self.days[::-1][::step][::-1]
        since = [date.min, *(day for day, _left in shown)]
        return [(day, left, self.planned(day), self.added_between(before, day))
                for before, (day, left) in zip(since, shown, strict=False)]  # fmt: skip

    def added_between(self, before, until):
        """The weight added after one day up to another."""
        return sum(weight for day, weight in self.added.items() if before < day <= until)

    @property
    def scope(self):
        """The weight of all that was added."""
        return sum(self.added.values())

    @property
    def most(self):
        """The most that was ever left."""
        return max([self.total, *(left for _day, left in self.days)])


def of(departure, tasks):
    """The Burndown of an open or closed case from all its tasks; None before it is opened."""
    if departure.opened_at is None:
        return None
    zone, calendar = company_zone(), working_calendar()
    first = departure.opened_at.astimezone(zone).date()
    rows = [task for task in tasks if counts_until_last_day(task)]
    until = min(today(zone), closed_on(departure, zone))
    added = [task for task in rows if task.made_at and task.made_at > departure.opened_at]
    found = Burndown(
        first, departure.last_day, calendar.add_working_days(departure.last_day, -EARLIER),
        until, total=sum(map(weight, rows)) - sum(map(weight, added)),
        added=by_day([(task.made_at, task) for task in added], first, zone),
    )  # fmt: skip
    if not rows or until < first:
        return None
    done = by_day([(task.closed_at, task) for task in rows if not task.is_open], first, zone)
    found.days = remaining(found, done)
    found.pace = pace(found.days, done, calendar)
    if found.pace > 0 and found.left:
        ahead = ceil(found.left / found.pace)
        found.finish = calendar.add_working_days(until, min(ahead, FARTHEST))
    return found


def closed_on(departure, zone):
    return departure.closed_at.astimezone(zone).date() if departure.closed_at else date.max


def by_day(rows, first, zone):
    """Day → weight of (instant, task) pairs, those before the first day on it."""
    found = {}
    for at, task in rows:
        if at:
            day = max(first, at.astimezone(zone).date())
            found[day] = found.get(day, 0) + weight(task)
    return found


def remaining(found, done):
    """(day, weight left at its end) from the first day to the last one looked at."""
    left, days, day = found.total, [], found.first
    while day <= found.today:
        left += found.added.get(day, 0) - done.get(day, 0)
        days.append((day, left))
        day += timedelta(days=1)
    return days


def pace(days, done, calendar):
    """The median of what was finished per working day, of the last five of them; not of the first."""
    finished = []
    for place, (day, _left) in enumerate(days):
        gone = done.get(day, 0) if place else 0
        if calendar.is_working_day(day):
            finished.append(gone)
        elif finished:
            finished[-1] += gone  # work of a day off counts for the working day before
    return median(finished[-LOOKED_AT:]) if finished else 0


def picture(found):
    """The curve of what is left with plan and forecast, as SVG."""
    first = found.first
    ends = [found.last_day, found.target, found.today, *([found.finish] if found.finish else [])]
    right = max((max(ends) - first).days, 1)
    place = [((day - first).days, left) for day, left in stairs(found.days)]
    forecast = []
    if found.finish:
        forecast = [((found.today - first).days, found.left), ((found.finish - first).days, 0)]
    ticks = [
        (0, short_day_words(first)),
        ((found.last_day - first).days, short_day_words(found.last_day)),
    ]
    return svg.line(
        place, found.sentence, ideal=[(0, found.total), ((found.target - first).days, 0)],
        forecast=forecast, right=right, top=found.most, area=False, ticks=ticks,
        today=(found.today - first).days, height=140,
    )  # fmt: skip


def stairs(days):
    """What is left falls at the end of a day: a step, no slope."""
    points, before = [], None
    for day, left in days:
        if before is not None and before != left:
            points.append((day, before))
        points.append((day, left))
        before = left
    return points
