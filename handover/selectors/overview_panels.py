"""What every picture of the overview is made of: a panel with its numbers, and how they are written."""

from dataclasses import dataclass, field
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import ngettext

from accounts.models import Person
from crm.models import Customer
from crm.selectors.trade import company_currency
from kit.templatetags import formats

LISTED = 10


@dataclass
class Item:
    """One of the ten that matter most: a person, or a customer by its key."""

    person: Person | None = None
    customer_id: int | None = None
    note: str = ""
    number: str = ""
    customer: Customer | None = None  # once it is known that the page names it


@dataclass
class Panel:
    """One picture. heads, rows: its numbers; link: (words, address) to the list that mends it."""

    key: str
    title: str
    picture: str = ""
    caption: str = ""
    heads: list = field(default_factory=list)
    rows: list = field(default_factory=list)  # texts; the first names the row
    link: tuple | None = None
    cells: list | None = None  # of the grid: (ours, [Cell])
    bars: list | None = None  # (person, picture, words, is over)
    items: list = field(default_factory=list)  # the ten that matter most
    key_of: list = field(default_factory=list)  # (class of a mark, words)


def customers_url(query):
    return f"{reverse('crm:customers')}?{query}"


def amount(value, weighs, short=True):
    """What a book weighs, in words."""
    if weighs != "value":
        return customers(int(value))
    write = formats.short_money if short else formats.money
    return write(value, company_currency())


def customers(number):
    """So many customers, in words."""
    text = ngettext("%(count)s customer", "%(count)s customers", number)
    return text % {"count": formats.number(number)}


def percent(part, whole):
    return formats.percent(100 * Decimal(part) / Decimal(whole)) if whole else "–"
