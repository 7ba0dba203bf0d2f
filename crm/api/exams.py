"""File exams: questions answered from the file alone, and what they came to."""

from rest_framework import serializers
from rest_framework.decorators import action

from crm.models import Customer, Exam
from crm.selectors import exam_questions
from crm.selectors import exams as selectors
from crm.services import exams
from kit.api.base import ScopedViewSet, Way
from kit.api.paging import keyset
from kit.api.shapes import Body, InstantField, KeyField, Named, PageQuery, column, page_of

STATES = ["due", "begun", "taken"]


class ExamAnswerShape(serializers.Serializer):
    """One answer to choose."""

    answer = serializers.IntegerField(source="0")
    text = serializers.CharField(source="1")


class ExamQuestionShape(serializers.Serializer):
    """A question; without answers the file says nothing of it."""

    number = serializers.IntegerField()
    part = serializers.CharField(source="part.id")
    field = serializers.CharField(source="field.id")
    label = serializers.CharField(source="field.label")
    contact = Named(allow_null=True)
    answers = ExamAnswerShape(many=True)
    mark = serializers.CharField(
        allow_blank=True, help_text="Once taken: right, wrong, skipped, gap or void."
    )


class ExamShape(serializers.Serializer):
    """An exam, as far as the asker may see it."""

    id = serializers.IntegerField()
    customer = Named()
    examinee = Named()
    occasion = serializers.ChoiceField(Exam.Occasion.choices)
    state = serializers.ChoiceField(STATES)
    due_on = serializers.DateField(allow_null=True)
    right = serializers.IntegerField(allow_null=True)
    asked = serializers.IntegerField(allow_null=True)
    parts = serializers.DictField(
        child=serializers.ListField(child=serializers.IntegerField()),
        help_text="Part → right, asked.",
    )
    taken_at = InstantField(allow_null=True)
    remark = serializers.CharField(allow_blank=True)


class ExamSheetShape(ExamShape):
    """With its questions."""

    questions = ExamQuestionShape(many=True, source="sheet")


class ExamQuery(PageQuery):
    """Of which customer or person, and whether they were taken."""

    customer = KeyField(required=False)
    examinee = KeyField(required=False)
    taken = serializers.BooleanField(required=False, allow_null=True, default=None)


class GivenAnswer(Body):
    """The answer to one question."""

    number = serializers.IntegerField(min_value=0, max_value=99)
    answer = serializers.IntegerField(
        min_value=0, max_value=99, allow_null=True, help_text="Null: not found in the file."
    )


class AnswersBody(Body):
    """All answers at once; what is left out was not found."""

    answers = GivenAnswer(many=True)


class RemarkBody(Body):
    """The account manager's word."""

    remark = column(Exam, "remark", required=True, allow_blank=False)


class ExamViewSet(ScopedViewSet):
    """Exams of one's own, and results that one may see."""

    model = Exam
    ways = {
        "list": Way(page_of(ExamShape), asks=ExamQuery),
        "retrieve": Way(ExamSheetShape),
        "begin": Way(ExamSheetShape, takes=Body),
        "answer_all": Way(ExamSheetShape, takes=AnswersBody),
        "remark": Way(ExamSheetShape, takes=RemarkBody),
    }

    def rows(self):
        return selectors.with_people()

    def list(self, request):
        """The latest first."""
        rows = self.get_queryset()
        wanted = {name: self.said[name] for name in ("customer", "examinee") if name in self.said}
        if self.said.get("taken") is not None:
            wanted["taken_at__isnull"] = not self.said["taken"]
        rows, following = keyset(rows.filter(**wanted), ("-pk",), self.said)
        return self.page(rows, following, [row.customer_id for row in rows])

    def retrieve(self, request, pk):
        """One exam with its questions; with the answers to choose from while it is one's own."""
        return self.shown(self.get_object())

    @action(detail=True, methods=["post"])
    def begin(self, request, pk):
        """Draw the questions of an exam that is due; again does nothing more."""
        exam = self.get_object()
        self.body()
        exams.begin(actor=request.user, exam=exam)
        return self.shown(self.get_object())

    @action(detail=True, methods=["post"], url_path="answer")
    def answer_all(self, request, pk):
        """Answer it, once and for good."""
        exam, given = self.get_object(), self.body()
        answers = {one["number"]: one["answer"] for one in given["answers"]}
        exams.answer(actor=request.user, exam=exam, answers=answers)
        return self.shown(self.get_object())

    @action(detail=True, methods=["post"])
    def remark(self, request, pk):
        """Remark on a result as the account manager."""
        exam, given = self.get_object(), self.body()
        exams.remark(actor=request.user, exam=exam, remark=given["remark"])
        return self.shown(self.get_object())

    def shown(self, exam, status=200):
        exam.sheet = exam_questions.sheet(self.request.user, exam)
        if exam.examinee_id != self.request.user.pk:
            for one in exam.sheet:
                one.answers = []
        return self.answer(exam, [exam.customer_id], status)


class CustomerExamViewSet(ExamViewSet):
    """The exam about a customer that one is to receive."""

    model = Customer
    ways = {"start": Way(ExamSheetShape, takes=Body, statuses=(200, 201))}

    def rows(self):
        return Customer.objects.all()

    def start(self, request, pk):
        """Begin it; 200 and the open one where it was begun before."""
        customer = self.get_object()
        self.body()
        known = selectors.open_of(request.user).filter(customer=customer).exists()
        exam = exams.start(actor=request.user, customer=customer)
        return self.shown(exam, 200 if known else 201)
