"""The customer: company-owned, an organisation or a private person."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from tree_queries.models import TreeNode
from tree_queries.query import TreeQuerySet

from crm.models.kept import kept
from crm.scopes import CustomerScope
from kit import names
from kit.addresses import address_of
from kit.history import history
from kit.registry import Held, Holding
from kit.scoping import Everyone, ScopedManager, ScopedQuerySet
from kit.subjects import Tells

FORMER = 5  # names of before that are kept


class InBothLanguages(models.Model):
    """A value of a list with its label in both languages."""

    name = models.CharField(_("name"), max_length=80)
    name_zh = models.CharField(_("Chinese name"), max_length=80, blank=True)

    class Meta:
        abstract = True

    def __str__(self):
        chinese = (get_language() or "").startswith("zh")
        return (self.name_zh if chinese else "") or self.name


class RegionQuerySet(ScopedQuerySet, TreeQuerySet):
    pass


class Region(InBothLanguages, TreeNode):
    """A place in the tree of regions."""

    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    position = models.PositiveSmallIntegerField(default=0)

    scope = Everyone()
    objects = models.Manager.from_queryset(RegionQuerySet)()

    class Meta:
        ordering = ["position", "pk"]


class Industry(InBothLanguages):
    """What a customer does, from the company's list."""

    scope = Everyone()
    objects = ScopedManager()

    class Meta:
        ordering = ["name"]


@history(
    exclude=[
        "sort_key", "search_key", "legal_key", "grams", "former_names", "last_activity_at", "last_confirmed_at", "client_uuid",
    ]
)  # fmt: skip
class Customer(models.Model):
    """An organisation or private person we serve or want to serve. It has no owner column."""

    class Kind(models.TextChoices):
        ORGANISATION = "organisation", pgettext_lazy("customer", "Organisation")
        PERSON = "person", _("Private person")

    class Tier(models.TextChoices):
        A = "A", "A"
        B = "B", "B"
        C = "C", "C"

    class Status(models.TextChoices):
        PROSPECT = "prospect", _("Prospect")
        ACTIVE = "active", pgettext_lazy("customer", "Active")
        DORMANT = "dormant", _("Dormant")
        CLOSED = "closed", _("Closed")

    class Origin(models.TextChoices):
        COMPANY_LEAD = "company_lead", _("Company lead")
        ADVERT = "advert", _("Advert")
        REFERRAL = "referral", _("Referral by a colleague")
        BROUGHT = "brought", _("Brought by the rep on joining")
        UNKNOWN = "unknown", _("Not known")

    kind = models.CharField(max_length=12, choices=Kind, default=Kind.ORGANISATION)
    name = models.CharField(_("short name"), max_length=120)
    legal_name = models.CharField(_("legal name"), max_length=200, blank=True)
    tier = models.CharField(_("tier"), max_length=1, choices=Tier, default=Tier.C)
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.PROSPECT)
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="customers"
    )
    industry = models.ForeignKey(
        Industry, models.PROTECT, null=True, blank=True, related_name="customers"
    )
    parent = models.ForeignKey(  # the firm it belongs to
        "self", models.PROTECT, null=True, blank=True, related_name="subsidiaries"
    )
    address = models.CharField(_("address"), max_length=300, blank=True)
    # Recorded once, kept by a trigger.
    origin = models.CharField(_("came from"), max_length=12, choices=Origin, default=Origin.UNKNOWN)
    origin_person = models.ForeignKey(
        "accounts.Person", models.PROTECT, null=True, blank=True, related_name="customers_brought"
    )
    # The unit that answers while nobody holds the customer.
    home_unit = models.ForeignKey("accounts.Unit", models.PROTECT, related_name="customers")
    created_at = models.DateTimeField(db_default=Now())
    version = models.PositiveIntegerField(default=1)
    erased_at = models.DateTimeField(null=True, editable=False)  # see crm/models/erasure.py
    # The key of the form that created it: sent twice, it creates one customer.
    client_uuid = models.UUIDField(unique=True, null=True, editable=False)
    last_activity_at = models.DateTimeField(null=True, editable=False)
    last_confirmed_at = models.DateTimeField(null=True, editable=False)
    sort_key = models.CharField(max_length=200, editable=False, db_collation="C")
    search_key = models.CharField(max_length=600, editable=False)
    # An organisation's legal name without signs and width: two of one company have the same.
    legal_key = models.CharField(
        max_length=200, editable=False, default="", db_default="", db_collation="C"
    )
    grams = ArrayField(models.CharField(max_length=2), default=list, editable=False)
    # Names that an organisation had before: it is found by them too.
    former_names = ArrayField(
        models.CharField(max_length=200), default=list, db_default=[], editable=False
    )

    # A private person's key; see kit/crypto.py. Organisations are no data subjects.
    key = models.ForeignKey("kit.SubjectKey", models.SET_NULL, null=True, related_name="+")

    held = {"origin_person": Holding(Held.HISTORY, _("Customers brought or referred"))}
    personal = ("name", "legal_name", "address")  # of private persons
    tells = {
        "pk": Tells(
            _("The person"), gone=("legal_name", "address", "former_names"), words=("name",)
        ),
        "parent": None,
    }
    scope = CustomerScope("pk")
    objects = ScopedManager()

    class Meta:
        # What a share can give, see crm.access.SHARES.
        default_permissions = ()
        permissions = [
            ("read_customer", _("Read")),
            ("log_customer", _("Read and log visits")),
            ("edit_customer", _("Edit")),
            ("settlement_customer", _("Settlement traits")),
            ("private_customer", _("Private file")),
        ]
        indexes = [
            models.Index(fields=["sort_key", "id"], name="customer_by_name"),
            models.Index(
                models.F("last_activity_at").desc(nulls_last=True),
                models.F("id").desc(),
                name="customer_by_activity",
            ),
            GinIndex(fields=["search_key"], opclasses=["gin_trgm_ops"], name="customer_search"),
            GinIndex(fields=["grams"], name="customer_grams"),
            models.Index(
                fields=["legal_key"], condition=~Q(legal_key=""), name="customer_by_legal_name"
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="origin_once", fields=["origin", "origin_person", "created_at"]
            ),
            kept("customer", kind="customers"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="customer_has_name"),
        ]

    def __str__(self):
        return self.name

    def set_keys(self):
        """Derive the keys by which it is sorted and found; saved with the names."""
        self.sort_key = names.sort_key(self.name)
        known = [self.name, self.legal_name, *self.former_names]
        self.search_key = names.search_key(*known)
        self.grams = names.grams(" ".join(known))
        self.legal_key = self.legal_key_of(self.kind, self.legal_name)

    def was_called(self, *former):
        """Keep names that it had before; those of private persons are not kept."""
        present = {"", self.name, self.legal_name}
        if self.kind == self.Kind.ORGANISATION:
            kept = dict.fromkeys([*former, *self.former_names])
            self.former_names = [name for name in kept if name not in present][:FORMER]

    @classmethod
    def legal_key_of(cls, kind, legal_name):
        """The key by which two entries of one company meet; people may well be called alike."""
        return names.bare(legal_name)[:200] if kind == cls.Kind.ORGANISATION else ""

    def save(self, **kwargs):
        self.set_keys()
        super().save(**kwargs)

    def get_absolute_url(self):
        return address_of("crm:customer", self.pk)
