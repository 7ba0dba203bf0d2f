"""The exposure report as a page of its own, and as data: nothing to load, no script, printable."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from crm.selectors import exposure, exposure_files, exposure_report

STYLES = ("tokens", "base", "layout", "components", "pages", "report")
LANGUAGES = ("en", "zh-hans")
POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def paper(reading, found, languages):
    """One HTML document that stands alone, with a switch that needs no script if `languages` are two."""
    parts = []
    for language in languages:
        with translation.override(language):
            context = {
                "report": exposure_report.shape(reading, found),
                "several": len(languages) > 1,
            }
            parts.append((language, str(_("If somebody left tomorrow")), body(context, language)))
    title = " · ".join(dict.fromkeys(title for _language, title, _body in parts))
    frame = {"parts": parts, "title": title}
    return (
        f'<!doctype html>\n<html lang="{tag(languages[0])}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        f"<title>{title}</title>\n<style>\n{styles()}</style>\n</head>\n"
        + render_to_string("crm/exposure/paper.html", frame)
        + "</html>\n"
    )


def body(context, language):
    return render_to_string("crm/exposure/part.html", context | {"tag": tag(language)})


def tag(language):
    return "zh-Hans" if language.startswith("zh") else "en"


def styles():
    """Our stylesheets in one, without the pictures in them: the policy of the file lets none in."""
    folder = Path(settings.BASE_DIR) / "static" / "css"
    text = "".join((folder / f"{name}.css").read_text() for name in STYLES)
    return re.sub(r'url\("data:[^"]*"\)', "none", text)


def data(reading, found):
    """Every figure as plain values: for --json and for whoever computes on."""
    facts = found.facts
    return {
        "as_of": facts.as_of, "derived": facts.derived, "valued": facts.valued,
        "customers": {
            "all": len(found.lines), "held": len(found.lines) - len(found.vacant),
            "vacant": [line.customer.name for line in found.vacant],
            "single": [line.customer.name for line in found.single],
            "streak": [line.customer.name for line in found.streaks],
            "silent": [line.customer.name for line in found.silent],
        },
        "people": [person(found, one) for one in found.books],
        "concentration": vars(found.concentration) if found.concentration else None,
        "changes": found.changes,
        "seats": [seat(found, one) for one in found.seats],
        "read": reading.counts,
        "columns": {kind: sheet.columns for kind, sheet in reading.sheets.items()},
        "left_out": [
            {"file": file, "reason": kind, "count": count, "rows": [row for row, _text in reading.remarks.examples[file, kind] if row]}
            for (file, kind), count in reading.remarks.counts.items()
        ],
    }  # fmt: skip


def person(found, one):
    return {
        "name": found.facts.people[one.person], "customers": len(one.held), "share": float(one.weight),
        "value": one.value if found.facts.valued else None,
        "nobody_else": [line.customer.name for line in one.alone],
        "only_thread_elsewhere": [line.customer.name for line in one.elsewhere],
        "could_take_over": exposure_report.successors(found, one),
    }  # fmt: skip


def seat(found, one):
    return {
        "customer": found.facts.customers[one.customer].name, "person": found.facts.people[one.person],
        "from": one.start, "until": one.end, "activities": one.touches,
    }  # fmt: skip


def plain(value):
    """For json.dumps: days as ISO text, amounts as text that loses nothing."""
    if isinstance(value, (date, Decimal)):
        return str(value)
    raise TypeError(type(value))


def report(paths, **given):
    """(reading, findings) of the files at `paths`; see exposure_files.read."""
    reading = exposure_files.read(paths, **given)
    return reading, exposure.analyse(reading.facts)
