"""What receivers found missing in the files they took over, and how clean whose files were."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import Q

from accounts.access import Action
from accounts.models import Person
from accounts.selectors.calendar import working_calendar
from crm.models import Change, ChangeSet
from crm.seats import Seat
from handover.models import FileGap
from handover.selectors import rotation
from kit.clock import database_now
from kit.dates import company_zone, today

Origin = ChangeSet.Origin
RECENT = timedelta(days=365)


def days_to_record():
    """Working days within which the receiver records what the file lacked."""
    return after_move("gaps_recorded")["working_days_after"]


def after_move(name):
    """The part of the policy about what follows a move; None where the company took it out."""
    return next((part for part in rotation.policy()["after_move"] if part["id"] == name), None)


def taken_over():
    """Rows of rotations that were carried out."""
    rows = Change.objects.filter(state=Change.State.APPLIED, seat=Seat.ACCOUNT_MANAGER)
    return rows.filter(change_set__origin=Origin.ROTATION).select_related("change_set", "giver", "taker")  # fmt: skip


def open_for(person, customer):
    """The rotation by which a person took a customer over and may still say what it lacked, or None."""
    if after_move("gaps_recorded") is None:
        return None
    row = taken_over().filter(taker=person.pk, customer=customer).order_by("-pk").first()
    if row is None or today(company_zone()) > until(row):
        return None
    return row


def until(row):
    """The last day on which the receiver may record what a file lacked."""
    day = row.change_set.finished_at or row.change_set.effective_at
    calendar = working_calendar()
    return calendar.add_working_days(day.astimezone(calendar.zone).date(), days_to_record())


def of_customer(viewer, customer):
    """What was found at a customer, the latest first."""
    rows = FileGap.objects.visible_to(viewer).filter(customer=customer)
    return rows.select_related("found_by", "change__giver")


@dataclass
class Credit:
    """How the files of one outgoing person were found, as far as the viewer sees the customers."""

    person: Person
    moved: int = 0
    told: int = 0  # of which the receiver has said something
    complete: int = 0
    gaps: list = field(default_factory=list)


def credits(viewer):
    """A Credit of each person whose customers were rotated within a year, the cleanest first.

    Of customers the viewer sees, and of the viewer's own former ones, whose gaps are only counted.
    """
    rows = taken_over().filter(change_set__finished_at__gte=database_now() - RECENT)
    rows = rows.exclude(giver=None)
    rows = rows.filter(
        Q(pk__in=Change.objects.visible_to(viewer, Action.SEAT_HISTORY).values("pk")) | Q(giver=viewer.pk)
    )  # fmt: skip
    rows = list(rows)
    said = gaps_of(viewer, [row.pk for row in rows])
    by_person = {}
    for row in rows:
        count(by_person.setdefault(row.giver_id, Credit(row.giver)), said[row.pk])
    order = by_person.values()
    return sorted(order, key=lambda one: (len(one.gaps), -one.complete, one.person.sort_key))


def gaps_of(viewer, changes):
    """Change id → what its receiver said; `seen`: whether the viewer may read it."""
    rows = FileGap.objects.filter(change__in=changes)
    visible = set(rows.visible_to(viewer, Action.SEAT_HISTORY).values_list("pk", flat=True))
    found = defaultdict(list)
    for gap in rows.select_related("customer", "found_by"):
        gap.seen = gap.pk in visible
        found[gap.change_id].append(gap)
    return found


def count(credit, said):
    """Add one rotated customer to a Credit. said: what its receiver recorded."""
    lacks = [gap for gap in said if gap.part != FileGap.Part.NOTHING]
    credit.moved += 1
    credit.told += bool(said)
    credit.complete += bool(said) and not lacks
    credit.gaps += lacks
