"""File exams are begun, answered and remarked on; once a month every backup is given one.

Which questions were asked and what was answered stays out of the trail, which has the score.
"""

from datetime import timedelta

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.access import Action
from accounts.audit import record
from accounts.models import Notice
from accounts.service import clean, service
from accounts.services.notifications import addressee, notify
from crm.models import Customer, Exam
from crm.selectors import cadence, exam_questions, exams, ownership
from kit.clock import database_now
from kit.dates import company_zone, today
from kit.errors import Conflict, NotAllowed, Refused
from kit.once import DoneAlready, harmless_twice

LEAST = timedelta(days=7)  # to answer an exam that is drawn late in a month
DAY = timedelta(days=1)
# One customer of each able backup who has none this month; whoever comes second finds it claimed.
CLAIM = """
    INSERT INTO crm_exam (customer_id, examinee_id, occasion, month, due_on)
    SELECT DISTINCT ON (a.person_id) a.customer_id, a.person_id, 'monthly', %(month)s, %(due)s
    FROM crm_assignment a
    JOIN crm_customer c ON c.id = a.customer_id AND c.kind = 'organisation' AND c.status = ANY(%(open)s)
    JOIN accounts_person p ON p.id = a.person_id AND p.state = 'active'
    WHERE a.seat = 'backup' AND a.period @> statement_timestamp()
      AND NOT EXISTS (SELECT 1 FROM crm_exam e WHERE e.examinee_id = a.person_id
                      AND e.month = %(month)s)
    ORDER BY a.person_id, random()
    ON CONFLICT DO NOTHING
    RETURNING id
"""


@harmless_twice
@service(Action.CUSTOMER_VIEW, on="customer")
def start(*, actor, customer):
    """Begin the exam about a customer that one is to receive; an open one goes on. Returns the Exam."""
    offer = next(iter(exams.offers(actor, [customer.pk])), None)
    if offer is None:
        raise Refused(_("This exam is for whoever is to take the customer over."))
    if offer.exam and not offer.exam.taken_at:
        raise DoneAlready(offer.exam)
    if offer.is_passed:
        raise Conflict(_("This exam has been passed already."))
    exam = Exam(customer=customer, examinee=actor, occasion=Exam.Occasion.ACCEPTANCE)
    put_questions(actor, exam)
    record(exam, {"occasion": (None, exam.occasion)}, customer=customer)
    return exam


@harmless_twice
@service(Action.CUSTOMER_VIEW, on="exam")
def begin(*, actor, exam):
    """Draw the questions of an exam that is due. Returns it."""
    if exam.begun_at:
        raise DoneAlready(exam)
    put_questions(actor, exam)
    record(exam, {"occasion": (None, exam.occasion)}, customer=exam.customer)
    return exam


def put_questions(actor, exam):
    """Draw and save; Refused where the file asks for nothing that this person may see."""
    exam.questions = exam_questions.draw(actor, exam.customer)
    if not exam.questions:
        raise Refused(_("There is nothing to ask about in this file."))
    exam.begun_at = database_now()
    exam.save()


@service(Action.CUSTOMER_VIEW, on="exam")
def answer(*, actor, exam, answers):
    """Answer an exam for good. answers: number of the question → place of the answer or None.

    Returns the exam with its score. Raises Refused at `answer<number>` for what was not offered.
    """
    if exam.taken_at:
        raise Conflict(_("This exam has been answered already."))
    if not exam.begun_at:
        raise Conflict(_("This exam has not been begun."))
    sheet = exam_questions.sheet(actor, exam)
    known = {one.number: one for one in sheet}
    for number, place in answers.items():
        offered = [at for at, _text in known[number].answers] if number in known else []
        if place is not None and place not in offered:
            raise Refused(_("Choose one of these."), field=f"answer{number}")
    exam.marks = [
        exam_questions.mark(known[number], answers.get(number)) if number in known
        else Exam.Mark.VOID for number in range(len(exam.questions))
    ]  # fmt: skip
    exam.right, exam.asked, exam.parts = exam_questions.totals(exam.questions, exam.marks)
    exam.taken_at = database_now()
    exam.opens_at = exam.taken_at + exam_questions.rules()["head_days"] * DAY
    exam.save()
    record(exam, {"right": (None, exam.right), "asked": (None, exam.asked)}, customer=exam.customer)
    notify("exam.taken", to="exam.manager", url=exam.get_absolute_url(),
           values={"exam": exam.pk}, exam=exam.pk)  # fmt: skip
    return exam


def insert(rows, when=None):
    """Write exams that were taken, with their marks, inside a running verb.

    Returns them. when: see accounts.audit.insert.
    """
    return audit.insert(rows, ("right", "asked"), when)


@service(Action.EXAM_VIEW, on="exam")
def remark(*, actor, exam, remark):
    """The account manager says what there is to say; from then on the heads above see the result."""
    if exam.examinee_id == actor.pk:
        raise NotAllowed(_("Somebody else remarks on one's own exam."))
    if exam.remarked_at:
        raise Conflict(_("There is a remark already."))
    exam.remark = remark.strip()
    if not exam.remark:
        raise Refused(_("Write a remark."), field="remark")
    clean(exam, ["remark"])
    exam.remarked_by, exam.remarked_at = actor, database_now()
    exam.save()
    record(exam, {"remark": (None, exam.remark)}, personal=("remark",), customer=exam.customer)
    return exam


# -- once a month ----------------------------------------------------------------------------------
@transaction.atomic
def draw_month(day=None):
    """Give every backup the exam of the month of `day` (today). Returns how many were given."""
    if not exam_questions.rules()["monthly"]:
        return 0
    day = day or today(company_zone())
    month = day.replace(day=1)
    last = (month + 31 * DAY).replace(day=1) - DAY
    given = {"month": month, "due": max(last, day + LEAST), "open": list(cadence.OPEN)}
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, given)
        ids = [pk for (pk,) in cursor.fetchall()]
    tell(Exam.objects.filter(pk__in=ids))
    return len(ids)


def tell(rows):
    """Post the notices of exams that are due."""
    for exam in rows:
        notify("exam.due", to="exam.examinee", kind=Notice.Kind.ACTION, due_on=exam.due_on,
               url=exam.get_absolute_url(), values={"exam": exam.pk}, exam=exam.pk)  # fmt: skip


@addressee("exam.examinee")
def examinee_when_sent(about):
    """Who is to sit the exam, while it waits and they see the customer."""
    exam = Exam.objects.filter(pk=about["exam"], taken_at__isnull=True).first()
    if exam is None:
        return None
    seen = Customer.objects.visible_to(exam.examinee).filter(pk=exam.customer_id)
    return exam.examinee if seen.exists() else None


@addressee("exam.manager")
def manager_when_sent(about):
    """The account manager of now, unless they sat it themselves."""
    exam = Exam.objects.select_related("customer").get(pk=about["exam"])
    manager = ownership.holder(exam.customer, "account_manager")
    return None if manager is None or manager.pk == exam.examinee_id else manager
