"""How much one person can look after, and the company's rules for changing who does."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.access import Action
from accounts.scopes import PersonScope
from crm.models.customers import Customer
from kit.history import history
from kit.registry import Held, Holding
from kit.scoping import Everyone, ScopedManager

MOST_POINTS = 10_000


def weight(label, default):
    """A field: the points that one customer of a tier counts."""
    return models.DecimalField(
        label, max_digits=5, decimal_places=2, default=default,
        validators=[MinValueValidator(0)],
    )  # fmt: skip


@history()
class OwnershipRules(models.Model):
    """The rules of this company for who looks after what (row 1)."""

    weight_a = weight(_("points of a customer of tier A"), "5")
    weight_b = weight(_("points of a customer of tier B"), "2")
    weight_c = weight(_("points of a customer of tier C"), "0.5")
    default_capacity = models.PositiveIntegerField(_("points one person can carry"), default=100)
    # A set of more rows than these asks for somebody else's approval.
    approval_rows = models.PositiveIntegerField(_("customers without approval"), default=20)
    # So does a new account manager for this tier or a better one; blank: for none.
    approval_tier = models.CharField(
        _("tier with approval"), max_length=1, choices=Customer.Tier, blank=True, default=""
    )
    acceptance_days = models.PositiveSmallIntegerField(_("working days to accept"), default=3)

    scope = Everyone()
    objects = ScopedManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="one_set_of_rules"),
            models.CheckConstraint(
                condition=Q(weight_a__gte=0, weight_b__gte=0, weight_c__gte=0),
                name="weights_not_negative",
            ),
        ]


@history()
class Capacity(models.Model):
    """What one person can carry where it differs from everybody's: part-timers, learners."""

    person = models.OneToOneField("accounts.Person", models.PROTECT, related_name="capacity")
    limit = models.PositiveIntegerField(_("points"))

    held = {"person": Holding(Held.HISTORY, _("A limit of their own"))}
    scope = PersonScope("person", Action.LOAD_VIEW)
    objects = ScopedManager()
