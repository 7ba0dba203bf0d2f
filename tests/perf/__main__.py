"""`dev.py bench NAME [--size N] [--keep] [--json]`: measure, and print ratios to the bare page."""

import argparse
import importlib
import json
import sys

NAMES = ["access", "departure", "exposure", "file", "http", "import", "palette", "transfer"]
SIZES = {
    "1k": 1_000,
    "5k": 5_000,
    "10k": 10_000,
    "20k": 20_000,
    "50k": 50_000,
    "100k": 100_000,
    "1m": 1_000_000,
}


USUAL = {"exposure": "20k", "import": "50k", "palette": "100k", "transfer": "5k"}


def main(argv):
    parser = argparse.ArgumentParser(prog="dev.py bench")
    parser.add_argument("name", choices=NAMES)
    parser.add_argument(
        "--size",
        choices=SIZES,
        help="10k; 20k of `exposure`, 50k of `import`, 100k of `palette`, 5k of `transfer`",
    )
    parser.add_argument("--rounds", type=int, default=120, help="interleaved requests a page")
    parser.add_argument("--seconds", type=int, default=60, help="of `http`")
    parser.add_argument("--keep", action="store_true", help="keep the database for the next run")
    parser.add_argument("--json", action="store_true", help="the figures as the last line")
    options = parser.parse_args(argv)
    options.size = options.size or USUAL.get(options.name, "10k")
    module = "imports" if options.name == "import" else options.name
    bench = importlib.import_module(f"tests.perf.{module}")
    if options.name == "http":
        figures = bench.run(options.seconds, options.keep)
    else:
        figures = bench.run(options.size, SIZES[options.size], options.rounds, options.keep)
    if options.json:
        print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
