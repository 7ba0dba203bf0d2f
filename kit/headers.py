"""Reading the header of a column: the ways other systems write it, and how well it fits a field."""

import re
import unicodedata

from kit import names

CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
CUSTOM = re.compile(r"__[a-z]{1,3}(?=\W|$)", re.IGNORECASE)  # suffix of fields somebody added
BRACKETS = re.compile(r"[(\[【「].*?[)\]】」]")
SIGNS = re.compile(r"[\W_]+")
HAN = re.compile(r"[㐀-鿿]")
ENDS = 100  # a header that only ends like a word of the field comes behind all that are one


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
    """How well a header fits a field: lower is better, None is not at all.

    spec: `words` it is called by, best first, and `ends` of headers that mean it too. entity: words
    for the thing that a row of the file describes.
    """
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
