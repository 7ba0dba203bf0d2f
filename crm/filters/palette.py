"""What somebody types into the palette, and what it answers: groups of entries.

Other parts join it: `source` adds entries for every question, `verb` a word that acts on what follows
it ("log hua", "记 华东"), `here` the acts of the page on which it was opened.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from accounts.models import Person
from crm.filters import customers as lists
from crm.selectors import palette as rows
from crm.selectors import search
from kit import names
from kit.addresses import address_of
from kit.templatetags.words import chinese, shown_name

GROUPS = {
    "here": gettext_lazy("Actions here"),
    "recent": gettext_lazy("Recent"),
    "customers": gettext_lazy("Customers"),
    "contacts": gettext_lazy("Contacts"),
    "people": gettext_lazy("People"),
    "views": gettext_lazy("Views"),
    "places": gettext_lazy("Go to"),
    "help": gettext_lazy("Help"),
}
LONGEST = 200  # signs of an address
OFFERED = 5  # acts before anything is typed


@dataclass
class Entry:
    """One line: what it says and where it leads.

    customers: keys of the customers it discloses. opens: the dialog that it opens where scripts run,
    with `about` as its data. fills: what it puts into the field. keys: more words it is found by.
    """

    label: str
    url: str
    icon: str
    note: str = ""
    id: int | None = None
    tier: str = ""
    keys: str = ""
    customers: tuple = ()
    opens: str = ""
    about: dict = field(default_factory=dict)
    fills: str = ""


@dataclass
class Group:
    """A heading with its entries."""

    key: str
    entries: list

    @property
    def label(self):
        return GROUPS[self.key]


@dataclass
class Asked:
    """A question: who asks, the words, and the page on which it was asked."""

    person: Person
    text: str = ""
    words: tuple = ()
    page: object = None  # ResolverMatch, or None

    def on(self, words):
        """The same question with other words."""
        return Asked(self.person, " ".join(words), tuple(words), self.page)


@dataclass(frozen=True)
class Verb:
    """A word that acts on what follows it, in both languages, whatever the language of the page.

    offered: whether it is hinted at before anything is typed.
    """

    words: tuple
    label: str
    icon: str
    usable: Callable  # person → bool
    find: Callable  # Asked → entries
    offered: bool = True


SOURCES: dict[str, list] = {key: [] for key in GROUPS}
VERBS: list[Verb] = []


def source(group):
    """Register the decorated function (Asked → entries) as one of a group's; see `chosen`."""

    def register(function):
        SOURCES[group].append(function)
        return function

    return register


def verb(words, label, icon, usable, offered=True):
    """Register the decorated function (Asked of what follows → entries) as a verb."""

    def register(function):
        VERBS.append(Verb(words, label, icon, usable, function, offered))
        return function

    return register


def read(person, text="", here=""):
    """The Asked of what was typed and of the address of the page below; nonsense is nothing."""
    return Asked(person, text.strip()[: search.LONGEST], search.words(text), page_at(here))


def page_at(address):
    """The page of ours at an address, or None."""
    try:
        return resolve(address[:LONGEST].partition("?")[0]) if address.startswith("/") else None
    except Resolver404:
        return None


# -- answers -------------------------------------------------------------------------------------
def groups(asked):
    """The Groups that answer, without the empty ones."""
    answer = found(asked) if asked.words else offered(asked)
    return [Group(key, answer[key]) for key in GROUPS if answer.get(key)]


def offered(asked):
    """Before anything is typed: the acts of this page, what one had open, how to say more."""
    return {
        "here": from_sources(asked, "here")[:OFFERED],
        "recent": [entry_of(row) for row in rows.recent(asked.person)],
        "help": [hint(one) for one in VERBS if one.offered and one.usable(asked.person)]
        + from_sources(asked, "help"),
    }


def found(asked):
    """What the words find; after a verb, what it can act on, and customers of that name."""
    one, rest = spoken(asked)
    if one is not None:
        hits = rows.found(asked.person, asked.words, kinds=("customers",))
        return {"here": one.find(asked.on(rest)), "customers": [entry_of(row) for row in hits]}
    answer = {key: chosen(asked, key) for key in ("here", "views", "places", "help")}
    for row in rows.found(asked.person, asked.words):
        several = answer.setdefault(row.kind, [])
        if len(several) < rows.MOST:
            several.append(entry_of(row))
    answer["contacts"] = [*by_phone(asked), *answer.get("contacts", [])]
    answer["help"] += [hint(one) for one in VERBS if one.usable(asked.person) and begun(one, asked)]
    return answer


def spoken(asked):
    """(the verb that the words begin with, the words after it), or (None, ()).

    A Chinese verb needs no blank behind it.
    """
    first, *rest = asked.words
    for one in VERBS:
        for word in one.words:
            glued = names.HAN.match(word) and first.startswith(word) and first != word
            after = [first[len(word) :], *rest] if glued else rest if first == word else []
            if after and one.usable(asked.person):
                return one, tuple(after)
    return None, ()


def begun(verb, asked):
    """Whether a verb is all that was typed."""
    return len(asked.words) == 1 and asked.words[0] in verb.words


def from_sources(asked, key):
    return [entry for function in SOURCES[key] for entry in function(asked)]


def chosen(asked, key):
    """Entries of a group's sources whose label has the words in either language."""
    return [entry for entry in from_sources(asked, key) if matches(entry, asked.words)][: rows.MOST]


def matches(entry, words):
    """Whether the label in English or Chinese, its pinyin or its initials have all the words."""
    texts = []
    for language in ("en", "zh-hans"):
        with override(language):
            texts += [str(entry.label), str(entry.keys)]
    key = names.search_key(*texts)
    pieces = [piece for text in key.split("|") for piece in (text, *text.split())]
    return all(any(piece.startswith(word) for piece in pieces) or (len(word) > 2 and word in key)
               for word in words)  # fmt: skip


# -- entries -------------------------------------------------------------------------------------
def hint(verb):
    """How to use a verb: it puts its word into the field."""
    word = first_word(verb)
    url = f"{reverse('crm:palette')}?q={word}+"
    return Entry(verb.label, url, verb.icon, _("%(word)s …") % {"word": word}, fills=f"{word} ")


def first_word(verb):
    """The verb in the language of the page: English stands first, Chinese second."""
    return verb.words[1] if chinese() else verb.words[0]


def entry_of(row):
    """The entry of something found."""
    return {"customers": customer, "contacts": contact, "people": colleague, "views": view}[
        row.kind
    ](row.said)


def customer(said):
    """A customer: its account manager, and the former name where the present one is another."""
    manager = said["manager"]
    note = shown_name(Person(**person_of(manager))) if manager else _("Nobody")
    if said.get("was"):
        note = f"{_('formerly %(name)s') % {'name': said['was']}} · {note}"
    elif said.get("in_full"):
        note = f"{said['legal']} · {note}"
    url = address_of("crm:customer", said["id"])
    return Entry(said["name"], url, "customers", note, said["id"], said["tier"],
                 customers=(said["id"],))  # fmt: skip


def person_of(said):
    return {name: said[name] for name in ("id", "name", "latin_name")}


def contact(said):
    """A contact, and where."""
    at = said["at"] or {}
    return Entry(named(said), address_of("crm:contact", said["id"]), "person", at.get("name", ""),
                 said["id"], customers=(at["id"],) if at else ())  # fmt: skip


def named(said):
    """Both names of a person, where there are two."""
    return Person(name=said["name"], latin_name=said["latin_name"]).display_name


def colleague(said):
    url = address_of("accounts:person", said["id"])
    return Entry(named(said), url, "team", said["title"], said["id"])


def view(said):
    query = lists.address(said["filters"], said["columns"], said["sort_by"], saved=said["id"])
    return Entry(said["name"], f"{reverse('crm:customers')}?{query}", "customers", id=said["id"])


def by_phone(asked):
    """Contacts whose phone ends in the four digits typed, the number masked."""
    digits = search.phone_tail(asked.words)
    if not digits:
        return []
    return [of_channel(channel) for channel in rows.by_phone(asked.person, digits)]


def of_channel(channel):
    at, who = channel.at or {}, channel.contact
    note = " · ".join(filter(None, (at.get("name"), channel.masked)))
    return Entry(who.name, address_of("crm:contact", who.pk), "phone", note, who.pk,
                 customers=(at["id"],) if at else ())  # fmt: skip
