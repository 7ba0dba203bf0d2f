#!/usr/bin/env python3
"""The developer's one command: `python3 dev.py run`, `test`, and what else is typed.

This file only checks the Python version and hands over, so that an old Python gets a
sentence instead of a syntax error. `python3 dev.py help` lists the verbs.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit("Holdfast needs Python 3.11 or newer; this is %s.%s." % sys.version_info[:2])  # noqa: UP031

from devtools.verbs import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
