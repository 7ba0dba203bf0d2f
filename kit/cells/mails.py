"""Mail addresses, several in a cell, with letters of any script before the @."""

import re
from dataclasses import dataclass

from kit.cells.faults import Fault
from kit.cells.texts import plain

SEPARATOR = re.compile(r"[;,、|\n\s]+")
INSIDE = re.compile(r"(?:[^<>;,]*<([^<>]+)>)|(?:mailto:)?([^<>]+)", re.IGNORECASE)
LOCAL = re.compile(r"[^\s@<>()\[\],;:\\\"]{1,64}")
LABEL = re.compile(r"[^\W_](?:[\w-]{0,61}[^\W_])?")
LONGEST = 254


@dataclass(frozen=True)
class Mail:
    """One address: as written, in lower case, and what is wrong with it."""

    raw: str
    address: str
    faults: tuple = ()


def mails(text):
    """The addresses in a cell; what is none is kept with its fault."""
    shown = plain((text or "").replace("\n", ";"))
    if "<" in shown:
        parts = [part for part in re.split(r"[;,]", shown) if part.strip()]
    else:
        parts = [part for part in SEPARATOR.split(shown) if part]
    return [mail(part.strip()) for part in parts]


def mail(part):
    """One address, also as `Name <name@company.com>` or `mailto:`."""
    found = INSIDE.fullmatch(part)
    address = ((found[1] or found[2]) if found else part).strip().rstrip(".").lower()
    local, _at, domain = address.rpartition("@")
    labels = domain.split(".")
    good = (
        LOCAL.fullmatch(local)
        and not local.startswith(".") and not local.endswith(".") and ".." not in local
        and len(labels) > 1 and all(LABEL.fullmatch(label) for label in labels)
        and not labels[-1].isdigit() and len(address) <= LONGEST
    )  # fmt: skip
    return Mail(part, address) if good else Mail(part, part, (Fault("no_mail", text=part[:60]),))
