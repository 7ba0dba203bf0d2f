"""Departments and teams as a tree, and who belongs to them since when."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from tree_queries.models import TreeNode
from tree_queries.query import TreeQuerySet

from accounts.access import Action
from accounts.scopes import PersonScope
from kit.clock import StatementNow
from kit.history import history
from kit.registry import Held, Holding, not_over
from kit.scoping import Everyone, ScopedQuerySet


class UnitQuerySet(ScopedQuerySet, TreeQuerySet):
    pass


@history()
class Unit(TreeNode):
    """A department or a team."""

    class Kind(models.TextChoices):
        COMPANY = "company", _("Company")
        DEPARTMENT = "department", _("Department")
        TEAM = "team", _("Team")

    class Function(models.TextChoices):
        SALES = "sales", _("Sales")
        SERVICE_LINE = "service_line", _("Service line")
        PRODUCT = "product", _("Product")
        TECHNICAL = "technical", _("Technical")
        FINANCE = "finance", _("Finance")
        MARKETING = "marketing", _("Marketing")
        SALES_SERVICE = "sales_service", _("Sales service")
        AFTER_SALES = "after_sales", _("After-sales")
        LOGISTICS = "logistics", _("Logistics")
        HR = "hr", _("Human resources")
        OFFICE = "office", _("Management")

    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    name = models.CharField(_("name"), max_length=80)
    name_zh = models.CharField(_("Chinese name"), max_length=80, blank=True)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.TEAM)
    function = models.CharField(max_length=14, choices=Function, default=Function.SALES)
    position = models.PositiveSmallIntegerField(default=0)

    scope = Everyone()
    objects = models.Manager.from_queryset(UnitQuerySet)()

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self):
        from django.utils.translation import get_language

        chinese = (get_language() or "").startswith("zh")
        return (self.name_zh if chinese else "") or self.name

    @property
    def other_name(self):
        """The name in the language that the page does not speak, if there is one."""
        return self.name if str(self) == self.name_zh else self.name_zh


class MembershipQuerySet(ScopedQuerySet):
    def at(self, instant=None):
        """Memberships in force at an instant (default: now)."""
        return self.filter(period__contains=instant or StatementNow())


@history()
class Membership(models.Model):
    """A person in a unit for a period, as a member or as its head. A head is a member too."""

    class Post(models.TextChoices):
        MEMBER = "member", _("Member")
        HEAD = "head", _("Head")

    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="memberships")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="memberships")
    post = models.CharField(max_length=6, choices=Post, default=Post.MEMBER)
    period = DateTimeRangeField()

    held = {"person": Holding(Held.CLOSE, _("Places in units"), open=not_over("period"))}
    scope = PersonScope("person", Action.PERSON_VIEW)
    objects = models.Manager.from_queryset(MembershipQuerySet)()

    class Meta:
        ordering = ["-period"]
        constraints = [
            ExclusionConstraint(
                name="one_head_per_unit",
                expressions=[("unit", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
                condition=Q(post="head"),
            ),
            ExclusionConstraint(
                name="one_home_per_person",
                expressions=[("person", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
                condition=Q(post="member"),
            ),
            models.CheckConstraint(condition=Q(period__isempty=False), name="membership_not_empty"),
        ]
