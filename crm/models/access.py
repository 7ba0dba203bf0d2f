"""The access index, and explicit shares."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from guardian.models import UserObjectPermissionBase

from accounts.access import Action
from crm.scopes import CustomerScope
from kit.history import history
from kit.registry import Held, Holding, not_over
from kit.scoping import ScopedManager
from kit.subjects import Tells


class CustomerAccess(models.Model):
    """Derived: which principal may do what with which customer, from when to when.

    Written by crm.services.access_index alone, rebuilt by `rebuild_access`. A principal is an
    integer that says person or unit and the way it was reached, see crm.access.
    """

    customer = models.ForeignKey("crm.Customer", models.CASCADE, related_name="access")
    principal = models.BigIntegerField()
    rights = models.IntegerField()
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField()
    name_key = models.CharField(max_length=200, db_collation="C")
    search_key = models.CharField(max_length=600)
    last_activity_at = models.DateTimeField(null=True)

    tells = {"customer": None}

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "principal", "rights", "valid_from", "valid_to"],
                name="access_once",
            )
        ]
        indexes = [
            # They carry what the list tests of each row, so that it reads them without the table.
            models.Index(
                fields=["principal", "name_key", "customer"],
                include=["rights", "valid_from", "valid_to"],
                name="access_by_name",
            ),
            models.Index(
                models.F("principal"),
                models.F("last_activity_at").desc(nulls_last=True),
                models.F("customer").desc(),
                include=["rights", "valid_from", "valid_to"],
                name="access_by_activity",
            ),
        ]


@history()
class Share(UserObjectPermissionBase):
    """One named right on one customer, for one person, until a date, with a reason.

    A direct-foreign-key row of django-guardian. Only crm.services.shares writes it; only the access
    index reads it. guardian's unique_together is replaced, so that an expired share does not block
    the next one.
    """

    content_object = models.ForeignKey("crm.Customer", models.PROTECT, related_name="shares")
    user = models.ForeignKey("accounts.Person", models.PROTECT, related_name="shares")
    permission = models.ForeignKey("auth.Permission", models.PROTECT, related_name="+")
    period = DateTimeRangeField()
    reason = models.CharField(max_length=300)
    granted_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    # Given by a change set: to its receiver before it, to the former holder after it.
    change_set = models.ForeignKey(
        "crm.ChangeSet", models.PROTECT, null=True, blank=True, related_name="shares"
    )

    held = {
        "user": Holding(
            Held.REVOKE,
            _("Shares received"),
            open=not_over("period"),
            page="crm:shares",
            by="person",
            action=Action.CUSTOMER_VIEW,
        ),
        "granted_by": Holding(Held.HISTORY, _("Shares given")),
    }
    tells = {"content_object": Tells(_("Shares of the customer"), words=("reason",))}
    scope = CustomerScope("content_object")
    objects = ScopedManager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            ExclusionConstraint(
                name="share_once",
                expressions=[
                    ("content_object", RangeOperators.EQUAL),
                    ("user", RangeOperators.EQUAL),
                    ("permission", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=Q(period__isempty=False) & Q(period__endswith__isnull=False),
                name="share_ends",
            ),
        ]
