"""The dates of a departure plan on one line: today, the end of each step, the last working day."""

from dataclasses import dataclass, field
from datetime import date

from django.db.models import Max
from django.utils.translation import gettext as _

from kit import svg
from kit.dates import company_zone, today
from kit.templatetags.words import short_day_words


@dataclass
class Milestone:
    """The day by which a step should be over: the last day of its tasks before the last working day."""

    number: int
    label: str
    day: date


@dataclass
class Line:
    """Today, the Milestones in the order of their days, and the last working day."""

    today: date
    last_day: date
    milestones: list = field(default_factory=list)

    @property
    def answer(self):
        """What the picture says, read out instead of it."""
        parts = [f"{one.number} {one.label} {short_day_words(one.day)}" for one in self.milestones]
        ends = _("last day %(day)s") % {"day": short_day_words(self.last_day)}
        return " · ".join([*parts, ends])


def of(departure, labels):
    """The Line of a plan. labels: number of a step → its words."""
    before = departure.tasks.filter(due_on__lt=departure.last_day).order_by("step").values("step")
    ends = before.annotate(end=Max("due_on")).values_list("step", "end")
    found = [Milestone(step, labels[step], end) for step, end in ends if step in labels]
    found.sort(key=lambda one: (one.day, one.number))
    return Line(today(company_zone()), departure.last_day, found)


def picture(line):
    """The Line as SVG: a dot for each day, with the numbers of the steps that end there."""
    whole = max((line.last_day - line.today).days, 1)
    numbers = {}
    for one in line.milestones:
        numbers.setdefault(min(1, max(0, (one.day - line.today).days / whole)), []).append(one.number)  # fmt: skip
    marks = [(x, " ".join(map(str, found))) for x, found in sorted(numbers.items())] + [(1, "")]
    ticks = [(0, _("Today")), (1, _("last day %(day)s") % {"day": short_day_words(line.last_day)})]
    return svg.milestones(marks, line.answer, ticks=ticks)
