"""The company, and its working calendar."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kit.history import history
from kit.scoping import Everyone, ScopedManager


@history()
class Company(models.Model):
    """The one company of this installation (row 1)."""

    name = models.CharField(max_length=120)
    name_zh = models.CharField(max_length=120, blank=True)
    time_zone = models.CharField(max_length=40, default="Asia/Shanghai")
    currency = models.CharField(max_length=3, default="CNY")
    country = models.CharField(max_length=2, default="CN")
    day_starts = models.TimeField(default="09:00")
    day_ends = models.TimeField(default="18:00")
    reveal_budget = models.PositiveIntegerField(default=60)  # distinct reveals a person a day

    scope = Everyone()
    objects = ScopedManager()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_company")]


@history()
class CalendarDay(models.Model):
    """A day that differs from the plain week: a holiday, or a make-up working day."""

    day = models.DateField(primary_key=True)
    is_working = models.BooleanField()
    name = models.CharField(_("name"), max_length=120, blank=True)
    name_zh = models.CharField(_("Chinese name"), max_length=120, blank=True)

    scope = Everyone()
    objects = ScopedManager()

    class Meta:
        ordering = ["day"]

    def __str__(self):
        chinese = (get_language() or "").startswith("zh")
        return (self.name_zh if chinese else "") or self.name
