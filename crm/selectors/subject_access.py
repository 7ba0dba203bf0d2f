"""All that is kept of one person outside the company, for that person: GDPR art. 15, PIPL art. 45.

It is enumerated from the registry of personal data (kit/subjects.py), so that no model can be
forgotten. What is sealed is given in the clear; of ours, the post stands and not the name.
"""

from dataclasses import dataclass

from django.db import models
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import Person
from accounts.selectors.sentences import LABELS
from crm.models import Contact, Customer
from crm.selectors import erasure, file_fields, private_fields
from kit import subjects

# Columns that only the machine reads, or that say nothing without their page.
UNSAID = {"client_uuid", "version", "state", "remains", "right", "ended"}
ASKED = "field"  # of a value: what it answers


@dataclass(frozen=True)
class Part:
    """Rows of one kind: label, and of each row its (what, value) pairs."""

    label: str
    rows: list


def of(subject):
    """Every Part of what is kept of a contact or a private customer, texts that name them included."""
    found = erasure.whole(subject)
    parts = []
    for model, keys in found.keys:
        for telling in subjects.tellings(model) if keys else ():
            parts.append(Part(telling.tells.label, told(telling, telling.rows(keys))))
    if not found.customers:
        parts += mentions(found, erasure.words_of(found))
    return [part for part in parts if part.rows]


def mentions(found, words):
    """Parts of the texts about customers that stay, in which the person is named."""
    for telling in subjects.tellings(Customer):
        columns = [name for name in telling.tells.words if telling.path != "pk"]
        named = Q()
        for name in columns:
            for word in words:
                named |= Q(**{f"{name}__contains": word}) if is_text(telling.model, name) else Q()
        if columns and named:
            label = _("%(what)s that name them") % {"what": telling.tells.label}
            yield Part(label, told(telling, telling.rows(found.around).filter(named), columns))


def is_text(model, name):
    return isinstance(model._meta.get_field(name), models.CharField | models.TextField)


def told(telling, rows, columns=()):
    """The rows as lists of (what, value). columns: these alone."""
    fields = [
        field for field in telling.model._meta.local_fields
        if (field.name in columns if columns else said(field, telling))
    ]  # fmt: skip
    clear = () if columns else telling.tells.clear + telling.tells.reads
    found = [
        [(named(field), shown(row, field)) for field in fields]
        + [(_("value"), plain(getattr(row, name))) for name in clear]
        for row in rows.order_by("pk")
    ]  # fmt: skip
    full = ([pair for pair in row if pair[1] not in ("", None)] for row in found)
    return [row for row in full if row]


def said(field, telling):
    """Whether a column says something to a reader: no keys, no bytes, no way back to the subject."""
    target = field.related_model if field.is_relation else None
    machine = isinstance(field, models.BinaryField) or field.name in UNSAID or field.primary_key
    if machine or target is Contact or (target and target not in (Customer, Person)):
        return False
    texts = (*telling.tells.gone, *telling.tells.words, ASKED)
    return field.name in texts or bool(named(field, ""))


def named(field, unnamed=_lazy("text")):
    """A column in words, as the trail calls it; `unnamed` where it has none: the machine's own."""
    label = field.model._meta.label_lower
    if field.name == ASKED:
        return _("field")
    told = LABELS.get((label, field.name)) or LABELS.get(field.name)
    if not told and isinstance(field.verbose_name, Promise):
        told = field.verbose_name
    return str(told or unnamed)


def shown(row, field):
    """A value in words: choices by their label, days and instants as on a page, colleagues by post."""
    if field.is_relation:
        other = getattr(row, field.name)
        return _("one of us") if isinstance(other, Person) else str(other or "")
    if field.name == ASKED:
        return asked_for(getattr(row, ASKED))
    if field.choices:
        return str(getattr(row, f"get_{field.name}_display")())
    return plain(getattr(row, field.name))


def asked_for(name):
    """What a field of the customer file or of the private file is called."""
    known = [one for part in file_fields.parts() for one in part.fields]
    return next(
        (str(one.label) for one in (*known, *private_fields.fields()) if one.id == name), name
    )


def plain(value):
    """A value that can be written into a file."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if value is None or isinstance(value, int | str):
        return value
    if isinstance(value, list | tuple):
        return ", ".join(str(plain(one)) for one in value if one not in (None, ""))
    if isinstance(value, dict):
        return "; ".join(f"{name}: {plain(one)}" for name, one in value.items())
    if hasattr(value, "hour"):
        return date_format(localtime(value), "DATETIME_FORMAT")
    return date_format(value) if hasattr(value, "day") else str(value)
