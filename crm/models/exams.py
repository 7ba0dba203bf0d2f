"""The file exam: what somebody answers about a customer from the file alone.

A question names the facts that it is made of and never says them: what is shown is read when it is
shown, through the sight of whoever reads. So an exam keeps no value, and an erased one is gone.
"""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.scopes import ExamScope
from kit.registry import Held, Holding
from kit.scoping import ScopedManager
from kit.subjects import Tells


class Exam(models.Model):
    """One exam of one person about one customer.

    month: its first day, of those drawn by the month. questions: dicts of part, field, contact,
    fact (None: the file says nothing) and options (crm/selectors/exams.py); empty before it is
    begun. marks: what became of each question. parts: part → [right, asked].
    """

    class Occasion(models.TextChoices):
        ACCEPTANCE = "acceptance", _("Before a customer is taken over")
        MONTHLY = "monthly", _("Monthly, of backups")

    class Mark(models.TextChoices):
        RIGHT = "right", pgettext_lazy("exam", "Right")
        WRONG = "wrong", pgettext_lazy("exam", "Wrong")
        SKIPPED = "skipped", pgettext_lazy("exam", "Not found")
        GAP = "gap", pgettext_lazy("exam", "Not in the file")
        VOID = "void", pgettext_lazy("exam", "Not counted")

    customer = models.ForeignKey("crm.Customer", models.PROTECT, related_name="exams")
    examinee = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    occasion = models.CharField(max_length=10, choices=Occasion)
    month = models.DateField(null=True)
    due_on = models.DateField(null=True)
    made_at = models.DateTimeField(db_default=Now())
    begun_at = models.DateTimeField(null=True)
    questions = models.JSONField(default=list, db_default=[])
    taken_at = models.DateTimeField(null=True)
    opens_at = models.DateTimeField(null=True)  # from then on heads see it without a remark
    right = models.PositiveSmallIntegerField(null=True)
    asked = models.PositiveSmallIntegerField(null=True)
    marks = models.JSONField(default=list, db_default=[])
    parts = models.JSONField(default=dict, db_default={})
    remark = models.CharField(_("remark"), max_length=300, blank=True, db_default="")
    remarked_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    remarked_at = models.DateTimeField(null=True)

    held = {
        "examinee": Holding(Held.HISTORY, _("File exams")),
        "remarked_by": Holding(Held.HISTORY, _("Remarks on file exams")),
    }
    tells = {"customer": Tells(_("File exams"), words=("questions", "remark"))}
    scope = ExamScope()
    objects = ScopedManager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["examinee", "month"], condition=Q(occasion="monthly"),
                name="exam_once_a_month",
            ),
            models.UniqueConstraint(
                fields=["examinee", "customer"],
                condition=Q(occasion="acceptance", taken_at__isnull=True), name="exam_open_once",
            ),
            models.CheckConstraint(
                condition=Q(occasion="monthly", month__isnull=False)
                | Q(occasion="acceptance", month__isnull=True),
                name="exam_of_a_month",
            ),
            models.CheckConstraint(
                condition=Q(taken_at__isnull=True, opens_at__isnull=True, right__isnull=True,
                            asked__isnull=True)
                | Q(taken_at__isnull=False, opens_at__isnull=False, right__isnull=False,
                    asked__isnull=False),
                name="exam_taken",
            ),
            models.CheckConstraint(
                condition=Q(remarked_by__isnull=True, remarked_at__isnull=True)
                | Q(remarked_by__isnull=False, remarked_at__isnull=False),
                name="exam_remarked",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["customer", "-taken_at"], name="exam_of_customer")]

    def __str__(self):
        return f"#{self.pk}"

    def get_absolute_url(self):
        from django.urls import reverse

        return reverse("crm:exam", args=[self.pk])

    @property
    def state(self):
        """due, begun or taken."""
        if self.taken_at:
            return "taken"
        return "begun" if self.begun_at else "due"

    @property
    def percent(self):
        """Of the questions that counted; None before it is taken, or where none did."""
        return round(100 * self.right / self.asked) if self.asked else None
