"""Trail entries as sentences in the viewer's language: who did what to what, and why.

Each app adds its words below or in its own `selectors/audit.py`. A verb without a sentence of its
own still reads as one: "Li Wei changed address of 华东机电". Ids become names only where the viewer
may see what they name, and sealed values open only with a right over that customer.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, field

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import ForeignObjectRel
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from accounts.access import Action
from kit import crypto
from kit.dates import company_zone
from kit.models import SubjectKey
from kit.templatetags import formats, words

PERSON, CUSTOMER = "accounts.person", "crm.customer"
SENTENCES = {}  # (verb, subject type) or verb → text, or function(reader, entry) → (text, values)
NOUNS = {}  # subject type → "a contact"
# By field of a change, or by (subject type, field) where that says something else:
POINTS = {}  # the model whose id it holds
LABELS = {}  # its name, where the model has none
VALUES = {}  # field of a change → {value: label}
AREAS = {}  # first part of a verb → what the filter calls it
FORMER = {}  # what a verb was called before → what it is called; the trail keeps the former name
INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}$")
# Ends of a period: False its first instant, True the instant at which it is over.
EDGES = {"from": False, "to": True, "until": True}
MOST = 300  # signs of a value that are shown


class Filled(dict):
    """The values of a sentence; what an entry does not hold reads as a dash."""

    def __missing__(self, key):
        return "–"


@dataclass
class Told:
    """One entry, ready to be shown."""

    entry: object
    sentence: str
    changes: list = field(default_factory=list)
    customers: set = field(default_factory=set)


class Reader:
    """Tells entries to one viewer. All names and keys are asked for at once."""

    def __init__(self, viewer, entries):
        self.viewer, self.entries = viewer, list(entries)
        self.found = {}
        for label, keys in self._wanted().items():
            self.found[label] = self._visible(label, keys)
        self.cleared = self._cleared()
        keys = {entry.key_id for entry in self.entries if entry.key_id}
        self.keys = SubjectKey.objects.in_bulk(keys) if keys and self.cleared else {}

    def told(self):
        """All entries, told."""
        return [self.tell(entry) for entry in self.entries]

    def tell(self, entry):
        shown = {entry.customer_id} & self.found.get(CUSTOMER, {}).keys()
        return Told(entry, self.sentence(entry), self.details(entry), shown)

    # -- names ---------------------------------------------------------------------------------

    def _wanted(self):
        wanted = defaultdict(set)
        for entry in self.entries:
            wanted[PERSON] |= {entry.actor_id, entry.on_behalf_of_id} - {None}
            wanted[CUSTOMER] |= {entry.customer_id} - {None}
            if entry.subject_type in NOUNS and entry.subject_id.isdigit():
                wanted[entry.subject_type].add(int(entry.subject_id))
            for name, pair in entry.changes.items():
                target = of_field(POINTS, entry, name)
                if target and isinstance(pair, list):
                    wanted[target] |= set(ids(pair))
        return wanted

    def _visible(self, label, keys):
        model = apps.get_model(label)
        if not keys or not hasattr(model, "scope"):
            return {}
        return {
            row.pk: row
            for row in model._default_manager.visible_to(self.viewer).filter(pk__in=keys)
        }

    def _cleared(self):
        """Customers whose sealed values this viewer may read: who edits them or sees channels."""
        keys = [entry.customer_id for entry in self.entries if entry.key_id and entry.customer_id]
        cleared = set()
        if keys:
            customers = apps.get_model(CUSTOMER)._default_manager.filter(pk__in=keys)
            for action in (Action.CUSTOMER_EDIT, Action.CHANNEL_VIEW):
                cleared |= set(
                    customers.visible_to(self.viewer, action).values_list("pk", flat=True)
                )
        return cleared

    def name(self, label, key):
        """The name of a thing, linked; without sight of it just what kind of thing it is."""
        thing = self.found.get(label, {}).get(key)
        if thing is None:
            return NOUNS.get(label) or _("something")
        text = formats.marked(words.shown_name(thing)) if label in NAMED else NOUNS[label]
        if hasattr(thing, "get_absolute_url"):
            return format_html('<a href="{}">{}</a>', thing.get_absolute_url(), text)
        return text

    # -- sentences -----------------------------------------------------------------------------

    def sentence(self, entry):
        """The sentence of an entry, as safe HTML."""
        verb = FORMER.get(entry.verb, entry.verb)
        own = SENTENCES.get((verb, entry.subject_type)) or SENTENCES.get(verb)
        text, more = own(self, entry) if callable(own) else (own, {})
        text = text or self._general(entry)
        values = self._values(entry) | more
        said = fill(text, values)
        if entry.reason:
            return fill(_("%(said)s, because %(reason)s"), {"said": said, "reason": entry.reason})
        return said

    def _general(self, entry):
        open_pairs = [pair for pair in entry.changes.values() if isinstance(pair, list)]
        made = open_pairs and all(pair[0] is None for pair in open_pairs)
        elsewhere = entry.customer_id and entry.subject_type != CUSTOMER
        if made:
            at, alone = _("%(who)s added %(what)s at %(customer)s"), _("%(who)s added %(what)s")
        elif entry.changes:
            at = _("%(who)s changed %(fields)s of %(what)s at %(customer)s")
            alone = _("%(who)s changed %(fields)s of %(what)s")
        else:
            at = _("%(who)s saved %(what)s at %(customer)s without a change")
            alone = _("%(who)s saved %(what)s without a change")
        return at if elsewhere else alone

    def _values(self, entry):
        key = int(entry.subject_id) if entry.subject_id.isdigit() else None
        values = Filled(
            who=self.who(entry),
            what=self.name(entry.subject_type, key),
            customer=self.name(CUSTOMER, entry.customer_id),
            fields=joined([label(entry, name) for name in entry.changes]),
        )
        for name in entry.changes:
            before, after = self.pair(entry, name)
            values[name], values[f"{name}_before"] = after, before
        return values

    def who(self, entry):
        actor = self.name(PERSON, entry.actor_id)
        if not entry.on_behalf_of_id:
            return actor
        behalf = {"actor": actor, "person": self.name(PERSON, entry.on_behalf_of_id)}
        return fill(_("%(actor)s on behalf of %(person)s"), behalf)

    # -- values --------------------------------------------------------------------------------

    def details(self, entry):
        """What changed, as (name, before, after)."""
        rows = [(label(entry, name), *self.pair(entry, name)) for name in entry.changes]
        return [row for row in rows if row[1:] != ("–", "–")]

    def pair(self, entry, name):
        """(before, after) of one change, as the viewer may read it."""
        pair = entry.changes[name]
        if entry.customer_id and entry.customer_id not in self.found[CUSTOMER]:
            pair = {"hidden": True}
        if isinstance(pair, dict):
            pair = self.opened(entry, pair)
        if not isinstance(pair, list):
            return pair, pair
        return tuple(self.value(entry, name, value) for value in pair)

    def opened(self, entry, sealed):
        """A sealed pair: its values, masked where it is a channel, or the word for why not."""
        key = self.keys.get(entry.key_id)
        if "sealed" not in sealed or entry.customer_id not in self.cleared:
            return _("hidden")
        try:
            pair = crypto.unseal(key and key.wrapped, bytes.fromhex(sealed["sealed"]))
        except crypto.Erased:
            return _("erased")
        if entry.subject_type in MASKED:
            return [value and words.masked_words(value) for value in pair]
        return pair

    def value(self, entry, name, value):
        """One value in words."""
        if value is None or value == "" or value == []:
            return "–"
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(value, dict):
            return joined([f"{key}: {one}" for key, one in value.items()])
        if isinstance(value, list):
            return joined([self.value(entry, name, one) for one in value])
        target = of_field(POINTS, entry, name)
        if target and isinstance(value, int):
            return self.name(target, value)
        choices = VALUES.get(name) or choices_of(entry, name)
        return choices.get(value) or moment(str(value), EDGES.get(name)) or str(value)[:MOST]


NAMED = {PERSON, CUSTOMER}  # things that have a name of their own; each app adds its own
MASKED = set()  # subject types whose sealed values stay masked also for the cleared


def ids(pair):
    """The integers in a pair of values, also inside lists."""
    for value in pair:
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, int) and not isinstance(one, bool):
                yield one


def fill(text, values):
    """A translated text with its values, each escaped unless it is safe already."""
    safe = Filled({name: conditional_escape(value) for name, value in values.items()})
    return mark_safe(str(text) % safe)  # noqa: S308 the text is ours, the values are escaped


def joined(parts):
    """a, b and c."""
    parts = [conditional_escape(part) for part in parts]
    if len(parts) < 2:
        return mark_safe("".join(parts))  # noqa: S308 escaped above
    head = mark_safe(_(", ").join(parts[:-1]))  # noqa: S308
    return fill(_("%(some)s and %(last)s"), {"some": head, "last": parts[-1]})


def of_field(table, entry, name):
    """What a table says of a field of this entry's subject, else of any field of that name."""
    return table.get((entry.subject_type, name), table.get(name))


def label(entry, name):
    """What a field of a change is called."""
    if told := of_field(LABELS, entry, name):
        return str(told)
    named = model_field(entry, name)
    return str(named.verbose_name) if named is not None else name.replace("_", " ")


def choices_of(entry, name):
    named = model_field(entry, name)
    return dict(
        getattr(named, "flatchoices", None)
        or getattr(getattr(named, "base_field", None), "flatchoices", [])
    )


def model_field(entry, name):
    """The field of this name on the subject's model; None where it has none, or others point to it."""
    try:
        field = apps.get_model(entry.subject_type)._meta.get_field(name)
    except (LookupError, ValueError, FieldDoesNotExist):
        return None
    return None if isinstance(field, ForeignObjectRel) else field


def moment(text, last=None):
    """An instant or a day in the words of the page; None for anything else.

    last: whether it ends a period (begins one, if False): a whole day is then said without a time.
    """
    try:
        if INSTANT.match(text):
            at = parse_datetime(text)
            if last is not None:
                return words.edge_words(at, company_zone(), last)
            return words.moment_words(words.local(at))
        return words.day_words(parse_date(text)) if DAY.match(text) else None
    except (ValueError, AttributeError):
        return None
