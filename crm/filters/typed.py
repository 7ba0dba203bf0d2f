"""What was typed or chosen in an address, read leniently: what is wrong counts as not said."""

from datetime import date

from kit.dates import FIRST_DAY


def known(values, allowed):
    """Those of the values that there are."""
    return [value for value in allowed if value in values]


def day(text):
    """The day that was typed as 2026-11-22, or None."""
    try:
        found = date.fromisoformat(text.strip())
    except ValueError:
        return None
    return found if found >= FIRST_DAY else None


def key(text):
    """The key of a row that a text may name, or None."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def keys(texts, most=200):
    """The keys among the first of many texts; what is none is left out."""
    return [pk for pk in (key(text) for text in texts[:most]) if pk is not None]


def picked(rows, text):
    """The row of these whose key was sent, or None."""
    pk = key(text)
    return rows.filter(pk=pk).first() if pk is not None else None


def colleague(people, text):
    """The one whose user name was sent, or None."""
    return people.filter(username__iexact=text[:150]).first() if text.strip() else None
