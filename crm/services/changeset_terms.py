"""The terms of a change set: reason, the former holder's sight, and its instants."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from accounts.selectors.calendar import working_calendar
from crm.models import ChangeSet
from crm.seats import Reason
from crm.selectors import capacity
from kit.clock import database_now
from kit.dates import company_zone
from kit.errors import Refused

Former = ChangeSet.Former
LONGEST = timedelta(days=366)


def put_terms(change_set, why, note, former, former_until, effective_at):
    """Reason, the former holder's sight, and the instant; Refused at the field that is wrong."""
    now = database_now()
    if why not in Reason.values:
        raise Refused(_("Choose one of the reasons."), field="why")
    if why == Reason.OTHER and not note.strip():
        raise Refused(_("Say why."), field="note")
    if former not in Former.values:
        raise Refused(_("Choose what the former holder may see."), field="former")
    if effective_at is not None and effective_at < now:
        raise Refused(_("The day must be today or later."), field="effective_at")
    if effective_at is not None and effective_at > now + LONGEST:
        raise Refused(_("Choose a day within a year."), field="effective_at")
    begins = effective_at or now
    if former == Former.READS and (former_until is None or former_until <= begins):
        raise Refused(_("Choose a day after the change."), field="former_until")
    if former == Former.READS and former_until > begins + LONGEST:
        raise Refused(_("Choose a day within a year."), field="former_until")
    change_set.reason, change_set.note = why, note[:300]
    change_set.former, change_set.effective_at = former, effective_at
    change_set.former_until = former_until if former == Former.READS else None


def next_working_morning():
    """The usual instant of a change: 09:00 of the next working day, in the company's zone."""
    calendar = working_calendar()
    today = database_now().astimezone(company_zone()).date()
    day = calendar.add_working_days(today, 1)
    return datetime.combine(day, calendar.starts, calendar.zone)


def acceptance_end():
    """The end of the working day by which a receiver has to answer."""
    calendar = working_calendar()
    today = database_now().astimezone(calendar.zone).date()
    return calendar.hours_of(
        calendar.add_working_days(today, max(1, capacity.rules().acceptance_days))
    )[1]
