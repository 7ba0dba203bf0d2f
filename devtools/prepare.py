"""Bring database and static files up to date: the steps of `dev.py run` before its processes.

One Python process instead of one for each management command: Django's start is most of
their time. The last line it prints is the JSON of the demo logins.
"""

import contextlib
import io
import sys

import django
from django.core.management import call_command


def main(demo: bool) -> None:
    django.setup()
    call_command("check", fail_level="ERROR")
    call_command("migrate", database="owner", interactive=False, verbosity=0)
    call_command("load_content", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    if demo:
        call_command("seed_demo", "--if-empty")
    print(_logins() if demo else "{}")


def _logins() -> str:
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        call_command("demo_logins", "--json", stdout=printed)
    return printed.getvalue().strip().splitlines()[-1]


if __name__ == "__main__":
    main(demo="--demo" in sys.argv)
