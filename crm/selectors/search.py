"""What somebody typed into a search field, and the conditions that find customers by it.

Names, legal names, pinyin and initials stand in one search key; every word of the term must occur in
it, literally. Four digits also find the phones that end in them.
"""

import unicodedata
from dataclasses import dataclass
from typing import NamedTuple

from accounts.access import Action
from crm.models import Position
from crm.selectors.channels import tail_index
from kit import names

LONGEST = 60  # signs of a term that count
MOST_WORDS = 5
MOST_PHONES = 1_000  # customers that one ending of a phone may find


class Part(NamedTuple):
    """A piece of SQL with its parameters."""

    sql: str = "TRUE"
    params: tuple = ()

    @property
    def is_open(self):
        """Whether it lets everything pass."""
        return self.sql == "TRUE"


def every(*parts):
    """All conditions together."""
    parts = [part for part in parts if not part.is_open]
    return Part(
        " AND ".join(part.sql for part in parts) or "TRUE",
        tuple(value for part in parts for value in part.params),
    )


@dataclass(frozen=True)
class Term:
    """A term as it is looked for: its words, and the customers whose phone ends in it."""

    words: tuple = ()
    customers: tuple = ()

    def on(self, text, pk):
        """The condition on a search key (column `text`) and a customer's key (column `pk`)."""
        if not self.words:
            return Part()
        likes = " AND ".join([f"{text} LIKE %s"] * len(self.words))
        if not self.customers:
            return Part(likes, tuple(pattern(word) for word in self.words))
        params = (*(pattern(word) for word in self.words), list(self.customers))
        return Part(f"(({likes}) OR {pk} = ANY(%s))", params)

    def on_grams(self, column):
        """What an index can answer for Chinese words, beside the exact condition.

        Pairs say all that their single signs would; asking for both would make the planner take the
        three for independent and expect far too few hits.
        """
        found = {gram for word in self.words for gram in names.grams(word)}
        pairs = {gram for gram in found if len(gram) == 2}
        alone = {gram for gram in found if not any(gram in pair for pair in pairs)}
        wanted = sorted(pairs | alone)
        if not wanted or self.customers:
            return Part()
        return Part(f"{column} @> %s::varchar[]", (wanted,))

    @property
    def is_indexed(self):
        """Whether an index finds the hits: three Latin signs, or any Chinese one."""
        return any(len(word) > 2 or names.HAN.search(word) for word in self.words)


def pattern(word):
    """The word anywhere, its own signs taken literally."""
    for sign in ("\\", "%", "_"):
        word = word.replace(sign, "\\" + sign)
    return f"%{word}%"


def read(person, text):
    """The Term that `text` means to `person`; phones count where that person may see channels."""
    found = words(text)
    tail = phone_tail(found)
    return Term(found, with_phone(person, tail) if tail else ())


def words(text):
    """The words of a text as search keys have them: folded, at most five, sixty signs in all."""
    text = "".join(
        " " if unicodedata.category(sign)[0] in "CZ" or sign == "|" else sign
        for sign in names.fold((text or "")[: LONGEST * 2])
    )
    return tuple(text[:LONGEST].split()[:MOST_WORDS])


def phone_tail(words):
    """The four digits that the words are, which may end a phone; else ""."""
    digits = "".join(words)
    return digits if len(digits) == 4 and digits.isascii() and digits.isdigit() else ""


def with_phone(person, digits):
    """Keys of customers with a phone that ends in `digits`, where `person` may see channels."""
    places = Position.objects.visible_to(person, Action.CHANNEL_VIEW).filter(
        contact__channels__tail_index=tail_index(digits),
        contact__channels__ended_at__isnull=True,
        ended_on__isnull=True,
    )
    return tuple(places.values_list("customer", flat=True).distinct()[:MOST_PHONES])
