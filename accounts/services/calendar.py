"""The working calendar and the settings of the company."""

import zoneinfo

from django.utils.translation import gettext as _

from accounts.access import Action
from accounts.audit import assign, record
from accounts.models import CalendarDay, Company
from accounts.service import only, service
from kit.errors import Refused
from kit.versions import unchanged

COMPANY = {
    "name", "name_zh", "time_zone", "currency", "country", "day_starts", "day_ends",
    "reveal_budget",
}  # fmt: skip


@service(Action.ORG_EDIT)
def set_day(*, actor, day, is_working, name="", name_zh=""):
    """Say of one day that it is a working day or a day off, whatever the week says."""
    row = CalendarDay.objects.select_for_update().filter(pk=day).first() or CalendarDay(day=day)
    new = row._state.adding
    changes = assign(row, {"is_working": is_working, "name": name, "name_zh": name_zh})
    row.save(force_insert=new)
    record(row, changes)
    return row


@service(Action.ORG_EDIT)
def clear_day(*, actor, day):
    """Let a day be again what the week says."""
    row = CalendarDay.objects.select_for_update().filter(pk=day).first()
    if row is None:
        raise Refused(_("This day is not in the calendar."))
    record(row, {"is_working": (row.is_working, None)})
    row.delete()
    return day


@service(Action.ORG_EDIT)
def load_days(*, actor, days):
    """Add many days at once: CalendarDay rows. What is there already stays, since people set it.

    Returns how many were added.
    """
    known = set(CalendarDay.objects.values_list("day", flat=True))
    fresh = [row for row in days if row.day not in known]
    CalendarDay.objects.bulk_create(fresh, ignore_conflicts=True)
    record(Company.objects.get(pk=1), {"calendar_days": (len(known), len(known) + len(fresh))})
    return len(fresh)


@service(Action.ORG_EDIT)
def edit_company(*, actor, values, version=None):
    """Change the settings of the company: fields of COMPANY, of which `version` is the tag seen."""
    values = only(values, COMPANY)
    company = Company.objects.select_for_update().get(pk=1)
    unchanged(company, COMPANY, version)
    changes = assign(company, values)
    if company.time_zone not in zoneinfo.available_timezones():
        raise Refused(_("Choose a time zone from the list"), field="time_zone")
    if company.day_ends <= company.day_starts:
        raise Refused(_("The working day must end after it starts"), field="day_ends")
    company.save()
    record(company, changes)
    return company
