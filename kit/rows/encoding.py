"""Which encoding a text file has, by the evidence of the whole file."""

import codecs
import re

from kit.rows import limits
from kit.rows.sink import Stop

MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CODECS = {"utf-8": "utf-8-sig", "windows-1252": "cp1252"}
ASCII = bytes(range(0x80))
CONTROL = bytes(set(range(0x20)) - set(b"\t\n\r\x0b\x0c\x1a\x1b\x00"))
SEQUENCE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
RUN = re.compile(rb"[\x80-\xff]+")
TEXT = 0.98  # of a text is no control character
VOTES = 200_000  # runs that are asked; more does not change the answer
SAFE = 5  # so many sound UTF-8 bytes to one broken make it a UTF-8 file with a fault


def detect(path):
    """ "utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030" or "windows-1252"."""
    with open(path, "rb") as file:
        head = file.read(4096)
    for mark, name in MARKS:
        if head.startswith(mark):
            return name
    if wide := without_mark(head):
        return wide
    if len(head.translate(None, CONTROL)) < TEXT * len(head):
        raise Stop("binary")
    if is_utf8(path):
        return "utf-8"
    return "gb18030" if chinese(path) > 0 else "windows-1252"


def codec(name):
    """The name that Python's codecs have for an encoding; Stop where there is none."""
    try:
        return codecs.lookup(CODECS.get(name, name)).name
    except (LookupError, ValueError) as error:
        raise Stop("unknown_encoding", name=str(name)[:60]) from error


def chunks(path):
    """The file in pieces."""
    with open(path, "rb") as file:
        while chunk := file.read(limits.MIB):
            yield chunk


def without_mark(head):
    """UTF-16 that somebody wrote without its mark: every other byte is zero."""
    half = len(head) // 2
    if not half:
        return None
    if head[1::2].count(0) > 0.4 * half and not head[0::2].count(0):
        return "utf-16-le"
    if head[0::2].count(0) > 0.4 * half and not head[1::2].count(0):
        return "utf-16-be"
    return None


def is_utf8(path):
    """Whether the file is UTF-8, perhaps with a few broken bytes in it."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for chunk in chunks(path):
            decoder.decode(chunk)
        return True  # also where the last character was cut off
    except UnicodeDecodeError:
        pass
    sound = broken = 0
    for chunk in chunks(path):
        good = sum(map(len, SEQUENCE.findall(chunk)))
        sound += good
        broken += len(chunk.translate(None, ASCII)) - good
    return sound >= SAFE * broken


def chinese(path):
    """Votes of the runs of high bytes: above zero for GB18030, else Windows-1252.

    An accented letter stands alone between Latin letters; Chinese stands in pairs of high bytes
    most of which are everyday characters.
    """
    total = asked = 0
    for chunk in chunks(path):
        for found in RUN.finditer(chunk):
            start, end = found.span()
            before = chunk[start - 1 : start].isalpha() if start else False
            total += vote(found.group(), before, chunk[end : end + 1].isalpha())
            asked += 1
        if asked > VOTES:
            break
    return total


def vote(run, before, after):
    """What one run of high bytes between (or not between) Latin letters speaks for."""
    if len(run) % 2:
        return -1 if len(run) < 6 else 0
    pairs = [run[at : at + 2] for at in range(0, len(run), 2)]
    common = sum(1 for lead, trail in pairs if lead <= 0xF7 and lead >= 0xA1 and trail >= 0xA1)
    if common < 0.7 * len(pairs):
        return -1
    if len(run) == 2 and ((before and after) or (run[0] >= 0xD8 and (before or after))):
        return -1
    return len(pairs)
