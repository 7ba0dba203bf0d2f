"""`dev.py check`: every habit that a machine can watch. All run, all failures are shown."""

import re
import subprocess
import time

from devtools import handover
from devtools.paths import PYTHON, ROOT, say

TEMPLATES = "templates/**/*.html"


def run(environment: dict[str, str]) -> int:
    handover.quietly(environment, "-m", "devtools.prepare")
    failed = [
        name for name, command in _commands().items() if not _passes(name, command, environment)
    ]
    say(f"\nFailed: {', '.join(failed)}" if failed else "\nAll checks passed.")
    return 1 if failed else 0


def _commands() -> dict[str, list[str]]:
    templates = [str(path.relative_to(ROOT)) for path in sorted(ROOT.glob(TEMPLATES))]
    module = [str(PYTHON), "-m"]
    django = [str(PYTHON), "manage.py"]
    return {
        "ruff": [*module, "ruff", "check", "."],
        "format": [*module, "ruff", "format", "--check", "."],
        "templates": ["djade", "--check", "--target-version", "5.2", *templates],
        "layers": ["lint-imports"],
        "types": [*module, "mypy"],
        "django": [*django, "check", "--fail-level", "WARNING"],
        "migrations": [*django, "makemigrations", "--check", "--dry-run"],
        "triggers": [*django, "pgtrigger", "ls", "--database", "owner"],
        "compose": [
            "check-jsonschema",
            "--builtin-schema",
            "vendor.compose-spec",
            "docker-compose.yml",
        ],
    }


def _passes(name: str, command: list[str], environment: dict[str, str]) -> bool:
    started = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    output = done.stdout + done.stderr
    good = done.returncode == 0
    if name == "triggers":  # it lists them in colours, and leaves the judgement to us
        lines = re.sub(r"\x1b\[\d+m", "", output).splitlines()
        output = "\n".join(line for line in lines if not line.startswith("INSTALLED ENABLED"))
        good = good and not output
    say(f"{'ok  ' if good else 'FAIL'} {name} ({time.monotonic() - started:.1f} s)")
    if not good:
        say(output.rstrip())
    return good
