"""Who of ours reaches which of their key contacts: a matrix, rows ours, columns theirs by function."""

from dataclasses import dataclass, field

from accounts.models import Person
from crm.models import Contact, Position
from crm.seats import Seat
from crm.selectors.network import REACHED

MOST = 12  # columns


@dataclass
class Column:
    """One of theirs, or a function in which nobody is known."""

    function: Position.Function
    contact: Contact | None = None
    is_key: bool = False

    @property
    def label(self):
        return self.function.label


@dataclass
class Row:
    """One of ours with the Thread to each column, None where there is none."""

    person: Person
    seat: str = ""
    is_leaving: bool = False
    cells: list = field(default_factory=list)

    @property
    def known(self):
        """(column, thread) of those they know, in the order of the columns."""
        return [pair for pair in self.cells if pair[1]]


@dataclass
class Matrix:
    """The columns, the rows, and how many of theirs found no room."""

    columns: list = field(default_factory=list)
    rows: list = field(default_factory=list)
    more: int = 0


def matrix(known):
    """The Matrix of a Network: key persons where the viewer may know them, else everybody."""
    key = [place for place in known.places if place.is_key]
    people = sorted(key or known.places, key=lambda place: order(place.function))
    found = [
        Column(Position.Function(place.function), place.contact, bool(place.is_key))
        for place in people[:MOST]
    ]
    found += [Column(Position.Function(function)) for function in known.unreached()]
    found.sort(key=lambda column: order(column.function))
    seats = {row.person_id: Seat(row.seat).label for row in known.seats}
    rows = [
        Row(one, seats.get(one.pk, ""), one.pk in known.leaving, cells(known, one, found))
        for one in known.people
    ]
    return Matrix(found, rows, max(0, len(people) - MOST))


def cells(known, person, columns):
    """(column, thread or None) of one of ours."""
    return [
        (column, column.contact and known.between(person.pk, column.contact.pk))
        for column in columns
    ]


def order(function):
    """The place of a function: who decides first, others last."""
    return REACHED.index(function) if function in REACHED else len(REACHED)
