"""Which column of a file goes to which field: by header, or as somebody said."""

import re
import unicodedata
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from kit import names
from kit.errors import Refused

CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
CUSTOM = re.compile(r"__[a-z]{1,3}(?=\W|$)", re.IGNORECASE)  # suffix of fields somebody added
BRACKETS = re.compile(r"[(\[【「].*?[)\]】」]")
SIGNS = re.compile(r"[\W_]+")
HAN = re.compile(r"[㐀-鿿]")
ENDS = 100  # a header that only ends like a word of the field comes behind all that are one


@dataclass
class Columns:
    """The columns of a file by field, and those nobody takes."""

    taken: dict = field(default_factory=dict)  # field → headers, best first
    ignored: list = field(default_factory=list)

    def first(self, name):
        """The header of a field, or ""."""
        return next(iter(self.taken.get(name, [])), "")


def words(header):
    """The header in lower-case words: "ts_code", "TsCode" and "TS Code" are "ts code"."""
    text = CUSTOM.sub("", unicodedata.normalize("NFKC", header))
    text = CAMEL.sub(" ", text)
    return SIGNS.sub(" ", names.fold(text)).strip()


def readings(header, entity):
    """The ways a header can be read, best first: as it is, without brackets, without the entity."""
    found = [words(header), words(BRACKETS.sub("", unicodedata.normalize("NFKC", header)))]
    if "." in header:  # the path of a nested object
        found.append(words(header.rpartition(".")[2]))
    found += [short for text in list(found) if (short := without(text, entity))]
    return list(dict.fromkeys(filter(None, found)))


def without(text, entity):
    """A header without the name of the thing it describes: "customer id" among customers is "id"."""
    for word in entity:
        rest = text.removeprefix(word)
        if rest != text and rest and (rest[0] == " " or HAN.search(word)):
            return rest.strip()
    return ""


def rank(spec, header, entity):
    """How well a header fits a field: lower is better, None is not at all."""
    best = None
    for extra, reading in enumerate(readings(header, entity)):
        if reading in spec.words:
            place = spec.words.index(reading) + extra / 10
        elif any(ends_with(reading, end) for end in spec.ends):
            place = ENDS + extra / 10
        else:
            continue
        best = place if best is None else min(best, place)
    return best


def ends_with(reading, end):
    return reading.endswith(end) if HAN.search(end) else reading.endswith(" " + end)


def match(kind, headers):
    """Columns by header. Of several for one field the best is taken, unless the field takes many."""
    fits = sorted(
        (place, number, header, spec.name)
        for number, header in enumerate(headers)
        for spec in kind.fields
        if (place := rank(spec, header, kind.about(headers))) is not None
    )
    found, used = Columns(), set()
    for _place, _number, header, name in fits:
        if header in used or (name in found.taken and not kind.field(name).many):
            continue
        found.taken.setdefault(name, []).append(header)
        used.add(header)
    found.ignored = [header for header in headers if header not in used]
    return found


def candidates(kind, name, headers):
    """Every header that fits one field, best first."""
    spec = kind.field(name)
    fits = [(rank(spec, header, kind.about(headers)), at) for at, header in enumerate(headers)]
    return [headers[at] for place, at in sorted(fit for fit in fits if fit[0] is not None)]


def mapped(kind, headers, mapping):
    """Columns as `mapping` (header → field, "" or None to ignore) says; the rest by header.

    Raises Refused, naming what there is, at a field or a column that does not exist.
    """
    known = {spec.name for spec in kind.fields}
    for header, name in mapping.items():
        if header not in headers:
            raise Refused(
                _("The file has no column “%(column)s”. Its columns: %(columns)s")
                % {"column": header, "columns": ", ".join(headers)},
                field="mapping", code="column",
            )  # fmt: skip
        if name and name not in known:
            raise Refused(
                _("There is no field “%(field)s”. The fields of %(kind)s: %(fields)s")
                % {"field": name, "kind": kind.label, "fields": ", ".join(sorted(known))},
                field="mapping", code="field",
            )  # fmt: skip
    said = {name for name in mapping.values() if name}
    found = match(kind, [header for header in headers if header not in mapping])
    for name in said:  # whoever names a column for a field means no other
        found.ignored += found.taken.pop(name, [])
    for header, name in mapping.items():
        if name:
            found.taken.setdefault(name, []).append(header)
        else:
            found.ignored.append(header)
    found.ignored.sort(key=headers.index)
    return found
