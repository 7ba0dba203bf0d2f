"""The side of the caller: start the parsing process, wait for it, hand out what it found."""

import json
import os
import stat
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from kit.rows import limits

ROOT = Path(__file__).resolve().parents[2]
CHUNK = 1 << 16
PARSER = ("kit.rows.child",)
# Variables a Python needs to start; nothing else of ours goes to the process that parses.
PASSED = ("PATH", "PYTHONPATH", "SYSTEMROOT", "TMPDIR", "TEMP", "LD_LIBRARY_PATH")


class Unreadable(Exception):
    """The file as a whole cannot be read. `row` (int) and `column` (name) where they are known."""

    def __init__(self, message, code, row=None, column=None):
        super().__init__(message)
        self.message, self.code, self.row, self.column = message, code, row, column


@dataclass(frozen=True)
class Fault:
    """What is wrong with one row. `column` is a header, or None for the row as a whole."""

    code: str
    column: str | None
    params: dict

    @property
    def message(self):
        """A sentence in the language of the reader."""
        return wording().sentence(self.code, self.params)


@dataclass(frozen=True)
class Row:
    """One row. `number` is counted as in a spreadsheet: the header is 1 where nothing precedes it.

    `values` maps header to stripped text, "" when empty; `extra` holds cells beyond the headers.
    """

    number: int
    values: dict
    faults: tuple = ()
    extra: tuple = ()


@dataclass
class Table:
    """The rows of one file; may be iterated as often as wanted, one pass at a time or several."""

    format: str
    encoding: str | None
    separator: str | None
    sheet: str | None
    sheets: list
    headers: list
    count: int
    remarks: list = field(repr=False)
    spool: object = field(repr=False)

    @property
    def notes(self):
        """Remarks on the file as sentences in the language of the reader."""
        return [wording().sentence(code, params) for code, params in self.remarks]

    def __len__(self):
        return self.count

    def __iter__(self):
        headers = self.headers
        width = len(headers)
        for line in lines(self.spool):
            number, cells, faults, extra = json.loads(line)
            if len(cells) < width:
                cells.extend([""] * (width - len(cells)))
            found = tuple(
                Fault(code, None if at is None else headers[at], params)
                for code, at, params in faults
            )
            yield Row(number, dict(zip(headers, cells, strict=False)), found, tuple(extra))

    def close(self):
        """Give the disk space back now instead of at the end of the object."""
        self.spool.close()


def read(path, sheet=None, encoding=None, first=None):
    """The table in the file at `path`.

    `sheet`: name of a sheet of a workbook, or dotted path of a list in a JSON document; default is
    the first with data. `encoding`: where a person knows better than the evidence. `first`: stop
    after so many rows (a preview). Raises Unreadable.
    """
    check(path)
    spool = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the table
    task = {"path": os.path.abspath(path), "sheet": sheet, "encoding": encoding, "first": first}
    try:
        with tempfile.TemporaryFile() as report:
            status = parse(task, spool, report)
            answer = last_line(report)
        if answer is None:
            raise gone(status)
        if "unreadable" in answer:
            raise unreadable(**answer["unreadable"])
    except BaseException:
        spool.close()
        raise
    return Table(spool=spool, **answer["table"])


def check(path):
    """Refuse at once what need not be opened: no file, a folder, a pipe, nothing in it, too large."""
    try:
        found = os.stat(path)
    except (OSError, ValueError) as error:
        raise unreadable("missing") from error
    if stat.S_ISDIR(found.st_mode):
        raise unreadable("folder")
    if not stat.S_ISREG(found.st_mode):
        raise unreadable("not_a_file")
    if not found.st_size:
        raise unreadable("empty")
    if found.st_size > limits.FILE_BYTES:
        raise unreadable("file_size", {"limit": limits.FILE_BYTES // limits.MIB})


def parse(task, spool, report):
    """Run the parsing process to its end; returns its status, or None when it took too long."""
    environment = {name: os.environ[name] for name in PASSED if name in os.environ}
    process = subprocess.Popen(
        [sys.executable, "-X", "utf8", "-m", *PARSER],
        stdin=subprocess.PIPE,
        stdout=spool,
        stderr=report,
        cwd=ROOT,
        env=environment,
    )
    try:
        process.communicate(json.dumps(task).encode(), timeout=limits.WALL_SECONDS)
        return process.returncode
    except subprocess.TimeoutExpired:
        return None
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def last_line(report):
    """The answer of the process: the last line it wrote, if that is one."""
    report.seek(max(0, report.seek(0, os.SEEK_END) - 4 * limits.MIB))
    written = report.read().rstrip().rpartition(b"\n")[2]
    try:
        answer = json.loads(written)
    except ValueError:
        return None
    return answer if isinstance(answer, dict) else None


def gone(status):
    """Why a process that left no answer is gone: stopped by a limit."""
    import signal

    over = {-getattr(signal, name, 999) for name in ("SIGXCPU", "SIGKILL")}
    if status is None or status in over:
        return unreadable("time", {"limit": limits.CPU_SECONDS})
    return unreadable("stopped")


def unreadable(code, params=None, row=None, column=None):
    """The exception for a code of the wording."""
    return Unreadable(wording().sentence(code, params or {}), code, row, column)


def wording():
    """The sentences; only here, so that the parsing process starts without Django."""
    from kit.rows import wording

    return wording


def lines(spool):
    """The lines of a spool file, each pass with a position of its own."""
    position, rest = 0, b""
    while True:
        spool.seek(position)
        chunk = spool.read(CHUNK)
        position += len(chunk)
        if not chunk:
            return
        *whole, rest = (rest + chunk).split(b"\n")
        yield from whole
