"""What kind of file this is, by what is in it and never by its name."""

import gzip
import re
import zipfile
import zlib
from importlib import import_module
from pathlib import Path

from kit.rows import limits
from kit.rows.sink import Stop

JSON = re.compile(rb'\s*(\{\s*["}]|\[\s*[\[{"\]0-9tfn-])')
# Kinds of file that people try, each with the sentence that helps.
KNOWN = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old_excel"),
    (b"%PDF", "picture"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"BZh", "archive"),
    (b"\xfd7zXZ", "archive"),
)
PAGE = re.compile(rb"\s*<(!doctype|\?xml|html|table|svg|workbook)", re.IGNORECASE)
PARSERS = {"csv": "separated", "xlsx": "workbook", "json": "objects"}


def parser(form):
    """The function that parses files of this form."""
    return import_module(f"kit.rows.{PARSERS[form]}").parse


def unpacked(path, folder):
    """The path of the file, or of what was in it when it is a gzip."""
    with open(path, "rb") as file:
        if file.read(3) != b"\x1f\x8b\x08":
            return path
    inner = Path(folder) / "unpacked"
    try:
        with gzip.open(path) as packed, open(inner, "wb") as out:
            copied = copy(packed, out, limits.FILE_BYTES)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise Stop("damaged") from error
    if not copied:
        raise Stop("empty")
    return inner


def copy(packed, out, limit):
    """Copy a stream and stop when it grows beyond the limit; returns the bytes."""
    total = 0
    while chunk := packed.read(limits.MIB):
        total += len(chunk)
        if total > limit:
            raise Stop("unpacked_size", limit=limit // limits.MIB)
        out.write(chunk)
    return total


def form(path, encoding):
    """ "csv", "xlsx" or "json"; Stop for everything that is recognisably something else."""
    with open(path, "rb") as file:
        head = file.read(4096)
    for magic, code in KNOWN:
        if head.startswith(magic):
            raise Stop(code)
    if head.startswith(b"PK"):
        return archive(path)
    text = head.removeprefix(b"\xef\xbb\xbf")
    if PAGE.match(text):
        raise Stop("page")
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = head.decode("utf-16", "ignore").encode()
    return "json" if JSON.match(text) else "csv"


def archive(path):
    """A workbook, or a Stop for any other archive."""
    try:
        with zipfile.ZipFile(path) as file:
            names = file.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise Stop("damaged") from error
    if "[Content_Types].xml" in names and any(name.startswith("xl/") for name in names):
        if any(name.endswith("workbook.bin") for name in names):
            raise Stop("old_excel")
        return "xlsx"
    raise Stop("archive")
