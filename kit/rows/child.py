"""The process that parses: takes a task on stdin, writes rows to stdout and the answer to stderr."""

import json
import sys
import tempfile

from kit.rows import limits
from kit.rows.sink import Enough, Sink, Stop


def restrict():
    """Limits of memory, processor time and size of what is written, where the system has them."""
    try:
        import resource
    except ImportError:
        return
    for kind, value in (
        ("RLIMIT_AS", limits.MEMORY_BYTES),
        ("RLIMIT_CPU", limits.CPU_SECONDS),
        ("RLIMIT_FSIZE", limits.SPOOL_BYTES),
        ("RLIMIT_CORE", 0),
    ):
        try:
            resource.setrlimit(getattr(resource, kind), (value, value))
        except (AttributeError, ValueError, OSError):
            continue  # a system that does not know this one


def main():
    """Read the task, parse the file, answer with one line of JSON."""
    restrict()
    task = json.loads(sys.stdin.buffer.read())
    try:
        answer = {"table": parse(**task)}
    except Stop as stop:
        answer = refusal(stop.code, stop.params, stop.row, stop.column)
    except MemoryError:
        answer = refusal("memory")
    except RecursionError:
        answer = refusal("nesting")
    except OSError:
        answer = refusal("damaged")
    except Exception as error:  # whatever a library says about a broken file
        sys.stderr.write(f"{type(error).__name__}: {error}"[:500])
        answer = refusal("damaged")
    sys.stdout.buffer.flush()
    sys.stderr.write("\n" + json.dumps(answer) + "\n")


def refusal(code, params=None, row=None, column=None):
    """The answer for a file that cannot be read."""
    return {"unreadable": {"code": code, "params": params or {}, "row": row, "column": column}}


def parse(path, sheet, encoding, first):
    """Parse the file into rows on stdout; returns what the table says about itself."""
    from kit.rows import source

    sink = Sink(sys.stdout.buffer, first)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        path = source.unpacked(path, folder)
        form = source.form(path, encoding)
        about = {"format": form, "encoding": None, "separator": None, "sheet": None, "sheets": []}
        try:
            source.parser(form)(path, sheet, encoding, sink, about)
        except Enough:
            sink.remark("preview", count=sink.count)
    if not sink.count:
        sink.remark("no_rows")
    sink.finish()
    return about | {"headers": sink.headers, "count": sink.count, "remarks": sink.remarks}


if __name__ == "__main__":
    main()
