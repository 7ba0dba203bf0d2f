"""Which column of a file goes to which field: by header, or as somebody said."""

from dataclasses import dataclass, field
from functools import lru_cache

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from kit.errors import Refused
from kit.headers import rank, words


@dataclass
class Columns:
    """The columns of a file by field, and those nobody takes."""

    taken: dict = field(default_factory=dict)  # field → headers, best first
    ignored: list = field(default_factory=list)

    def first(self, name):
        """The header of a field, or ""."""
        return next(iter(self.taken.get(name, [])), "")


@lru_cache(maxsize=500)
def labels(spec_label):
    """The label of a field in every language, as headers of our own templates are read."""
    found = set()
    for code, _name in settings.LANGUAGES:
        with override(code):
            found.add(words(str(spec_label)))
    return found


def fit(spec, header, entity):
    """How well a header fits a field: lower is better, None is not at all. Its label is a word too."""
    place = rank(spec, header, entity)
    return 0 if place is None and words(header) in labels(spec.label) else place


def match(kind, headers):
    """Columns by header. Of several for one field the best is taken, unless the field takes many."""
    fits = sorted(
        (place, number, header, spec.name)
        for number, header in enumerate(headers)
        for spec in kind.fields
        if (place := fit(spec, header, kind.about(headers))) is not None
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
    fits = [(fit(spec, header, kind.about(headers)), at) for at, header in enumerate(headers)]
    return [headers[at] for place, at in sorted(one for one in fits if one[0] is not None)]


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
