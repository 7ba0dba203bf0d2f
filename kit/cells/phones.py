"""Telephones as people write them: several in a cell, extensions, departments, faults named."""

import re
from dataclasses import dataclass

from kit.cells.faults import Fault

# Every character by one of the same length, so that what is found can be cut from the original.
FORMS = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    ord(char): "-" for char in "‐‑‒–—―−－﹣"
} | {ord(char): " " for char in "\u3000\u00a0\u202f\u2009\t\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff\r"} | {ord("【"): "(", ord("】"): ")", ord("；"): ";", ord("，"): ","}  # fmt: skip
BETWEEN = re.compile(r"[;,、|\n/&]|\bor\b|\band\b|或者|或|和|以及", re.IGNORECASE)
NUMBER = re.compile(
    r"\+?\s?(?:\d{2,5}\s?/\s?(?=\d{4}))?(?:\d+|\(\+?\d{1,5}\))(?:[ .\-·]{0,3}(?:\d+|\(\d{1,5}\)))*"
)
EXTENSION = re.compile(
    r"\s*[,;]?\s*(?:转|轉|分机号?|内线|ext(?:ension|n)?[.:]?|;ext=|x|#)\s*[:：]?\s*(\d{1,6})(?!\d)",
    re.IGNORECASE,
)
LONGEST = 1_000  # characters of a cell in which numbers are sought
LOCAL = re.compile(r"[2-8]\d{6,7}")  # a Chinese number without its area code
DASHED = re.compile(r"(0\d{2,3}[\s-]?\d{7,8}|\d{7,8}|[48]00-?\d{3}-?\d{4})\s?-\s?(\d{1,6})")
WORDS = re.compile(
    r"\b(?:tel|telephone|phone|mobile|mob|fax|call)\b[.:]*|电话号?码?|手机号?码?|座机|[:：()]",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Phone:
    """One number of a cell. The `raw` parts of all of them make up the cell again.

    `number` is E.164 (`+865925911111`) where the number is whole, else the text as it was written;
    `label` is what stood beside it (白天, 急诊科); `faults` say what is wrong and never lose it.
    """

    raw: str
    number: str
    extension: str = ""
    label: str = ""
    faults: tuple = ()

    @property
    def stored(self):
        """Number and extension in one text: `+865925911111;ext=8120`."""
        return f"{self.number};ext={self.extension}" if self.extension else self.number


def phones(text, region="CN"):
    """The numbers in a cell; `region` (ISO 3166) is where one without a country code is."""
    text = text or ""
    if len(text) > LONGEST:
        return [Phone(text, text, faults=(Fault("phone_long"),))]
    shown = text.translate(FORMS)
    if not shown.strip():
        return []
    return [
        phone(text[start:end], shown[start:end], region) for start, end in pieces(shown, region)
    ]


def pieces(shown, region):
    """Spans that each hold one number, without a gap from the first character to the last."""
    cuts = [0]
    for found in BETWEEN.finditer(shown):
        before, after = shown[cuts[-1] : found.start()], shown[found.end() :]
        if (
            digits(before) >= 5
            and digits(NUMBER.search(after)[0] if NUMBER.search(after) else "") >= 5
        ):
            cuts.append(found.end())
    ends = [*cuts[1:], len(shown)]
    return [
        span
        for start, end in zip(cuts, ends, strict=True)
        for span in numbers(shown, start, end, region)
    ]


def numbers(shown, start, end, region):
    """The span cut where a second number begins; labels stay with theirs."""
    found = tokens(shown, start, end, region)
    if len(found) < 2:
        return [(start, end)]
    leading = bool(WORDS.sub("", shown[start : found[0][0]]).strip())
    cuts = [found[at][1] if leading else found[at + 1][0] for at in range(len(found) - 1)]
    return list(zip([start, *cuts], [*cuts, end], strict=True))


def tokens(shown, start, end, region):
    """Spans of the numbers with their extensions; two with only a space between are two."""
    result, at = [], start
    while found := NUMBER.search(shown, at, end):
        at = found.end()
        extension = EXTENSION.match(shown, at, end)
        if extension:
            at = extension.end()
        if digits(found[0]) < 5:
            continue
        middle = split_at(found[0], region)
        if middle:
            result += [(found.start(), found.start() + middle), (found.start() + middle, at)]
        else:
            result.append((found.start(), at))
    return result


def split_at(text, region):
    """Where a space parts two whole numbers that were taken for one, or None."""
    if digits(text) < 14:
        return None
    for space in re.finditer(r"\s+", text):
        one, two = text[: space.start()], text[space.end() :]
        if all(
            7 <= digits(part) <= 13 and parsed(part, region)[1] in (None, "phone_area")
            for part in (one, two)
        ):
            return space.end()
    return None


def digits(text):
    return sum(char.isdigit() for char in text)


def phone(raw, shown, region):
    """The one number in a piece, as a Phone."""
    found = next((f for f in NUMBER.finditer(shown) if digits(f[0]) >= 3), None)
    if found is None:
        return Phone(raw, shown.strip(" ;,、|/&\n"), faults=(Fault("phone_none"),))
    written, rest = found[0], shown[found.end() :]
    extension = EXTENSION.match(rest)
    if extension:
        rest = rest[extension.end() :]
    if letters(shown[: found.start()], rest):
        return Phone(raw, shown.strip(" ;,、|/&\n"), faults=(Fault("phone_letters"),))
    dashed = DASHED.fullmatch(written.strip()) if not extension and region == "CN" else None
    if dashed and parsed(written, region)[1]:
        written = dashed[1]
    label = BETWEEN.sub(" ", WORDS.sub(" ", f"{shown[: found.start()]} {rest}"))
    number, fault = parsed(written, region)
    return Phone(
        raw,
        number,
        extension[1] if extension else dashed[2] if dashed and written == dashed[1] else "",
        " ".join(label.split()),
        (Fault(fault),) if fault else (),
    )


def letters(before, after):
    """Whether Latin letters touch the digits: part of a mistyped number, no label."""
    touching = before[-1:], after[:1]
    return any(char.isascii() and char.isalpha() for char in touching)


def parsed(written, region):
    """(E.164 or the text, code of a fault or None)."""
    import phonenumbers  # only where there are numbers

    text = written.strip(" .-·")
    bare = re.sub(r"[ .\-·()/]", "", re.sub(r"(?<=\d)\s*\(0\)", "", text))
    reason = phonenumbers.ValidationResult
    short = {reason.TOO_SHORT, reason.INVALID_LENGTH, reason.INVALID_COUNTRY_CODE}
    try:
        number = phonenumbers.parse(bare, region)
    except phonenumbers.NumberParseException:
        return text, "phone_short" if digits(text) < 7 else "phone_unknown"
    found = phonenumbers.is_possible_number_with_reason(number)
    if found == reason.IS_POSSIBLE_LOCAL_ONLY or (region == "CN" and LOCAL.fullmatch(bare)):
        return text, "phone_area"
    if found == reason.TOO_LONG:
        return text, "phone_long"
    if found in short:
        return text, "phone_short" if found != reason.INVALID_COUNTRY_CODE else "phone_unknown"
    stored = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if phonenumbers.is_valid_number(number):
        return stored, None
    return stored if text.startswith("+") else text, "phone_unknown"
