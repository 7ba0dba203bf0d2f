"""Write public holidays and make-up working days into the working calendar."""

import datetime
import re

import holidays
from django.core.management.base import BaseCommand

from accounts.models import CalendarDay, Company, Person
from accounts.services import calendar

CHINESE, ENGLISH = "zh_CN", "en_US"
MAKE_UP = ("Make-up working day", "调休上班")


class Command(BaseCommand):
    help = "Load the public holidays of the company's country for this year and the next."

    def add_arguments(self, parser):
        parser.add_argument(
            "--year", type=int, action="append", help="instead of this and the next"
        )

    def handle(self, *args, year, **options):
        this = datetime.date.today().year
        country = Company.objects.get(pk=1).country
        days = days_off(country, year or [this, this + 1])
        added = calendar.load_days(actor=Person.objects.system(), days=days)
        self.stdout.write(f"{added} days added for {country}")


def days_off(country, years):
    """CalendarDay rows, not saved: days off on weekdays, and weekend days that are worked."""
    try:
        english, chinese = (named(country, years, language) for language in (ENGLISH, CHINESE))
    except NotImplementedError:
        return []
    rows = [
        CalendarDay(
            day=day, is_working=False, name=plain(name), name_zh=plain(chinese.get(day, ""))
        )
        for day, name in sorted(english.items())
    ]
    worked = sorted(day for day in english.weekend_workdays if day.year in years)
    return rows + [
        CalendarDay(day=day, is_working=True, name=MAKE_UP[0], name_zh=MAKE_UP[1]) for day in worked
    ]


def plain(name):
    """The name without the date it was exchanged for: that day says so itself."""
    return re.split(r" ?[(（](?:substituted|由)", name)[0][:120]


def named(country, years, language):
    """The holidays with names in a language, or in the country's own where it has none."""
    spoken = holidays.country_holidays(country).supported_languages
    chosen = language if language in spoken else None
    if chosen is None and language == CHINESE:
        return {}
    return holidays.country_holidays(country, years=years, language=chosen)
