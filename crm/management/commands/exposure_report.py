"""What would be lost if somebody left tomorrow, out of the files of any other system."""

import json
from datetime import date
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from crm.selectors import exposure_paper
from kit.errors import Refused


class Command(BaseCommand):
    help = (
        "Read the account, owner and activity files of any CRM and write who holds what, what each "
        "person's leaving would cost and which customers hang on one thread. Nothing is stored."
    )

    def add_arguments(self, parser):
        parser.add_argument("--accounts", required=True, help="the customers (CSV, XLSX, JSON)")
        parser.add_argument(
            "--owners", help="the people, or who held which customer from when to when"
        )
        parser.add_argument(
            "--activities", required=True, help="visits, calls, tasks, orders, deals"
        )
        parser.add_argument("--out", help="the HTML file to write; it stands alone")
        parser.add_argument("--lang", choices=["en", "zh-hans", "both"], default="both")
        parser.add_argument(
            "--columns", help='JSON: {"activities": {"day": "Visited"}}, "" for none'
        )
        parser.add_argument("--as-of", help="the last day that counts, as 2026-11-22")
        parser.add_argument(
            "--day-order", choices=["dmy", "mdy"], help="where the file proves neither"
        )
        parser.add_argument("--json", action="store_true", help="print every figure as JSON")

    def handle(self, *, out, lang, columns, as_of, **options):
        if not out and not options["json"]:
            raise CommandError("Name a file with --out, or ask for the figures with --json.")
        paths = {
            kind: options[kind] for kind in ("accounts", "owners", "activities") if options[kind]
        }
        chosen = columns_of(columns)
        with translation.override("zh-hans" if lang == "zh-hans" else "en"):
            try:
                reading, found = exposure_paper.report(
                    paths, columns=chosen, as_of=day_of(as_of), day_order=options["day_order"]
                )
            except Refused as refused:
                raise CommandError(
                    "; ".join(f"{file}: {text}" for file, text in refused.fields.items())
                ) from None
        if out:
            write(out, exposure_paper.paper(reading, found, languages(lang)))
        if options["json"]:
            figures = exposure_paper.data(reading, found)
            self.stdout.write(json.dumps(figures, ensure_ascii=False, default=exposure_paper.plain))
        else:
            self.stdout.write(summary(reading, found, out))


def languages(lang):
    return exposure_paper.LANGUAGES if lang == "both" else (lang,)


def columns_of(path):
    """The columns somebody chose: file → {what: header}."""
    if not path:
        return {}
    try:
        chosen = json.loads(Path(path).read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as fault:
        raise CommandError(f"--columns: {fault}") from None
    known = ("accounts", "owners", "activities")
    sound = isinstance(chosen, dict) and all(
        file in known and isinstance(given, dict)
        and all(header is None or isinstance(header, str) for header in given.values())
        for file, given in chosen.items()
    )  # fmt: skip
    if not sound:
        raise CommandError('--columns: not of the form {"activities": {"day": "Visited"}}')
    return chosen


def day_of(text):
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise CommandError(f"--as-of: {text} is not a day like 2026-11-22.") from None


def write(path, html):
    try:
        Path(path).write_text(html, encoding="utf-8")
    except OSError as fault:
        raise CommandError(f"--out: {fault}") from None


def summary(reading, found, out):
    left = sum(reading.remarks.counts.values())
    return (
        f"{len(found.lines)} customers, {len(found.books)} people, {len(found.vacant)} held by nobody, "
        f"{len(found.single)} on one thread; {left} rows left out or read with a reservation.\n{out}"
    )
