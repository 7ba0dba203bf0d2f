"""F02: 2,000 mutated files take nothing down, and the named bad ones get the answer they deserve.

Each file becomes rows or one refusal; a fault of a row names the row, that of a cell its column.
"""

import gzip
import io
import os
import random
import struct
import tempfile
import time
import zipfile
from collections import Counter
from pathlib import Path

from openpyxl import Workbook

from kit import rows
from kit.rows import limits, write
from tests.accept import frame
from tests.accept.frame import patched

FILES = frame.size(200, 2_000)
SECONDS = 60
MIB = 1024 * 1024
DATA = Path(__file__).resolve().parents[1] / "data"
HEADERS = ["编号", "name", "phone", "date", "amount"]
ROWS = [[f"C{n}", f"客户 {n}", f"0592-21371{n:02}", "2024-03-01", n * 1.5] for n in range(30)]


def run():
    """(ok, figures) of the named files and of as many mutated ones as the size says."""
    wrong, worst, outcomes = [], 0.0, Counter()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        for name, build, expected in NAMED:
            build(path)
            outcome, seconds = attempt(path)
            worst = max(worst, seconds)
            if outcome != expected:
                wrong.append(f"{name}: {outcome} instead of {expected}")
            remove(path)
        for seed in range(FILES if not wrong else 0):
            path.write_bytes(mutated(random.Random(seed)))
            outcome, seconds = attempt(path)
            worst = max(worst, seconds)
            outcomes[outcome] += 1
            if outcome.startswith(("crash", "nameless")):
                wrong.append(f"seed {seed}: {outcome}")
    memory = largest()
    ok = not wrong and worst <= SECONDS and memory <= limits.MEMORY_BYTES / MIB
    figures = {"named": len(NAMED), "mutated": FILES, "seconds at most": round(worst, 1),
               "MiB at most": round(memory), "outcomes": dict(outcomes), "wrong": wrong[:9]}  # fmt: skip
    return ok, figures


def attempt(path):
    """(outcome, seconds): "rows", "faults", the code of the refusal, or what went wrong."""
    started = time.perf_counter()
    outcome = "rows"
    try:
        with_faults = [row for row in rows.read(path) if row.faults]
        if with_faults:
            outcome = "faults" if all(named(row) for row in with_faults) else "nameless fault"
    except rows.Unreadable as error:
        outcome = error.code if error.message else "nameless refusal"
    except Exception as error:
        outcome = f"crash {type(error).__name__}"
    return outcome, time.perf_counter() - started


def named(row):
    """Whether a row with faults says where it is and what is wrong."""
    return row.number > 1 and all(fault.code and fault.message for fault in row.faults)


def largest():
    """MiB of the largest process that was waited for."""
    import resource

    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def remove(path):
    if path.is_dir():
        path.rmdir()
    else:
        path.unlink()


# --- what is mutated ---------------------------------------------------------------------------


def table_text():
    lines = [",".join(HEADERS)] + [",".join(map(str, row)) for row in ROWS]
    return "\r\n".join(lines) + "\r\n"


def workbook():
    """A sound workbook in bytes."""
    out = io.BytesIO()
    write.xlsx(out, HEADERS, ROWS)
    return out.getvalue()


SEEDS = [
    table_text().encode(),
    table_text().encode("utf-8-sig"),
    table_text().encode("gb18030"),
    table_text().encode("utf-16"),
    gzip.compress(table_text().encode()),
    b'[{"id": 1, "name": "a", "contacts": [{"x": 1}]}, {"id": 2, "name": "\xe4\xb8\xad"}]',
    workbook(),
    *(path.read_bytes() for path in sorted(DATA.glob("*.csv"))),
]


def mutated(choose):
    """The bytes of one seed after one to four mutations."""
    data = choose.choice(SEEDS)
    for _ in range(choose.randint(1, 4)):
        data = choose.choice(MUTATIONS)(data, choose)
    return data or b"\n"


def flip(data, choose):
    data = bytearray(data)
    for _ in range(choose.randint(1, 1 + len(data) // 100)):
        data[choose.randrange(len(data))] = choose.randrange(256)
    return bytes(data)


def cut(data, choose):
    return data[: choose.randint(1, len(data))]


def inserted(data, choose):
    at = choose.randint(0, len(data))
    piece = choose.choice(
        [b"\0", b'"', b"\r", b"\n", b"\xff\xfe", b"\xef\xbb\xbf", b",", b"\t" * 50, b"=1+1,",
         b"x" * 1_000_000, b"," * 16_384, b"<!DOCTYPE a>", b"[" * 3_000, b"\xd6\xd0", b"\x80"]
    )  # fmt: skip
    return data[:at] + piece + data[at:]


def doubled(data, choose):
    start = choose.randrange(len(data))
    piece = data[start : start + choose.randint(1, 500)]
    return data[:start] + piece * choose.randint(2, 20) + data[start:]


def line_ends(data, choose):
    return data.replace(b"\r\n", choose.choice([b"\n", b"\r", b"\n\r", b"\x85", b"\xe2\x80\xa8"]))


def recoded(data, choose):
    text = data.decode("utf-8", "replace")
    code = choose.choice(["utf-16-le", "utf-16-be", "utf-32", "gb18030", "cp1252", "big5"])
    return text.encode(code, "ignore")


def within(data, choose):
    """Damage inside of a workbook, so that the archive itself stays sound."""
    if not data.startswith(b"PK"):
        return flip(data, choose)
    out = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
            for part in old.infolist():
                body = old.read(part)
                if body and choose.random() < 0.4:
                    body = choose.choice([flip, cut, inserted, doubled])(body, choose)
                if choose.random() > 0.05:
                    new.writestr(part.filename, body)
    except Exception:  # an archive that earlier mutations broke
        return flip(data, choose)
    return out.getvalue()


MUTATIONS = [flip, cut, inserted, doubled, line_ends, recoded, within, within]


# --- named files -------------------------------------------------------------------------------


def plain(data):
    return lambda path: path.write_bytes(data)


def sparse(path):
    with path.open("wb") as file:
        file.truncate(2 << 30)


def made(fill):
    """A workbook that `fill` writes."""

    def build(path):
        book = Workbook()
        fill(book.active)
        book.save(path)

    return build


def reworked(edit, extra=None):
    """The sound workbook with its first sheet edited, and more parts."""

    def build(path):
        with (
            zipfile.ZipFile(io.BytesIO(workbook())) as old,
            zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new,
        ):
            for part in old.infolist():
                body = old.read(part)
                new.writestr(part.filename, edit(body) if "sheet1" in part.filename else body)
            for name, body in (extra or {}).items():
                new.writestr(name, body)

    return build


def entities(body):
    """A billion laughs in front of the sheet."""
    head = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    for one, two in zip(b"abcdefgh", b"bcdefghi", strict=True):
        head += b'<!ENTITY %c "%s">' % (two, b"&%c;" % one * 10)
    return (
        head + b"]>" + body.partition(b"?>")[2].lstrip()
        if b"?>" in body[:80]
        else head + b"]>" + body
    )


def bomb(path):
    """42 kB that claim to be 4 GB."""
    reworked(lambda body: body + b" " * 30_000_000)(path)
    data = bytearray(path.read_bytes())
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        if b"sheet1" in data[at : at + 120]:
            data[at + 24 : at + 28] = struct.pack("<I", 0xFFFFFFF0)
        at = data.find(b"PK\x01\x02", at + 4)
    path.write_bytes(data)


def empty_rows(body):
    """A sheet of 1,048,576 rows without a cell."""
    head = body.partition(b"<sheetData>")[0]
    return head + b"<sheetData>" + b"<row/>" * 1_048_576 + b"</sheetData></worksheet>"


def unpacks_to_too_much(path):
    with gzip.open(path, "wb", compresslevel=1) as file:
        for _ in range(limits.FILE_BYTES // MIB + 2):
            file.write(b"a,b\n" * (MIB // 4))


def merged(sheet):
    sheet.append(["a", "b"])
    sheet.append(["x", 1])
    sheet.append([None, 2])
    sheet.merge_cells("A2:A3")


NAMED = [
    ("zero bytes", plain(b""), "empty"),
    ("a folder", lambda path: path.mkdir(), "folder"),
    ("a pipe", os.mkfifo if hasattr(os, "mkfifo") else plain(b""), "not_a_file"),
    ("2 GB", sparse, "file_size"),
    ("only line ends", plain(b"\n\r\n\r"), "empty"),
    ("a cell of a million characters", plain(b"a,b\n1," + b"x" * 10**6 + b"\n2,3\n"), "faults"),
    ("16,384 columns", plain(b"," * 16_383 + b"x\n1\n"), "columns"),
    ("16,384 columns of a workbook", made(lambda s: s.append(["h"] * 16_384)), "columns"),
    ("NUL", plain(b"a,b\n1\0,2\n"), "rows"),
    ("mixed line ends", plain(b"a,b\r\n1,2\n3,4\r5,6\n"), "rows"),
    ("a quotation mark that stays open", plain(b'a,b\n1,"x\n2,3\n'), "faults"),
    ("a row with too many cells", plain(b"a,b\n1,2,3\n"), "faults"),
    ("one endless line", plain(b"x" * 20_000_000), "line_length"),
    ("no text", plain(bytes(range(256)) * 200), "binary"),
    ("an old workbook", plain(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600), "old_excel"),
    ("nested too deeply", plain(b"[" * 10**6), "nesting"),
    ("more memory than a file may take", plain(b"[" + b"[]," * 9_000_000 + b"[]]"), "memory"),
    ("a gzip that unpacks to too much", unpacks_to_too_much, "unpacked_size"),
    ("a zip bomb", bomb, "unpacked_size"),
    ("XML entities", reworked(entities), "entities"),
    ("1,048,576 empty rows", reworked(empty_rows), "empty"),
    ("macros", reworked(bytes, {"xl/vbaProject.bin": b"x"}), "rows"),
    ("links to other files", reworked(bytes, {"xl/externalLinks/externalLink1.xml": b"<x/>"}), "rows"),
    ("merged cells", made(merged), "rows"),
    ("a workbook cut short", plain(workbook()[:-300]), "damaged"),
]  # fmt: skip


def careless(what):
    """The parsing process without one of its guards."""
    return patched(what, "kit.rows.reading.PARSER", ("tests.accept.careless", what))


MUTANTS = [
    careless("no limit of memory"),
    careless("no limit of cells"),
    careless("entities are welcome"),
    patched("any file is opened", "kit.rows.limits.FILE_BYTES", 4 << 30),
]
