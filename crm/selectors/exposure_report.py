"""What the exposure report shows, as rows of text and numbers for its pictures and tables.

Built in the language that is active; the numbers are those of the analysis, never rounded before.
"""

from datetime import date
from itertools import pairwise
from statistics import median

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm.selectors import exposure
from crm.selectors.exposure_columns import FILES
from crm.selectors.exposure_sheets import REASONS
from kit.templatetags import words

PEOPLE = 40  # in the table of people
DETAILED = 8  # people with a part of their own
LISTED = 10  # customers in such a part
LONGEST = 25  # customers in a list of its own
LANES = 6  # customers whose history is drawn
TITLES = {
    "accounts": gettext_lazy("Account file"),
    "owners": gettext_lazy("People file"),
    "activities": gettext_lazy("Activity file"),
}


def shape(reading, found):
    """The context of the report: `reading` of the files, `found` by the analysis."""
    facts = found.facts
    holding = [one for one in found.books if one.held]
    longest = max((one.weight for one in found.books), default=0) or 1
    return {
        "as_of": facts.as_of,
        "valued": facts.valued,
        "names_people": facts.names_people,
        "basis": basis(reading, found),
        "files": files(reading),
        "first": person_row(found, holding[0], longest) if holding else None,
        "tiles": tiles(found, holding),
        "people": [person_row(found, one, longest) for one in found.books[:PEOPLE]],
        "more_people": len(found.books) - PEOPLE,
        "holders": len(holding),
        "vacant_row": vacant_row(found),
        "leaving": [leaving(found, one, longest) for one in holding[:DETAILED]],
        "curve": curve(found, holding),
        "ages": age_rows(found),
        "lists": lists(found),
        "history": history(found),
        "left_out": left_out(reading),
        "year": exposure.YEAR, "silent_days": exposure.SILENT, "streak": exposure.STREAK,
    }  # fmt: skip


def percent_of(share):
    return 100 * float(share)


def person_row(found, one, longest):
    """A person of the table, with the two bars of the picture. longest: the weight of the longest."""
    alone = exposure.lost(one) / found.whole
    return {
        "name": found.facts.people[one.person], "count": len(one.held), "share": percent_of(one.weight),
        "value": one.value if found.facts.valued else None,
        "alone": len(one.alone), "alone_share": percent_of(alone), "elsewhere": len(one.elsewhere),
        "silent": one.silent, "successors": successors(found, one),
        "bar": f"{percent_of(one.weight / longest):.2f}", "bar_alone": f"{percent_of(alone / longest):.2f}",
    }  # fmt: skip


def successors(found, one):
    """Who knows some of these customers already, and how many they hold now."""
    return [
        {"name": found.facts.people[person], "knows": knows, "holds": found.load[person]}
        for person, knows in one.successors
    ]


def vacant_row(found):
    weight = sum(line.weight for line in found.vacant)
    return {"count": len(found.vacant), "share": percent_of(weight / found.whole)}


def tiles(found, holding):
    """The first numbers: (label, number, note)."""
    tiles = [
        (_("Customers"), len(found.lines), ""),
        (_("People who hold them"), len(holding), effective_words(found)),
        (_("Nobody holds"), len(found.vacant), ""),
    ]
    if found.facts.names_people or found.facts.names_contacts:
        tiles.append((_("Hang on one thread"), len(found.single), ""))
        tiles.append((_("Last activities all by one"), len(found.streaks), ""))
    note = _("more than %(days)s days, or never") % {"days": exposure.SILENT}
    tiles.append((_("Long without activity"), len(found.silent), note))
    return tiles


def effective_words(found):
    """As if so many people held equal books."""
    spread = found.concentration
    if spread is None:
        return ""
    return _("as if %(number)s held equal books") % {"number": f"{spread.effective:.1f}"}


def basis(reading, found):
    """On what the report rests, said where it matters: who holds, what counts, who knows."""
    facts, said = found.facts, []
    if facts.derived and facts.names_people:
        said.append(
            _("No file names an account manager. Whoever did the latest activity counts as one.")
        )
    elif facts.derived:
        said.append(_("No file names an account manager or who did the activities."))
    elif reading.seats_given:
        said.append(_("Who holds a customer is taken from the people file."))
    else:
        said.append(_("Who holds a customer is taken from the account file."))
    said.append(value_words(reading, facts))
    if not facts.names_people:
        said.append(
            _("The activities name none of our people, so nobody can be said to know a customer.")
        )
    if not facts.names_contacts:
        said.append(_("The activities name no contacts, so threads are counted on our side only."))
    return said


def value_words(reading, facts):
    if not facts.valued:
        return _("No file tells what a customer is worth: every customer counts the same.")
    file, header = reading.value_from
    if file == "activities":
        return _("Value is the sum of “%(column)s” in the activities of the last 12 months.") % {
            "column": header
        }
    return _(
        "Value is “%(column)s” of the account file. It may be the customer's own turnover."
    ) % {"column": header}


def files(reading):
    """Each file: how many rows, and which of its columns was taken for what."""
    shown = []
    for kind, sheet in reading.sheets.items():
        used = [
            (column.label, sheet.columns[column.name])
            for column in FILES[kind]
            if column.name in sheet.columns and is_used(reading, kind, column.name)
        ]
        shown.append(
            {"title": str(TITLES[kind]), "rows": reading.counts.get(kind, 0), "columns": used}
        )
    return shown


def is_used(reading, kind, name):
    """Of two columns that could tell the value only one is taken."""
    if name not in ("amount", "value"):
        return True
    return reading.value_from == (kind, reading.sheets[kind].columns[name])


# ---- one person leaves -------------------------------------------------------------------------
def leaving(found, one, longest):
    """What would have to be done if this person left tomorrow."""
    row = person_row(found, one, longest)
    return row | {
        "lines": [customer_row(found, line, one.person) for line in one.held[:LISTED]],
        "more": len(one.held) - LISTED,
    }


def customer_row(found, line, person=None):
    """A customer of a list. `person`: whose leaving is meant, by default the holder's."""
    facts = found.facts
    person = line.holder if person is None else person
    last = date.fromordinal(line.last) if line.last is not None else None
    return {
        "name": line.customer.name, "key": line.customer.key if line.customer.shared else "",
        "holder": facts.people[line.holder] if line.holder is not None else "",
        "value": line.customer.value, "others": [facts.people[one] for one in line.others(person)],
        "earlier": [facts.people[one] for one in line.earlier(person)],
        "ours": [facts.people[one] for one in line.others(None)], "theirs": len(line.theirs),
        "last": last, "days": (facts.as_of - last).days if last else None,
        "silent": exposure.is_silent(line, facts),
        "streak": facts.people[line.streak] if line.streak is not None else "",
    }  # fmt: skip


# ---- pictures ----------------------------------------------------------------------------------
def curve(found, holding):
    """The Lorenz curve, or None where there are too few people to compare."""
    spread = found.concentration
    if spread is None or len(holding) < exposure.COMPARABLE:
        return None
    path = " ".join(f"{100 * x:.2f} {100 - 100 * y:.2f}" for x, y in spread.points)
    place = len(holding) - spread.half
    x, y = spread.points[place]
    return {
        "path": f"M{path}", "area": f"M{path} L100 100z", "people": len(holding), "half": spread.half,
        "x": f"{100 * x:.2f}", "y": f"{6 + 190 * (1 - y):.1f}", "left": x < 0.6,
        "gini": spread.gini, "effective": spread.effective,
        "rows": [curve_row(spread, step) for step in (0.25, 0.5, 0.75, 1)],
        "title": ngettext(
            "%(count)s of %(all)s people holds half", "%(count)s of %(all)s people hold half", spread.half
        ) % {"count": spread.half, "all": len(holding)},
    }  # fmt: skip


def curve_row(spread, step):
    """What the lower part of the people hold, at the person that completes the step."""
    place = round(step * (len(spread.points) - 1))
    x, y = spread.points[place]
    return {"people": percent_of(x), "value": percent_of(y)}


def age_rows(found):
    """Customers by days since their last activity."""
    edges = exposure.AGES
    labels = [_("up to %(days)s days") % {"days": edges[0]}]
    labels += [
        _("%(from)s to %(to)s days") % {"from": low + 1, "to": high}
        for low, high in pairwise(edges)
    ]
    labels += [_("more than %(days)s days") % {"days": edges[-1]}, _("never")]
    most, total = max(found.ages) or 1, sum(found.ages) or 1
    return [
        {"label": label, "count": count, "bar": f"{100 * count / most:.1f}", "share": 100 * count / total, "late": place > 2}
        for place, (label, count) in enumerate(zip(labels, found.ages, strict=True))
    ]  # fmt: skip


def lists(found):
    """The lists that name customers: title, why, the first rows, how many in all."""
    made = [
        (_("Nobody holds these"), _("Each needs an account manager."), found.vacant, "vacant"),
        (_("Hang on one thread"), thread_words(found), found.single, "single"),
        (
            _("The last activities were all by one person"),
            _("The last %(count)s activities of each of these.") % {"count": exposure.STREAK},
            found.streaks, "streak",
        ),
        (
            _("Long without activity"),
            _("More than %(days)s days before the last day of the files, or never.") % {"days": exposure.SILENT},
            oldest(found.silent), "silent",
        ),
    ]  # fmt: skip
    return [
        {"title": title, "why": why, "kind": kind, "count": len(lines), "more": len(lines) - LONGEST,
         "rows": [customer_row(found, line) for line in lines[:LONGEST]]}
        for title, why, lines, kind in made if lines
    ]  # fmt: skip


def oldest(lines):
    """The dearest first; among equals those that were never seen, then the longest silent."""
    return sorted(lines, key=lambda line: (-line.weight, line.last or 0, line.customer.name))


def thread_words(found):
    if found.facts.names_contacts:
        return _("In the last 12 months only one of our people, or only one contact, was in touch.")
    return _("In the last 12 months only one of our people was in touch.")


def history(found):
    """Dated seats: how many changes, how long they lasted, and the history of the first customers."""
    closed = [(seat.end - seat.start).days for seat in found.seats if seat.start and seat.end]
    by_customer: dict[int, list] = {}
    for seat in found.seats:
        if seat.start:
            by_customer.setdefault(seat.customer, []).append(seat)
    worth = {line.place: line for line in found.lines}
    drawn = sorted(
        (place for place, seats in by_customer.items() if len(seats) > 1),
        key=lambda place: (-worth[place].weight, worth[place].customer.name),
    )
    return {
        "given": found.facts.seats is not None, "changes": found.changes,
        "customers": len({seat.customer for seat in found.seats}),
        "median": round(median(closed)) if closed else None,
        "lanes": [lane(found, worth[place], by_customer[place]) for place in drawn[:LANES]],
        "start": min((seat.start for seat in found.seats if seat.start), default=None),
    }  # fmt: skip


def lane(found, line, seats):
    people = found.facts.people
    spells = [{"name": people[seat.person], "start": seat.start, "end": seat.end} for seat in seats]
    return {"label": line.customer.name, "spells": spells}


def left_out(reading):
    """What could not be matched: file, reason, how often, the first rows."""
    shown, order = [], list(TITLES)
    for (file, kind), count in sorted(
        reading.remarks.counts.items(), key=lambda pair: (order.index(pair[0][0]), -pair[1])
    ):
        examples = [
            row_words(number, text) for number, text in reading.remarks.examples[file, kind]
        ]
        shown.append(
            {
                "file": str(TITLES[file]),
                "reason": REASONS[kind],
                "count": count,
                "examples": examples,
            }
        )
    return shown


def row_words(number, text):
    """One row as a person finds it in a spreadsheet."""
    if not number:
        return text
    row = _("row %(number)s") % {"number": words.grouped(number)}
    return f"{row}: {text}" if text else row
