"""Instants at which people work: no visit at night, on a Sunday or a public holiday."""

from datetime import datetime, time, timedelta

from accounts.selectors.calendar import working_calendar

# Local hours of visits and calls, lunch left out.
HOURS = [9, 9, 10, 10, 11, 13, 14, 14, 15, 15, 16, 17]


class Days:
    """The working calendar of the company around `now`."""

    def __init__(self, now):
        self.now = now
        self.calendar = working_calendar()
        self.today = now.astimezone(self.calendar.zone).date()

    def ago(self, days, chance):
        """An instant in working hours about so many days ago, before now."""
        day = self.today - timedelta(days=int(days))
        while True:
            while not self.calendar.is_working_day(day):
                day -= timedelta(days=1)
            at = self.at(day, time(chance.choice(HOURS), chance.randrange(0, 60, 5)))
            if at < self.now - timedelta(minutes=20):
                return at
            day -= timedelta(days=1)

    def at(self, day, clock):
        """A day and a time of the clock where the company is, as an instant."""
        return datetime.combine(day, clock, self.calendar.zone)

    def midnight(self, day):
        """The first instant of a day."""
        return self.at(day, time.min)

    def noon(self, day):
        """The middle of a day, but not later than now."""
        return min(self.at(day, time(12)), self.now)

    def back(self, days):
        """The instant so many days ago."""
        return self.now - timedelta(days=days)

    def morning(self, days):
        """The beginning of work so many days ago, or of the last working day before."""
        day = self.today - timedelta(days=days)
        while not self.calendar.is_working_day(day):
            day -= timedelta(days=1)
        return self.at(day, time(9))

    def before(self, at, days):
        """The beginning of work at least so many days before an instant."""
        return self.morning(int(self.age(at)) + days)

    def next_morning(self, at):
        """The beginning of work on or after the day of an instant."""
        return self.at(self.working(at.astimezone(self.calendar.zone).date()), time(9))

    def working(self, day):
        """The working day on or after a day."""
        return self.calendar.add_working_days(day, 0)

    def due(self, days):
        """The working day so many days from today: on or after it, before it for a day of the past."""
        if days < 0:
            return self.morning(-days).date()
        return self.working(self.today + timedelta(days=days))

    def age(self, at):
        """How many days ago an instant was."""
        return (self.now - at) / timedelta(days=1)
