"""Change sets as lists show them: who gives what to whom, and whether it can still be undone."""

from dataclasses import dataclass, field

from django.db.models import Count, Exists, Min, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.access import Action
from accounts.models import Person
from accounts.selectors.org import people_led_by
from crm.models import Change, ChangeSet, Customer
from crm.seats import Seat
from kit.clock import StatementNow

State, RowState = ChangeSet.State, Change.State
OPEN = [State.PROPOSED, State.APPROVED, State.SCHEDULED, State.RUNNING]

WHY = {
    "receiver_gone": _("the receiver can take no customers any more"),
    "overtaken": _("another change was faster"),
    "changed_since": _("the seat has changed again since"),
    "former_gone": _("the former holder can take no customers any more"),
    "receiver_seat_gone": _(
        "the receiver can take no seat now and does not get the former one back"
    ),
    "pending": _("another change of this seat is on its way"),
    "declined": _("declined by the receiver"),
}


@dataclass
class Line:
    """One change set with what its reader may know of its rows."""

    change_set: ChangeSet
    count: int = 0
    seats: set = field(default_factory=set)
    givers: list = field(default_factory=list)
    takers: list = field(default_factory=list)
    vacates: bool = False  # some seat is left empty
    hindrance: str = ""  # why it cannot be undone, in words
    customer: Customer | None = None  # where it is about one alone

    @property
    def seat_words(self):
        return [Seat(seat).label for seat in Seat.values if seat in self.seats]


def listed(viewer, view):
    """The change sets of a tab that a person sees, the latest first: drafts, open or done."""
    rows = ChangeSet.objects.visible_to(viewer).select_related("made_by", "decided_by")
    if view == "drafts":
        return rows.filter(state=State.DRAFT, made_by=viewer).exclude(origin="undo")
    rows = rows.exclude(proposed_at=None)
    return rows.filter(state__in=OPEN) if view == "open" else rows.exclude(state__in=OPEN)


def lines(viewer, change_sets):
    """A Line of each of some change sets: one statement for any number of them."""
    found = {one.pk: Line(one) for one in change_sets}
    rows = Change.objects.visible_to(viewer).filter(change_set__in=found)
    rows = rows.exclude(state=RowState.LEFT_OUT).order_by()
    sides = [f"{side}{part}" for side in ("giver", "taker") for part in NAMES]
    for row in rows.values("change_set", "seat", *sides).annotate(
        count=Count("pk"), one=Min("customer"), name=Min("customer__name")
    ):
        line = found[row["change_set"]]
        line.count += row["count"]
        line.seats.add(row["seat"])
        line.vacates |= row["taker"] is None
        line.customer = Customer(pk=row["one"], name=row["name"]) if line.count == 1 else None
        for side, people in (("giver", line.givers), ("taker", line.takers)):
            known = dict(
                zip(("pk", "name", "latin_name"), (row[side + part] for part in NAMES), strict=True)
            )
            person = Person(**known)
            if person.pk and person not in people:
                people.append(person)
    return list(found.values())


NAMES = ("", "__name", "__latin_name")


# -- what can still be taken back ------------------------------------------------------------------
def recent(viewer, *, team=False):
    """Change sets that took effect within the last 72 hours: one's own, or also of whom one leads."""
    people = people_led_by(viewer) if team else {viewer.pk}
    rows = ChangeSet.objects.visible_to(viewer).filter(
        finished_at__gt=StatementNow() - ChangeSet.UNDO_FOR
    )
    rows = rows.filter(made_by__in=people).exclude(proposed_at=None)
    rows = rows.filter(state__in=[State.APPLIED, State.PARTLY_UNDONE, State.UNDONE])
    return rows.select_related("made_by", "decided_by").annotate(
        returning=being_undone(), is_over=Q(undo_until__lte=StatementNow())
    ).order_by("-finished_at", "-pk")  # fmt: skip


def being_undone():
    """Whether an undo of a set is at work."""
    back = ChangeSet.objects.filter(undoes=OuterRef("pk"))
    return Exists(back.filter(state__in=[State.SCHEDULED, State.RUNNING]))


def hindrance(viewer, one):
    """Why this person cannot undo a set of `recent`, in words; "" where it is possible."""
    if one.origin == ChangeSet.Origin.UNDO:
        return _("This is an undo itself.")
    if one.state == State.UNDONE:
        return _("It is undone already.")
    if one.undo_until is None or one.is_over:
        return _("The 72 hours are over.")
    if one.returning:
        return _("It is being undone.")
    if viewer.pk not in (one.made_by_id, one.decided_by_id):
        return _("Only who proposed or approved it takes it back.")
    return ""


def undoable(viewer):
    """How many change sets this person can still undo."""
    rows = ChangeSet.objects.visible_to(viewer, Action.SEAT_ASSIGN).filter(
        made_by=viewer, undo_until__gt=StatementNow(),
        state__in=[State.APPLIED, State.PARTLY_UNDONE],
    )  # fmt: skip
    return rows.exclude(origin=ChangeSet.Origin.UNDO).exclude(being_undone()).count()


# -- at a customer ---------------------------------------------------------------------------------
def of_assignments(viewer, ids):
    """Assignment id → the change set that made it, with who approved it, of those the viewer sees."""
    rows = Change.objects.visible_to(viewer).filter(assignment__in=ids)
    rows = rows.select_related("change_set__decided_by")
    return {row.assignment_id: row.change_set for row in rows}


def remarks(rows):
    """Give each row `why`: its remark in words."""
    for row in rows:
        row.why = WHY.get(row.remark.get("code", ""), "")
