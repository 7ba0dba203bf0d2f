"""File exams: what waits for somebody, the questions, and what they came to."""

from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Action, can
from crm.forms.exams import ExamForm, RemarkForm
from crm.models import Customer
from crm.selectors import exam_questions
from crm.selectors import exams as ask
from crm.services import exams
from kit.errors import NotAllowed
from kit.web import done, form_status, get_visible_or_404, page_number, paged, sent, show, submitted

PAGE = 25
both = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def index(request):
    """Exams that wait for this person, customers to come, and results one may see."""
    viewer, number = request.user, page_number(request)
    if not can(viewer, Action.CUSTOMER_VIEW):
        raise NotAllowed()
    rows = list(ask.results(viewer)[number * PAGE : (number + 1) * PAGE + 1])
    opened = [] if number else list(ask.open_of(viewer)[:PAGE])
    busy = {one.customer_id for one in opened}
    offers = [] if number else [one for one in ask.offers(viewer) if one.customer.pk not in busy]
    offers = [one for one in offers if not one.is_passed]
    shown = {row.customer_id for row in [*rows[:PAGE], *opened]}
    paged(request, rows, shown | {one.customer.pk for one in offers})
    return show(request, "crm/exams/index.html", {
        "opened": opened, "offers": offers, "results": rows[:PAGE],
        "previous": number - 1 if number else None, "next": number + 1 if rows[PAGE:] else None,
    })  # fmt: skip


@require_POST
def start(request, pk):
    """Begin the exam about a customer that is to come."""
    customer = get_visible_or_404(Customer, request, pk=pk)
    return done(request, exams.start(actor=request.user, customer=customer))


def the_exam(request, pk):
    return get_visible_or_404(ask.with_people(), request, pk=pk)


@both
def exam(request, pk):
    """The questions, answered once; then the result."""
    row = the_exam(request, pk)
    if row.taken_at and request.method != "POST":
        return result(request, row)
    if row.examinee_id != request.user.pk:
        raise NotAllowed()
    sheet = exam_questions.sheet(request.user, row)
    form = ExamForm(sent(request), sheet=sheet)

    def act(_given):
        return exams.answer(actor=request.user, exam=row, answers=form.answers())

    if submitted(request, form, act):
        return done(request, row, _("Answered."))
    context = {"exam": row, "form": form, "fields": [form[one.name] for one in form.asked],
               "gaps": sum(not one.answers and not one.is_void for one in sheet)}  # fmt: skip
    return show(request, "crm/exams/exam.html", context, customers=[row.customer_id],
                status=form_status(form))  # fmt: skip


@require_POST
def begin(request, pk):
    """Draw the questions of an exam that is due."""
    row = the_exam(request, pk)
    return done(request, exams.begin(actor=request.user, exam=row))


@require_POST
def remark(request, pk):
    """The account manager's word on a result; heads see it from then on."""
    row = the_exam(request, pk)
    form = RemarkForm(request.POST)

    def act(given):
        return exams.remark(actor=request.user, exam=row, remark=given["remark"])

    if submitted(request, form, act):
        return done(request, row, _("Saved. The heads above see the result now."))
    return result(request, row, form)


def result(request, row, form=None):
    """What an exam came to, part by part and question by question, without any value."""
    remarks = row.remarked_at is None and row.examinee_id != request.user.pk
    remarks = remarks and ask.manages(request.user, row)
    if form is None and remarks:
        form = RemarkForm()
    context = {
        "exam": row, "sheet": exam_questions.sheet(request.user, row), "form": form,
        "parts": ask.part_lines(row), "passed": ask.passed(row),
        "is_mine": row.examinee_id == request.user.pk,
    }  # fmt: skip
    return show(request, "crm/exams/result.html", context, customers=[row.customer_id],
                status=form_status(form) if form else 200)  # fmt: skip
