"""By when wages are paid in full: a rule of the content, or the day that a person decided."""

from dataclasses import dataclass
from datetime import date, timedelta

from accounts.models import Company
from accounts.selectors.calendar import working_calendar
from accounts.selectors.content import content, said, shipped
from handover.models import Departure
from kit.dates import company_zone, today
from kit.memo import remembered

TASK = "final_pay"  # of the library
COUNTS = ("calendar", "working")
DECIDABLE = tuple(kind for kind in Departure.Kind.values if kind not in Departure.STAYS)


@dataclass
class Pay:
    """The day of the final pay and where it comes from. day: None while nobody has decided."""

    day: date | None
    source: str = ""
    note: str = ""
    decided: bool = False
    by_law: date | None = None  # the rule's day, also where an earlier one was decided


def of(departure):
    """The Pay of a departure; None for a kind after which the person stays."""
    if departure.kind not in DECIDABLE:
        return None
    part = section()
    rule = rule_for(part["rules"], country(), departure.kind)
    by_law = day_of(rule, departure.last_day) if rule else None
    note = said(part["note"])
    if departure.pay_on and (by_law is None or departure.pay_on <= by_law):
        return Pay(departure.pay_on, departure.pay_why, note, True, by_law)
    return Pay(by_law, said(rule["source"]) if rule else "", note, False, by_law)


def section(body=None):
    """What the content says of the final pay; as it ships, where the company's copy is older."""
    body = body or content("departure")
    return body.get("final_pay") or shipped("departure")["final_pay"]


def rules():
    """The rules in their order: the first that fits counts."""
    return section()["rules"]


def rule_for(rules, country, kind):
    """The first of some rules for a country and a kind of departure, or None."""
    return next((one for one in rules if one["country"] == country and kind in one["kinds"]), None)


def country():
    """The country of the company."""
    rows = Company.objects.filter(pk=1).values_list("country", flat=True)
    return remembered("company country", rows.get)


def day_of(rule, last_day):
    """The day that a rule gives; on a day off the working day before."""
    calendar = working_calendar()
    if rule["count"] == "working":
        return calendar.add_working_days(last_day, rule["days"])
    day = last_day + timedelta(days=rule["days"])
    return day if calendar.is_working_day(day) else calendar.add_working_days(day, -1)


def ready_by(departure):
    """By when the task of the final pay has to be done; None where no day is known.

    Nothing is due on the last day itself, and nothing before today.
    """
    pay = of(departure)
    if pay is None or pay.day is None:
        return None
    calendar, last = working_calendar(), departure.last_day
    day = calendar.add_working_days(pay.day, -1) if pay.day == last else pay.day
    first = calendar.add_working_days(today(company_zone()), 0)
    first = calendar.add_working_days(first, 1) if first == last else first
    return max(day, first)
