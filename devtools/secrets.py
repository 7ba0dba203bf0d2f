"""Passwords and keys of one data folder: made once, random, readable by its user only."""

import base64
import json
import os
import secrets
from pathlib import Path

from devtools.locks import exclusive

MADE = {
    "superuser": lambda: secrets.token_urlsafe(24),
    "owner": lambda: secrets.token_urlsafe(24),
    "app": lambda: secrets.token_urlsafe(24),
    "valkey": lambda: secrets.token_urlsafe(24),
    "secret_key": lambda: secrets.token_urlsafe(50),
    # Encrypts personal values. Whoever loses it loses them: back it up with the database.
    "field_key": lambda: base64.b64encode(os.urandom(32)).decode(),
}


def load(data: Path) -> dict[str, str]:
    """The secrets of the folder; missing ones are added, existing ones never change."""
    path = data / "secrets.json"
    with exclusive(data / "secrets.lock", wait=True):
        found = json.loads(path.read_text()) if path.exists() else {}
        missing = {name: make() for name, make in MADE.items() if name not in found}
        if missing:
            write_private(path, json.dumps(found | missing, indent=1))
    return found | missing


def write_private(path: Path, text: str) -> None:
    """Replace the file in one step, mode 0600 from the first byte."""
    new = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(new, path)
