"""An inbox, in words: each code has a renderer, asked at the time of reading.

An app says in its module `notices` how its codes read (`@renders("seat.assigned")`); the modules are
imported at start-up. A renderer gets the viewer and all notices of its code on the page, so that it
asks the database once, and takes every name through `visible_to`.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from accounts.models import Notice

RENDERERS: dict[str, Callable] = {}
OUTSIDE: dict[str, str] = {}  # code → what it says without any name
PAGE = 50


@dataclass
class Line:
    """What a notice says to its reader now. `leads` is False where its address would be a 404."""

    text: str
    leads: bool = True
    customers: list[int] = field(default_factory=list)


def renders(code, outside=""):
    """Register `function(viewer, notices) -> {notice id: Line}` as the renderer of a code.

    outside: the same in a sentence without names, for a mail.
    """

    def register(function):
        RENDERERS[code], OUTSIDE[code] = function, outside
        return function

    return register


def inbox(person, *, unread=True, after=None):
    """One page of an inbox, the newest first: (notices with their `line`, is there more)."""
    notices = Notice.objects.visible_to(person)
    if unread:
        notices = notices.filter(read_at__isnull=True)
    if after is not None:
        notices = notices.filter(pk__lt=after)
    rows = list(notices.order_by("-pk")[: PAGE + 1])
    return with_lines(person, rows[:PAGE]), len(rows) > PAGE


def with_lines(person, notices):
    """The same notices, each with `line` in the language of the moment."""
    by_code = defaultdict(list)
    for notice in notices:
        by_code[notice.code].append(notice)
    for code, rows in by_code.items():
        render = RENDERERS.get(code, lambda viewer, rows: {})
        lines = render(person, rows)
        for notice in rows:
            notice.line = lines.get(notice.pk) or Line(_("Something has changed for you."))
    return notices


def outside_words(notice):
    """What a notice says where it leaves the house: no name of anybody."""
    return str(OUTSIDE.get(notice.code) or _("Something has changed for you."))


def grouped(notices):
    """[(heading, notices)]: decisions first, then acts, then what is good to know."""
    return [
        (label, rows)
        for kind, label in Notice.Kind.choices
        if (rows := [notice for notice in notices if notice.kind == kind])
    ]
