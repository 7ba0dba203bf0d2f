"""What came of an import, for people and for programs."""

from crm.imports import reasons
from crm.models import ImportRow
from crm.services import imports

LISTED = 100_000
# Reasons that leave a row out and stop nobody.
INCOMPLETE = {"bare", "no_customer", "no_order", "deleted"}


def result(imported):
    """The counts, every refused row with its reasons, and the notes; in the active language."""
    counts = ("read", "accepted", "created", "updated", "unchanged")
    return {name: getattr(imported, name) for name in counts} | {
        "refused": [
            {"row": row.number, "reason": told(imported, row)} for row in refused(imported)[:LISTED]
        ],
        "notes": [reasons.note(note) for note in imported.notes],
        "state": str(imported.state),
        "import": imported.pk,
    }


def refused(imported):
    """The refused rows in the order of the file."""
    return imported.rows.filter(outcome=ImportRow.Outcome.REFUSED).order_by("number")


def told(imported, row):
    """The reasons or remarks of a row as one text."""
    cells = imports.cells_of(imported, row)
    return " ".join(reasons.sentence(one, cells, imported.kind) for one in row.remarks)


def faulty(imported):
    """How many rows stop the import, and how many are only left out."""
    rows = list(refused(imported).values_list("remarks", flat=True))
    left = sum(all(one["code"] in INCOMPLETE for one in told) for told in rows)
    return len(rows) - left, left
