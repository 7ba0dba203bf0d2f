"""Reading the chain of the trail: does it hold, and at which row does it break first?"""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connections, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import Anchor, Seal, TrailEntry
from accounts.selectors.sentences import FORMER
from kit import names
from kit.databases import owner_alias
from kit.dates import end_of_day, start_of_day

MARK = 4  # bytes of every link that are kept outside: they name the row where a chain departs
LINE = 65_536  # more than one line of the file is ever long

LINKS = f"""
    SELECT s.position, s.entry_id, s.digest, {audit.canonical("e")}
    FROM accounts_seal s LEFT JOIN accounts_trailentry e ON e.id = s.entry_id
    ORDER BY s.position
"""
UNSEALED = """
    SELECT count(*) FROM accounts_trailentry e
    WHERE NOT EXISTS (SELECT 1 FROM accounts_seal s WHERE s.entry_id = e.id)
"""


def anchor_file():
    """The file outside the database: one JSON line per anchor."""
    return Path(settings.DATA_DIR) / "anchors.log"


def last_anchor():
    """The last line of the file outside as (position, digest), or None."""
    end = _size()
    if not end:
        return None
    with anchor_file().open("rb") as file:
        start = file.seek(max(0, end - LINE))
        line = json.loads(file.read(end - start).splitlines()[-1])
    return line["position"], bytes.fromhex(line["digest"])


def whole_lines(path):
    """Up to which byte a file consists of whole lines; a machine that stops may leave half a one."""
    with path.open("rb") as file:
        start = file.seek(max(0, file.seek(0, os.SEEK_END) - LINE))
        return start + file.read().rfind(b"\n") + 1


@dataclass
class Verdict:
    """What `verify` found. `fault` is the sentence about the first bad row, "" if all is well."""

    links: int = 0
    anchored: int = 0
    unsealed: int = 0
    fault: str = ""
    kind: str = ""
    position: int | None = None
    entry_id: int | None = None

    @property
    def holds(self):
        return not self.fault

    def broken(self, kind, fault, position, entry_id=None):
        self.kind, self.fault, self.position, self.entry_id = kind, fault, position, entry_id
        return self


def verify():
    """Recompute the whole chain and compare it with the file outside; a Verdict.

    Streams: memory does not grow with the trail. Stops at the first fault.
    """
    verdict, marks = Verdict(), _marks(_size())
    connection = connections[owner_alias()]
    with transaction.atomic(using=connection.alias):
        with connection.cursor() as cursor:  # one index lookup a row, whatever the planner hopes
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute("SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off")
        with connection.connection.cursor(name="links") as links:
            links.itersize = 5_000
            links.execute(LINKS)
            _follow(links, marks, verdict)
        with connection.cursor() as cursor:
            cursor.execute(UNSEALED)
            verdict.unsealed = cursor.fetchone()[0]
    return verdict


def _follow(links, marks, verdict):
    before = audit.GENESIS
    for position, entry_id, link, *row in links:
        link, expected = bytes(link), verdict.links + 1
        mark, anchor = next(marks, (None, None))
        if position != expected:
            return verdict.broken("missing", _("Link %(n)s of the chain is missing.") % {"n": expected}, expected)  # fmt: skip
        if row[0] is None:
            text = _("Entry %(id)s was deleted (link %(n)s).")
            return verdict.broken(
                "deleted", text % {"id": entry_id, "n": position}, position, entry_id
            )
        if mark is not None and (link[:MARK] != mark or anchor not in (None, link)):
            text = _("The chain was computed anew from entry %(id)s on (link %(n)s).")
            return verdict.broken(
                "rehashed", text % {"id": entry_id, "n": position}, position, entry_id
            )
        if audit.digest(before, row) != link:
            text = _("Entry %(id)s was changed (link %(n)s).")
            return verdict.broken(
                "forged", text % {"id": entry_id, "n": position}, position, entry_id
            )
        before, verdict.links = link, position
        verdict.anchored = position if mark is not None else verdict.anchored
    return _end(marks, verdict)


def _end(marks, verdict):
    """The chain ends here: does it end where the anchors say?"""
    claimed = Anchor.objects.order_by("-position").values_list("position", flat=True).first() or 0
    if next(marks, None) is not None or claimed > verdict.links:
        text = _("The end was cut off after link %(n)s: more was anchored.")
        return verdict.broken("cut", text % {"n": verdict.links}, verdict.links + 1)
    if verdict.links and not verdict.anchored:
        text = _("The anchor outside the database is missing: %(file)s")
        return verdict.broken("unanchored", text % {"file": anchor_file()}, 1)
    return verdict


def _size():
    """The file as it is before the chain is read; the chain may only be longer."""
    return whole_lines(anchor_file()) if anchor_file().exists() else 0


def _marks(size):
    """(first bytes of the link, the whole link or None) of every anchored position, in order."""
    if not size:
        return
    with anchor_file().open("rb") as file:
        while file.tell() < size:
            line = json.loads(file.readline())
            marks = bytes.fromhex(line["marks"])
            last = len(marks) - MARK
            for start in range(0, len(marks), MARK):
                whole = bytes.fromhex(line["digest"]) if start == last else None
                yield marks[start : start + MARK], whole


def chain_state():
    """What the trail page says about the chain: last seal, last anchor, last look, entries behind."""
    from kit.models import Beat

    seal = Seal.objects.order_by("-position").first()
    behind = TrailEntry.objects.filter(pk__gt=seal.entry_id if seal else 0).count()
    looked = Beat.objects.filter(name="verify_audit").first()
    fault = bool(looked and ":" in looked.owner)
    return {"seal": seal, "behind": behind, "verified": looked, "fault": fault}


def trail(viewer, *, person="", area="", customer="", since=None, until=None, zone=None):
    """Entries of the trail that `viewer` may read, the newest first, narrowed by the filters.

    person, customer: parts of names among those the viewer may see. area: first part of a verb;
    without one, readings of the trail itself are left out. since, until: days in `zone`.
    """
    entries = TrailEntry.objects.visible_to(viewer).order_by("-pk")
    entries = entries.filter(of_area(area)) if area else entries.exclude(verb="trail.read")
    if person:
        entries = entries.filter(actor_id__in=_named("accounts.Person", viewer, person))
    if customer:
        entries = entries.filter(customer_id__in=_named("crm.Customer", viewer, customer))
    if since:
        entries = entries.filter(recorded_at__gte=start_of_day(since, zone))
    if until:
        entries = entries.filter(recorded_at__lte=end_of_day(until, zone))
    return entries


def of_area(area):
    """The condition of entries of an area, under the former names of its verbs as well."""
    start = f"{area}."
    former = [old for old, new in FORMER.items() if new.startswith(start)]
    moved = [old for old, new in FORMER.items() if old.startswith(start) and old not in former]
    return (Q(verb__startswith=start) | Q(verb__in=former)) & ~Q(verb__in=moved)


def _named(model, viewer, text):
    """Keys of the rows with `text` in their name that the viewer may see, as a subquery."""
    rows = apps.get_model(model)._default_manager.visible_to(viewer)
    return rows.filter(search_key__contains=names.fold(text)).order_by().values("pk")


def page_of(entries, *, after=None, before=None, size=25):
    """One page by keyset: entries older than `after`, or the nearest newer than `before`.

    Returns (entries, key for the newer page, key for the older page).
    """
    if before:
        rows = list(entries.filter(pk__gt=before).order_by("pk")[: size + 1])
        newer, rows = len(rows) > size, rows[:size][::-1]
        return rows, rows[0].pk if newer else None, rows[-1].pk if rows else None
    rows = list((entries.filter(pk__lt=after) if after else entries)[: size + 1])
    older, rows = len(rows) > size, rows[:size]
    newest = rows[0].pk if rows and after else None
    return rows, newest, rows[-1].pk if older else None
