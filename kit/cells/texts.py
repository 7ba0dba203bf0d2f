"""Names, codes and plain text."""

import re
import unicodedata

HAN = "㐀-䶿一-鿿豈-﫿𠀀-𲎯〇"
INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]"
)
BESIDE_HAN = re.compile(rf"(?<=[{HAN}])\s+|\s+(?=[{HAN}])")
# Signs that mean more than the letters they would be taken apart into.
FOLDED = re.compile("[^™℠…½¼¾²³¹ªº№]+")
BRACKETED = re.compile(r"\s*[(（]([^()（）]+)[)）]\s*")
WHOLE = re.compile(r"(-?\d+)\.0+")


def plain(text):
    """Half width, without invisible characters, spaces of any kind collapsed to one."""
    text = INVISIBLE.sub("", text or "")
    text = FOLDED.sub(lambda found: unicodedata.normalize("NFKC", found.group()), text)
    return " ".join(text.split())


def name(text):
    """A name as it is compared and kept: half width, no space beside a Han character.

    `深华发Ａ` and `深华发A`, `新 希 望` and `新希望` are one name.
    """
    return BESIDE_HAN.sub("", plain(text))


def alias(text):
    """(name, alias): what stands in brackets of either width, "" where nothing does.

    It may be another name of the same house or one of its sites, so keep the whole name as well.
    """
    text = name(text)
    found = list(BRACKETED.finditer(text))
    if len(found) != 1 or found[0].span() == (0, len(text)):
        return text, ""
    found = found[0]
    rest = f"{text[: found.start()]} {text[found.end() :]}".strip()
    return name(rest), found.group(1).strip()


def letters(text, count):
    """A standard code of so many Latin letters in capitals, such as CNY; "" where it is none."""
    text = (text or "").strip().upper()
    return text if len(text) == count and text.isascii() and text.isalpha() else ""


def code(text):
    """An id of another system: trimmed, case and leading zeros kept; `1.0` of a spreadsheet is `1`."""
    text = plain(text)
    whole = WHOLE.fullmatch(text)
    return whole.group(1) if whole else text
