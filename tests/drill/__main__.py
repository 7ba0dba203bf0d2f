"""`dev.py drill NAME [--points N] [--seed S] [--seconds N] [--json]`: exit code 0 when it held.

A drill is a module with `run(options) -> (ok, figures)`. It says what it does on stderr, so that
--json leaves one line on stdout.
"""

import argparse
import importlib
import json
import os
import sys
import time

# name: (module, points when none are given, what a point is)
DRILLS = {
    "chaos": ("tests.drill.chaos", 50, "kills of random processes"),
    "broker": ("tests.drill.broker", 1, "losses of Redis with all it held"),
    "database": ("tests.drill.database", 10, "kills of PostgreSQL"),
    "reminders": ("tests.drill.reminders", 10_000, "due reminders"),
    "fleet": ("tests.drill.machines", 2, "machines"),
    "restore": ("tests.drill.restore", 1, "restores"),
    "import": ("tests.drill.imports", 20, "kills of an import"),
    "transfer": ("tests.drill.transfers", 50, "kills of a worker that carries out a transfer"),
}


def main(argv):
    options = parse(argv)
    module, points, _what = DRILLS[options.name]
    options.points = options.points or points
    started = time.monotonic()
    try:
        drill = importlib.import_module(module)
    except ModuleNotFoundError as missing:
        if missing.name != module:
            raise
        raise SystemExit(f"The drill {options.name} is not built.") from missing
    ok, figures = drill.run(options)
    told = {"drill": options.name, "ok": ok, "seed": options.seed, "points": options.points,
            "figure": figures, "seconds": round(time.monotonic() - started, 1)}  # fmt: skip
    if options.json:
        print(json.dumps(told))
    else:
        print(f"{options.name} {'ok' if ok else 'FAIL'} ({told['seconds']} s)")
        for name, value in figures.items():
            print(f"  {name:38} {value}")
    return 0 if ok else 1


def parse(argv):
    parser = argparse.ArgumentParser(prog="dev.py drill")
    lines = "; ".join(f"{name}: {points} {what}" for name, (_, points, what) in DRILLS.items())
    parser.add_argument("name", choices=DRILLS, help=lines)
    parser.add_argument("--points", type=int, default=0)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument(
        "--seconds", type=int, default=0, help="how long to keep on, where it applies"
    )
    parser.add_argument(
        "--size",
        type=int,
        default=0,
        help="rows of `import` (50,000), customers of `transfer` (5,000)",
    )
    parser.add_argument("--mutant", default="", help="a guard that is taken away first")
    parser.add_argument("--json", action="store_true", help="the figures as the last line")
    options = parser.parse_args(argv)
    os.environ["HOLDFAST_MUTANT"] = options.mutant
    return options


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
