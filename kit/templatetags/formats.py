"""Filters for dates, numbers and names. `{% load components %}` brings them too."""

import re
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation

from django import template
from django.utils import timezone
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kit import names
from kit.dates import company_zone

from . import words

register = template.Library()


def stamp(value, text, plain=False, title=""):
    """`<time>` around the words, or the words alone for attributes and sentences."""
    if plain:
        return text
    machine = (
        value.isoformat(timespec="seconds") if isinstance(value, datetime) else value.isoformat()
    )
    hint = f' title="{title}"' if title else ""
    return mark_safe(f'<time datetime="{machine}"{hint}>{text}</time>')  # noqa: S308 our own words


def dated(write):
    """Turn a writer of words into a filter; nothing stays nothing; `:"text"` leaves out the markup."""

    def filter_function(value, form=""):
        if not value:
            return ""
        value = words.local(value)
        return stamp(value, write(value), plain=form == "text")

    return filter_function


register.filter("day", dated(words.day_words))
short_day = register.filter("short_day", dated(words.short_day_words))
register.filter("weekday", dated(words.weekday_words))
register.filter("clock", dated(words.clock_words))
register.filter("moment", dated(words.moment_words))
register.filter("short_moment", dated(lambda value: words.moment_words(value, year=False)))
register.filter(
    "deadline", dated(lambda value: _("by %(day)s") % {"day": words.weekday_words(value)})
)


@register.simple_tag
def span(start=None, end=None):
    """A period: days (both included), or instants, half-open, as days of the company where they are."""
    if start and end and not isinstance(start, datetime):
        return words.span_words(start, end)
    zone = company_zone()
    first = start and words.edge_words(start, zone)
    last = end and words.edge_words(end, zone, last=True)
    if not (start and end):
        text = _("since %(start)s") if start else _("until %(end)s") if end else _("always")
        return text % {"start": first, "end": last}
    days = words.edge_day(start, zone), words.edge_day(end, zone, last=True)
    return (
        words.span_words(*days)
        if all(days)
        else _("%(start)s to %(end)s") % {"start": first, "end": last}
    )


@register.filter
def since(value, form=""):
    """3 days ago, for a week; then the day. The exact value is in the title."""
    if not value:
        return ""
    value = words.local(value)
    exact = words.moment_words(value) if isinstance(value, datetime) else words.day_words(value)
    return stamp(value, relative(value), plain=form == "text", title=exact)


def relative(value):
    if isinstance(value, datetime):
        gone = timezone.now() - value
        if timedelta(0) <= gone < timedelta(days=1) and value.date() == timezone.localdate():
            return within_today(int(gone.total_seconds()))
        value = value.date()
    days = (timezone.localdate() - value).days
    if days == 0:
        return _("today")
    if days == 1:
        return _("yesterday")
    if 1 < days <= 7:
        return ngettext("%(count)s day ago", "%(count)s days ago", days) % {"count": days}
    return words.short_day_words(value)


def within_today(seconds):
    if seconds < 60:
        return _("just now")
    minutes = seconds // 60
    if minutes < 60:
        return ngettext("%(count)s minute ago", "%(count)s minutes ago", minutes) % {
            "count": minutes
        }
    hours = minutes // 60
    return ngettext("%(count)s hour ago", "%(count)s hours ago", hours) % {"count": hours}


def numeric(write):
    """A filter over numbers: nothing stays nothing, and what is no number is shown as it is."""

    def filter_function(value, *args):
        if value is None or value == "":
            return ""
        try:
            return write(Decimal(str(value)), *args)
        except InvalidOperation:
            return value

    return filter_function


def money_words(amount, currency="CNY"):
    return words.with_sign(amount, words.grouped(abs(amount)), currency)


def short_money_words(amount, currency="CNY"):
    return words.with_sign(amount, words.short_amount(amount), currency)


# named functions with a plain second argument: Django counts the arguments of a filter
@register.filter
def money(value, currency="CNY"):
    """¥1,234,567, in full: for tables."""
    return numeric(money_words)(value, currency or "CNY")


@register.filter
def short_money(value, currency="CNY"):
    """¥1.23M or ¥123.4万: for sentences and headlines."""
    return numeric(short_money_words)(value, currency or "CNY")


@register.filter
def number(value):
    return numeric(words.grouped)(value)


@register.filter
def percent(value):
    return numeric(words.percent_words)(value)


@register.filter
def masked(value):
    """A phone, mail or chat id before it is revealed."""
    return words.masked_words(value)


@register.filter
def initials(value):
    return words.initials(words.shown_name(value))


@register.filter
def shown(value):
    """The name of a person in the language of the page."""
    return words.shown_name(value)


@register.filter
def spelled(text, found):
    """A name with what the words `found` hit in it emphasised."""
    text, at = str(text or ""), 0
    parts = []
    for start, end in sorted({span for word in found or () for span in names.spans(text, word)}):
        if start >= at:
            parts += [(text[at:start], ""), (text[start:end], "mark")]
            at = end
    parts.append((text[at:], ""))
    html = format_html_join("", "{}", (
        (format_html("<mark>{}</mark>", part) if kind else part,) for part, kind in parts if part
    ))  # fmt: skip
    foreign = text and not words.chinese() and words.HAN.search(text)
    return format_html('<span lang="zh-Hans">{}</span>', html) if foreign else html


@register.filter
def marked(text):
    """Chinese words on an English page carry their language, so that they are read out rightly."""
    if text and not words.chinese() and words.HAN.search(str(text)):
        return format_html('<span lang="zh-Hans">{}</span>', text)
    return conditional_escape(text or "")


BOLD = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)


register.filter("said", words.said)


@register.filter
def prose(text):
    """Plain text as paragraphs: an empty line parts them, **two stars** make bold; nothing else counts."""
    parts = [conditional_escape(part.strip()) for part in str(text).split("\n\n") if part.strip()]
    bold = [BOLD.sub(r"<strong>\1</strong>", part.replace("\n", "<br>")) for part in parts]
    return mark_safe("".join(f"<p>{part}</p>" for part in bold))  # noqa: S308 escaped above
