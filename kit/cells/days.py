"""Days and instants, in the order that a column proves."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone

from kit.cells.faults import Fault
from kit.cells.texts import plain
from kit.dates import start_of_day

LONGEST = 60  # characters of a date
YEARS = range(1800, 2201)
# How files say that there is no date.
NONE = re.compile(
    r"0|0?0000[-/.]?00[-/.]?00(?:[ T]00:00.*)?|1900[-/]0?1[-/]0?0|00/00/0000|0001-01-01.*|9999-?12-?31.*|-+|/|N/?A|null|none|无|\\N",
    re.IGNORECASE,
)
TIME = r"(?:[T ,]*(?P<hour>\d{1,2})[:时](?P<minute>\d{2})(?:[:分](?P<second>\d{2})(?:[.,](?P<part>\d+))?秒?)?\s*(?P<half>[AaPp]\.?[Mm]\.?)?\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?)?"
YEAR_FIRST = re.compile(
    rf"(?P<y>\d{{4}})\s*[-/.年]\s*(?P<m>\d{{1,2}})\s*[-/.月]\s*(?P<d>\d{{1,2}})日?号?{TIME}",
    re.IGNORECASE,
)
YEAR_LAST = re.compile(
    rf"(?P<a>\d{{1,2}})\s*(?P<sign>[-/.])\s*(?P<b>\d{{1,2}})\s*(?P=sign)\s*(?P<y>\d{{4}}|\d{{2}}){TIME}",
    re.IGNORECASE,
)
PACKED = re.compile(rf"(?P<eight>\d{{8}}){TIME}", re.IGNORECASE)
NAMED = re.compile(
    rf"(?:[a-z]{{3,9}},?\s+)?(?:(?P<d>\d{{1,2}})(?:st|nd|rd|th)?[\s.-]+(?P<m>[a-z]{{3,9}})\.?|(?P<m2>[a-z]{{3,9}})\.?[\s-]+(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?)[\s,.-]+(?P<y>\d{{4}}|\d{{2}}){TIME}",
    re.IGNORECASE,
)
MONTHS = {
    m: n
    for n, m in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1
    )
}
SECONDS = re.compile(r"\d{9,10}(?:\.0)?|\d{12,13}")  # since 1970; the long form in thousandths
SERIAL = re.compile(r"(\d{5})(?:\.(\d+))?")
FIRST_SERIAL = date(1899, 12, 30)


def says_none(text):
    """Whether a cell says in the file's own way that there is no date (`0`, `0000-00-00`)."""
    shown = plain(text)
    return bool(shown) and bool(NONE.fullmatch(shown))


def day(text, order=None, zone=None, serial=False):
    """The day in a cell, None where it is empty or says none.

    order: "ymd", "mdy" or "dmy" as the column proves it (`day_order`); without it a value that may
    be two days is a fault. zone: in which an instant with an offset has its day; midnights of UTC
    are the day that is written. serial: numbers are days as spreadsheets count them.
    """
    found = moment(text, order, serial)
    if found is None or not isinstance(found, datetime):
        return found
    if zone is None or found.tzinfo is None or midnight(found):
        return found.date()
    return found.astimezone(zone).date()


def instant(text, order=None, zone=UTC, serial=False):
    """The instant in a cell in UTC, None where it is empty or says none.

    A day, a midnight of UTC and a time without offset are meant in `zone`. Raises Fault.
    """
    found = moment(text, order, serial)
    if found is None:
        return None
    if not isinstance(found, datetime):
        return start_of_day(found, zone)
    if midnight(found):
        return start_of_day(found.date(), zone)
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)


def midnight(found):
    """Whether this is how programs write a day: the first instant of it in UTC, or without zone."""
    return found.timetz().replace(tzinfo=None) == time.min and not found.utcoffset()


def day_order(texts):
    """The order of day and month that a column proves: "ymd", "mdy", "dmy" or None.

    13/2/2020 proves the day first, 2/13/2020 the month; points are only written day first.
    """
    proved, year_first = set(), False
    for text in texts:
        shown = plain(text)
        found = YEAR_LAST.fullmatch(shown)
        if not found:
            year_first = year_first or bool(YEAR_FIRST.fullmatch(shown) or PACKED.fullmatch(shown))
        elif int(found["a"]) > 12 or found["sign"] == ".":
            proved.add("dmy")
        elif int(found["b"]) > 12:
            proved.add("mdy")
    if len(proved) == 1:
        return proved.pop()
    return "ymd" if year_first and not proved else None


def moment(text, order, serial):
    """A date, a datetime (aware where the text has an offset), or None."""
    shown = plain(text)
    if len(shown) > LONGEST:
        raise Fault("no_day", text=shown[:60])
    if not shown or NONE.fullmatch(shown):
        return None
    if serial and SERIAL.fullmatch(shown):
        return by_serial(shown)
    if SECONDS.fullmatch(shown):
        return since_1970(shown)
    for pattern, parts in (
        (YEAR_FIRST, year_first),
        (PACKED, packed),
        (YEAR_LAST, year_last),
        (NAMED, named),
    ):
        found = pattern.fullmatch(shown)
        if found:
            return built(found, parts(found, order, shown), shown)
    raise Fault("no_day", text=shown[:60])


def year_first(found, order, shown):
    return int(found["y"]), int(found["m"]), int(found["d"])


def packed(found, order, shown):
    """Eight digits: the year first, unless that is impossible and the column's order says else."""
    eight = found["eight"]
    if int(eight[:4]) in YEARS or order not in ("dmy", "mdy"):
        return int(eight[:4]), int(eight[4:6]), int(eight[6:])
    a, b = int(eight[:2]), int(eight[2:4])
    return (int(eight[4:]), b, a) if order == "dmy" else (int(eight[4:]), a, b)


def year_last(found, order, shown):
    """Day and month in the order of the column; without one only what can be nothing else."""
    a, b, year = int(found["a"]), int(found["b"]), found["y"]
    if order == "ymd" and len(year) == 2:
        return century(a), b, int(year)
    if order not in ("dmy", "mdy"):
        order = "dmy" if a > 12 or found["sign"] == "." else "mdy" if b > 12 or a == b else None
        if order is None or len(year) == 2:
            raise Fault("ambiguous_day", text=shown[:60])
    month, number = (b, a) if order == "dmy" else (a, b)
    if month > 12 >= number:
        raise Fault("other_order", text=shown[:60])
    return century(int(year)) if len(year) == 2 else int(year), month, number


def named(found, order, shown):
    """A month by its English name."""
    month = MONTHS.get((found["m"] or found["m2"])[:3].lower())
    if month is None:
        raise Fault("no_day", text=shown[:60])
    year = int(found["y"])
    return century(year) if len(found["y"]) == 2 else year, month, int(found["d"] or found["d2"])


def century(year):
    """Two digits as people mean them: 69 is 1969, 68 is 2068."""
    return year + (1900 if year >= 69 else 2000)


def built(found, parts, shown):
    """The date of (year, month, day), with the time where the text has one."""
    if parts[0] not in YEARS:
        raise Fault("far_year", text=shown[:60])
    try:
        whole = date(*parts)
        if found["hour"] is None:
            return whole
        return datetime.combine(whole, clock(found), offset(found["zone"]))
    except ValueError as error:
        raise Fault("impossible_day", text=shown[:60]) from error


def clock(found):
    """The time of day, in the twelve-hour form as well."""
    hour = int(found["hour"])
    if found["half"]:
        hour = hour % 12 + (12 if found["half"][0] in "pP" else 0)
    part = int((found["part"] or "0")[:6].ljust(6, "0"))
    return time(hour, int(found["minute"]), int(found["second"] or 0), part)


def offset(text):
    """The time zone that stands behind the time, None where there is none."""
    if not text:
        return None
    if text.upper() in ("Z", "UTC", "GMT"):
        return UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    distance = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-distance if text[0] == "-" else distance)


def since_1970(shown):
    """Seconds or thousandths since 1970, as an aware datetime."""
    value = int(shown.removesuffix(".0"))
    if len(shown.removesuffix(".0")) > 10:
        value /= 1000
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=value)


def by_serial(shown):
    """A day as spreadsheets count them, with its time where there is a fraction."""
    whole, part = SERIAL.fullmatch(shown).groups()
    found = FIRST_SERIAL + timedelta(days=int(whole))
    if found.year not in YEARS:
        raise Fault("far_year", text=shown[:60])
    seconds = round(float(f"0.{part}") * 86_400) if part else 0
    return datetime.combine(found, time.min) + timedelta(seconds=seconds) if seconds else found
