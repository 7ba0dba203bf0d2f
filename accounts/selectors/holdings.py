"""What one person holds, by the registry: each relation with what becomes of it, counted."""

from dataclasses import dataclass

from django.db.models import Count, IntegerField, Value

from accounts.access import Action, Reach, can, reach
from accounts.scopes import OwnRows, PersonScope
from kit.registry import Held, Holding, declared, relations_to_people
from kit.scoping import Everyone

ABOUT_PEOPLE = (OwnRows, PersonScope, Everyone)


@dataclass
class Line:
    """One relation: how many rows still count, how many are over, where they are listed."""

    relation: str
    holding: Holding
    open: int = 0
    past: int = 0
    url: str = ""  # where they are listed, "" where the viewer has nothing to open

    @property
    def label(self):
        return self.holding.label

    @property
    def becomes(self):
        return self.holding.becomes


def held_by(person, viewer):
    """A Line per declared relation, in one statement, the fullest first.

    Rows that belong to customers count through the sight of `viewer`, unless their power to see what
    depends on people reaches everybody: it gives the counts then, never the rows. May raise nothing:
    whether `viewer` has that power over `person` is the caller's question.
    """
    lines, counts = [], []
    for relation in relations_to_people():
        holding = declared(relation)
        if holding.label:  # else of the machinery
            counts.append(counted(relation, holding, person, viewer, len(lines)))
            opens = not holding.action or can(viewer, holding.action)
            url = holding.address(person) if opens else ""
            lines.append(Line(relation.label, holding, url=url))
    for row in counts[0].union(*counts[1:], all=True):
        lines[row["nth_line"]].open = row["still"]
        lines[row["nth_line"]].past = row["every"] - row["still"]
    return sorted(lines, key=lambda line: (-line.open, -line.past, line.relation))


def to_hand_over(person, viewer=None):
    """(label, how many) of everything somebody else has to take before a person can leave.

    What is held counts whoever may know of it; with a viewer, without the secrets of others.
    """
    lines, counts = [], []
    for relation in relations_to_people():
        holding = declared(relation)
        if holding.becomes == Held.TRANSFER and holding.label:
            rows = relation.model._base_manager.all()
            if viewer is not None and getattr(relation.model.scope, "keeps_secrets", False):
                rows = relation.model._default_manager.visible_to(viewer)
            rows = rows.filter(relation.named(person)).filter(holding.still)
            nth = Value(len(lines), IntegerField())
            counts.append(
                rows.order_by()
                .annotate(nth_line=nth)
                .values("nth_line")
                .annotate(still=Count("pk"))
            )
            lines.append(holding.label)
    found = counts[0].union(*counts[1:], all=True)
    return [(lines[row["nth_line"]], row["still"]) for row in found if row["still"]]


def counted(relation, holding, person, viewer, nth):
    """The query of one relation's counts: which line, rows that still count, all rows."""
    rows = seen(relation.model, holding, viewer).filter(relation.named(person)).order_by()
    rows = rows.annotate(nth_line=Value(nth, IntegerField())).values("nth_line")
    return rows.annotate(still=Count("pk", filter=holding.still), every=Count("pk"))


def seen(model, holding, viewer):
    """The rows of a model that count for the viewer."""
    scope = getattr(model, "scope", None)
    counts_all = reach(viewer, Action.EXPOSURE_VIEW) == Reach.ALL
    counts_all = counts_all and not getattr(scope, "keeps_secrets", False)
    if counts_all or scope is None or isinstance(scope, ABOUT_PEOPLE):
        return model._base_manager.all()
    return model._default_manager.visible_to(viewer, holding.action or None)


def grouped(lines):
    """(disposition, its lines with rows, its lines without) for each disposition, in order."""
    found = []
    for becomes in Held:
        own = [line for line in lines if line.becomes == becomes]
        full = [line for line in own if line.open or line.past]
        found.append((becomes, full, [line for line in own if line not in full]))
    return found
