"""Where things lie. Every path is derived from the checkout, none is fixed."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
LOCK_FILE = ROOT / "requirements-dev.lock"


def data_folder() -> Path:
    """The folder of everything that must survive a restart: databases, keys, uploads."""
    return Path(os.environ.get("HOLDFAST_DATA") or ROOT / "var").resolve()


def say(text: str) -> None:
    """Progress goes to stderr, so that stdout stays readable by programs."""
    print(text, file=sys.stderr, flush=True)


class Stop(Exception):
    """A failure the developer can act on: printed as one message, without a traceback."""
