"""How dates, numbers and names read in both languages. Plain text only: no markup here.

Formats are written out by hand instead of asking Django's locale tables: 25 rows ask for about
100 of them, and a date must never read as 11/12/2026.
"""

import re
from datetime import datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.utils import timezone
from django.utils.translation import get_language

MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
HAN_DAYS = "一二三四五六日"
HAN = re.compile(r"[㐀-鿿]")
SYMBOLS = {"CNY": "¥", "USD": "US$", "EUR": "€", "GBP": "£", "HKD": "HK$", "JPY": "JP¥"}


def chinese():
    """Is the page in Chinese?"""
    return (get_language() or "").startswith("zh")


def said(texts, language=None):
    """The text of a pair {en, zh} in a language, the reader's by default."""
    han = (language or get_language() or "").startswith("zh")
    return texts["zh"] if han and texts.get("zh") else texts["en"]


def local(value):
    """An instant in the reader's zone; a calendar day stays the day it is."""
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


def day_words(value, year=True):
    if chinese():
        return (
            f"{value.year}年{value.month}月{value.day}日"
            if year
            else f"{value.month}月{value.day}日"
        )
    words = f"{value.day} {MONTHS[value.month - 1]}"
    return f"{words} {value.year}" if year else words


def short_day_words(value):
    """The year appears only if it is not this one."""
    return day_words(value, year=value.year != timezone.localdate().year)


def weekday_words(value):
    """Fri 27 Nov, or 11月27日（周五）."""
    if chinese():
        return f"{short_day_words(value)}（周{HAN_DAYS[value.weekday()]}）"
    return f"{DAYS[value.weekday()]} {short_day_words(value)}"


def span_words(first, last):
    """Days from the first to the last, both included; what they share is said once."""
    if first == last:
        return day_words(last)
    same_year = first.year == last.year
    same_month = same_year and first.month == last.month
    if not chinese():
        start = str(first.day) if same_month else day_words(first, year=not same_year)
        return f"{start} to {day_words(last)}"
    stop = f"{last.day}日" if same_month else day_words(last, year=not same_year)
    return f"{day_words(first)}至{stop}"


def edge_day(value, zone, last=False):
    """The first (or last) day of a period that begins (or ends) between two days of `zone`, or None."""
    here = value.astimezone(zone)
    if last and here.time() in (time.min, time.max):
        return (here - timedelta(microseconds=1)).date()
    return here.date() if not last and here.time() == time.min else None


def edge_words(value, zone, last=False):
    """One end of a period: its day; the day and the time of an instant that lies within a day."""
    day = edge_day(value, zone, last) if isinstance(value, datetime) else value
    return day_words(day) if day else moment_words(local(value))


def clock_words(value):
    return f"{value.hour:02}:{value.minute:02}"


def moment_words(value, year=True):
    """A day and a time; `year=False` leaves out the year while it is this one."""
    words = day_words(value) if year else short_day_words(value)
    return f"{words} {clock_words(value)}" if chinese() else f"{words}, {clock_words(value)}"


def grouped(value):
    """1,234,567.89; whole numbers carry no cents."""
    number = Decimal(str(value))
    number = (
        number.to_integral_value() if number == number.to_integral_value() else round(number, 2)
    )
    return f"{number:,f}"


def symbol(currency):
    return SYMBOLS.get(currency, f"{currency}\N{NO-BREAK SPACE}")


def with_sign(amount, words, currency):
    return f"{'−' if amount < 0 else ''}{symbol(currency)}{words}"


def short_amount(amount):
    """Headlines: 1.23M and 18.2M, or 123.4万 and 1.2亿."""
    amount = abs(amount)
    if chinese():
        steps = ((10**8, "亿", 1), (10**4, "万", 1))
    else:
        steps = ((10**9, "B", 3), (10**6, "M", 3), (10**3, "K", 3))
    for size, unit, digits in steps:
        # the next smaller unit must not round up to a full larger one (999,960 is 1M, not 1,000K)
        if amount >= size * Decimal("0.9995"):
            return (
                trimmed(amount / size, digits if chinese() else significant(amount / size, digits))
                + unit
            )
    return grouped(amount.quantize(Decimal(1), ROUND_HALF_UP))


def significant(number, digits):
    return max(0, digits - len(str(int(number))))


def trimmed(number, places):
    words = f"{number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):,f}"
    return words.rstrip("0").rstrip(".") if "." in words else words


def percent_words(value):
    """One decimal only below 10."""
    number = Decimal(str(value))
    return f"{trimmed(number, 1 if abs(number) < 10 else 0)}%"


def masked_words(value):
    """A channel as it is shown before somebody asks for it: the kind stays recognisable."""
    text = str(value or "")
    if "*" in text or not text:
        return text
    if "@" in text:
        name, _, domain = text.partition("@")
        return f"{name[:1]}***@{domain}"
    digits = re.sub(r"[\s()-]", "", text)
    if re.fullmatch(r"\+?\d{7,}", digits):
        return masked_phone(digits)
    return f"{text[:2]}****" if len(text) > 4 else "****"


def masked_phone(digits):
    mobile = re.fullmatch(r"(?:\+?86)?(1\d{2})\d{4}(\d{4})", digits)
    if not mobile:
        head = digits[:3] if digits.startswith("+") else ""
        return f"{head} **** {digits[-4:]}".strip() if not chinese() else f"{head}****{digits[-4:]}"
    head, tail = mobile.groups()
    return f"{head}****{tail}" if chinese() else f"+86 {head} **** {tail}"


def shown_name(person):
    """The name in the language of the page: Latin name in English where there is one.

    What has a Chinese name beside its name (a unit, a region) chooses for itself.
    """
    if isinstance(person, str) or hasattr(person, "name_zh"):
        return str(person)
    latin = getattr(person, "latin_name", "") or ""
    return latin if latin and not chinese() else str(getattr(person, "name", "") or person)


def initials(name):
    """LW for Li Wei; the given name's last sign for Chinese: 伟 for 李伟."""
    name = (name or "").strip()
    if HAN.search(name):
        return HAN.findall(name)[-1]
    parts = [part for part in re.split(r"[\s·.\-]+", name) if part]
    letters = "".join(part[0] for part in parts[:2]) if len(parts) > 1 else name[:2]
    return letters.upper()
