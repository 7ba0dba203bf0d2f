"""How the notices about file exams read."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.selectors.notifications import Line, renders
from crm.models import Exam
from kit.templatetags.words import grouped, short_day_words, shown_name


@renders("exam.due", outside=_lazy("A few questions about a customer wait for you."))
def exam_due(viewer, notices):
    """The exam of the month waits for a backup."""
    return lines(viewer, notices, due_line)


@renders("exam.taken", outside=_lazy("A file of yours was tried by an exam."))
def exam_taken(viewer, notices):
    """Somebody answered about a customer of the account manager."""
    return lines(viewer, notices, taken_line)


def lines(viewer, notices, line):
    """Notice id → Line, of exams that the viewer may see."""
    ids = {notice.values.get("exam") for notice in notices}
    rows = Exam.objects.visible_to(viewer).select_related("customer", "examinee")
    rows = rows.filter(pk__in=[pk for pk in ids if isinstance(pk, int)]).in_bulk()
    return {notice.pk: line(rows.get(notice.values.get("exam"))) for notice in notices}


def due_line(exam):
    if exam is None:
        return Line(_("A file exam that no longer waits for you."), leads=False)
    names = {"customer": exam.customer.name, "day": short_day_words(exam.due_on)}
    text = _("Answer a few questions about %(customer)s from the file alone, by %(day)s.")
    return Line(text % names, customers=[exam.customer_id])


def taken_line(exam):
    if exam is None or not exam.taken_at:
        return Line(_("A file exam that you can no longer see."), leads=False)
    names = {
        "person": shown_name(exam.examinee), "customer": exam.customer.name,
        "right": grouped(exam.right), "asked": grouped(exam.asked),
    }  # fmt: skip
    text = _("%(person)s answered %(right)s of %(asked)s questions from the file of %(customer)s.")
    return Line(text % names, customers=[exam.customer_id])
