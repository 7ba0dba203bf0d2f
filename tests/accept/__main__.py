"""`dev.py accept ID|all [--mutants] [--json]`: one line per id, exit code 0 or 1."""

import argparse
import importlib
import json
import logging
import sys
import time
import traceback
from pathlib import Path


def main(argv):
    options = parse(argv)
    import django

    django.setup()
    logging.disable(logging.ERROR)  # one line per id, nothing else
    from django.test.utils import setup_test_environment, teardown_test_environment

    from tests import cast, database

    setup_test_environment(debug=False)
    database.create()
    try:
        cast.build()
        results = [
            report(name, options) for name in options.names
        ]  # all of them, also after a failure
        return 0 if all(results) else 1
    finally:
        from django.db import connections

        connections.close_all()
        database.destroy()
        teardown_test_environment()


def known():
    """The ids that are built, in order."""
    here = Path(__file__).parent
    return sorted(p.stem.upper() for p in here.glob("[a-z][0-9][0-9].py"))


def parse(argv):
    parser = argparse.ArgumentParser(prog="dev.py accept")
    parser.add_argument("names", nargs="*", metavar="ID|all")
    parser.add_argument("--mutants", action="store_true", help="each mutant must turn its test red")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(argv)
    names = [name.upper() for name in options.names] or ["ALL"]
    options.names = known() if names == ["ALL"] else names
    if unknown := set(options.names) - set(known()):
        parser.error(f"not built: {', '.join(sorted(unknown))}; built: {', '.join(known())}")
    return options


def report(name, options):
    """Run one id, and with --mutants each of its mutants; True if all is as it should be."""
    module = importlib.import_module(f"tests.accept.{name.lower()}")
    if options.mutants:
        red = [mutant(name, module, one, options) for one in module.MUTANTS]
        return bool(red) and all(red)
    started = time.perf_counter()
    ok, figures = attempt(module)
    seconds = round(time.perf_counter() - started, 1)
    say(options, {"id": name, "ok": ok, "figure": figures, "seconds": seconds},
        f"{name} {'ok' if ok else 'FAIL'} figure={figures} ({seconds} s)")  # fmt: skip
    return ok


def mutant(name, module, one, options):
    """A test that stays green without its guard tests nothing."""
    with one.applied():
        ok, figures = attempt(module)
    say(options, {"id": name, "mutant": one.name, "red": not ok, "figure": figures},
        f"{name} mutant '{one.name}' {'red' if not ok else 'STILL GREEN'} figure={figures}")  # fmt: skip
    return not ok


def attempt(module):
    try:
        return module.run()
    except Exception as error:
        traceback.print_exc(limit=-6)
        return False, {"error": f"{type(error).__name__}: {error}"[:300]}


def say(options, row, line):
    print(json.dumps(row, default=str, ensure_ascii=False) if options.json else line, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
