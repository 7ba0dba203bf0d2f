"""File exams: who is to sit which, what they came to, and what they say of a file."""

from dataclasses import dataclass
from datetime import timedelta

from accounts.access import Action, can
from crm.models import Change, Customer, Exam
from crm.selectors import file_fields
from crm.selectors.completeness import percent
from crm.selectors.exam_questions import rules
from kit.dates import company_zone, today

YEAR = timedelta(days=365)
MOST = 50  # customers to come that are listed


# -- who sits which --------------------------------------------------------------------------------
def with_people():
    """Exams with the customer and the people, before anybody's sight."""
    return Exam.objects.select_related("customer", "examinee", "remarked_by")


def open_of(viewer):
    """Exams that wait for this person, those due first."""
    rows = Exam.objects.visible_to(viewer).filter(examinee=viewer, taken_at__isnull=True)
    return rows.select_related("customer").order_by("due_on", "pk")


def coming(viewer, customers=None):
    """Organisations that this person is to receive and sees already, as a queryset.

    customers: ids among which they are sought.
    """
    rows = Change.objects.visible_to(viewer).filter(
        taker=viewer, reserved=True, state=Change.State.WAITING
    )
    if customers is not None:
        rows = rows.filter(customer__in=customers)
    return Customer.objects.visible_to(viewer).filter(
        pk__in=rows.values("customer"), kind=Customer.Kind.ORGANISATION
    )


@dataclass
class Offer:
    """A customer that is to come, and the exam about it: none yet, open, or taken last."""

    customer: Customer
    exam: Exam | None = None

    @property
    def is_passed(self):
        return self.exam is not None and passed(self.exam)


def offers(viewer, customers=None):
    """The Offers of this person (of some customers, by ids): what is not passed yet first."""
    rows = list(coming(viewer, customers).order_by("tier", "sort_key", "pk")[:MOST])
    own = Exam.objects.visible_to(viewer).filter(
        examinee=viewer, customer__in=[row.pk for row in rows],
        occasion=Exam.Occasion.ACCEPTANCE,
    )  # fmt: skip
    latest = {exam.customer_id: exam for exam in own.order_by("pk")}
    return [Offer(row, latest.get(row.pk)) for row in rows]


def passed(exam):
    """Whether an exam that was taken reached what the company asks for."""
    return exam.percent is not None and exam.percent >= rules()["pass_percent"]


def results(viewer):
    """Exams that were taken and that this person may see, the latest first."""
    rows = Exam.objects.visible_to(viewer).filter(taken_at__isnull=False)
    return rows.select_related("customer", "examinee").order_by("-taken_at", "-pk")


# -- the honest completeness -----------------------------------------------------------------------
@dataclass
class Honest:
    """What exams of the last year came to: of the whole file and of each part, in percent."""

    right: int
    asked: int
    parts: dict
    exams: list

    @property
    def percent(self):
        return percent(self.right / self.asked)

    @property
    def last(self):
        return self.exams[0]


def honest(viewer, customer):
    """The Honest of a customer by the exams that this person may see, or None without any."""
    since = today(company_zone()) - YEAR
    rows = list(results(viewer).filter(customer=customer, taken_at__date__gte=since))
    sums = {}
    for row in rows:
        for part, (right, asked) in row.parts.items():
            one = sums.setdefault(part, [0, 0])
            one[0] += right
            one[1] += asked
    right, asked = (sum(one[at] for one in sums.values()) for at in (0, 1))
    if not asked:
        return None
    shares = {part: percent(one[0] / one[1]) for part, one in sums.items() if one[1]}
    return Honest(right, asked, shares, rows)


def part_lines(exam):
    """[(label of the part, right, asked)] of an exam, in the order of the file."""
    return [
        (part.label, *exam.parts[part.id]) for part in file_fields.parts() if part.id in exam.parts
    ]


def manages(viewer, exam):
    """Whether the result is this person's to remark on."""
    return can(viewer, Action.EXAM_VIEW, exam)
