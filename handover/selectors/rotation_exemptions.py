"""Exemptions from rotation as they are read: of one tenure, of one customer, those that wait."""

from accounts.access import Action, Reach, reach
from accounts.selectors.content import said
from crm.seats import Seat
from crm.selectors.ownership import holder
from handover.models import RotationExemption
from handover.selectors import rotation
from kit.dates import CompanyToday, company_zone, start_of_day

LEVEL = {"supervisor": Reach.TEAM, "sales_head": Reach.DEPARTMENT, "director": Reach.ALL}
State = RotationExemption.State


def reasons():
    """(code, words) of the reasons of the policy."""
    return [(part["id"], said(part["label"])) for part in rotation.policy()["exemptions"]["reasons"]]  # fmt: skip


def in_tenure(customer, person):
    """The exemptions of a customer since this person began to look after it."""
    clock = rotation.clocks_of([customer.pk]).get(customer.pk)
    rows = RotationExemption.objects.filter(customer=customer, person=person)
    if clock is None:
        return rows
    return rows.filter(asked_at__gte=start_of_day(clock.started_on, company_zone()))


def decider_level(customer):
    """The least Reach of who decides about an exemption of a customer of this tier."""
    return LEVEL[rotation.policy()["exemptions"]["approval"][customer.tier]]


def of_customer(viewer, customer):
    """The exemptions of a customer, the latest first, with `words` of the reason and what one may do."""
    rows = RotationExemption.objects.visible_to(viewer).filter(customer=customer)
    rows = list(
        rows.select_related("person", "second_contact", "asked_by", "decided_by", "customer")
    )
    return [told(viewer, row) for row in rows]


def told(viewer, row):
    row.words = dict(reasons()).get(row.reason, row.reason)
    row.may_decide = row.state == State.ASKED and may_decide(viewer, row)
    row.may_end = row.state == State.APPROVED and may_lead(viewer, row)
    return row


def may_lead(viewer, row):
    """Whether the viewer may give the customer to somebody."""
    rows = RotationExemption.objects.visible_to(viewer, Action.SEAT_ASSIGN)
    return rows.filter(pk=row.pk).exists()


def may_decide(viewer, row):
    """Whether the viewer is somebody else than who asked and stands as high as the tier needs."""
    others = viewer.pk not in (row.asked_by_id, row.person_id)
    high = reach(viewer, Action.SEAT_ASSIGN) >= decider_level(row.customer)
    return others and high and may_lead(viewer, row)


def waiting(viewer):
    """Exemptions that wait for a decision that the viewer may make, the oldest first."""
    rows = RotationExemption.objects.visible_to(viewer, Action.SEAT_ASSIGN).filter(
        state=State.ASKED
    )
    rows = rows.exclude(asked_by=viewer.pk).exclude(person=viewer.pk).select_related("customer", "person")  # fmt: skip
    width = reach(viewer, Action.SEAT_ASSIGN)
    return [row for row in rows.order_by("pk") if width >= decider_level(row.customer)]


def losing_contact(viewer):
    """Exemptions in force whose second contact cannot stay in touch, that the viewer may mend."""
    rows = RotationExemption.objects.visible_to(viewer, Action.SEAT_ASSIGN)
    rows = rows.filter(state=State.APPROVED, until__gte=CompanyToday())
    rows = rows.exclude(second_contact__state="active").order_by("until", "pk")
    return list(rows.select_related("customer", "person", "second_contact", "asked_by", "decided_by"))  # fmt: skip


def second_contacts(people, customer):
    """Of some people those who could be the second contact of a customer."""
    manager = holder(customer, Seat.ACCOUNT_MANAGER)
    return people.exclude(pk=manager.pk) if manager else people
