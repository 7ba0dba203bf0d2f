"""People at the customer, where they work, and how they are reached."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.access import Action
from crm.scopes import ContactScope
from kit import crypto, names
from kit.history import history
from kit.scoping import ScopedManager, ScopedQuerySet
from kit.subjects import Tells


@history(exclude=["sort_key", "search_key", "client_uuid"])
class Contact(models.Model):
    """A person at one or several customers. Visible through any visible customer."""

    name = models.CharField(_("name"), max_length=80)
    latin_name = models.CharField(_("name in Latin script"), max_length=80, blank=True)
    form_of_address = models.CharField(_("form of address"), max_length=40, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    do_not_contact = models.BooleanField(_("do not contact"), default=False)
    created_at = models.DateTimeField(db_default=Now())
    version = models.PositiveIntegerField(default=1)
    erased_at = models.DateTimeField(null=True, editable=False)  # see crm/models/erasure.py
    sort_key = models.CharField(max_length=200, editable=False, db_collation="C")
    search_key = models.CharField(max_length=600, editable=False)
    # Key of the form that created it: sent twice, it is one contact.
    client_uuid = models.UUIDField(unique=True, null=True, editable=False)
    # Deleting the key erases the contact's channels everywhere, history included.
    key = models.ForeignKey("kit.SubjectKey", models.SET_NULL, null=True, related_name="+")

    personal = ("name", "latin_name", "form_of_address", "note")
    tells = {
        "pk": Tells(
            _("The person"), gone=("latin_name", "form_of_address", "note"), words=("name",)
        )
    }
    scope = ContactScope("pk")
    objects = ScopedManager()

    class Meta:
        ordering = ["sort_key", "pk"]
        indexes = [
            models.Index(fields=["sort_key", "id"], name="contact_by_name"),
            GinIndex(fields=["search_key"], opclasses=["gin_trgm_ops"], name="contact_search"),
        ]

    def __str__(self):
        return self.name

    def set_keys(self):
        """Derive the keys by which it is sorted and found; saved with the names."""
        self.sort_key = names.sort_key(self.name, person=True)
        self.search_key = names.search_key(self.name, self.latin_name, person=True)

    def save(self, **kwargs):
        self.set_keys()
        super().save(**kwargs)

    def get_absolute_url(self):
        from django.urls import reverse

        return reverse("crm:contact", args=[self.pk])


class PositionQuerySet(ScopedQuerySet):
    def open(self):
        """Places that have not ended."""
        return self.filter(Q(ended_on__isnull=True) | Q(ended_on__gte=timezone.localdate()))

    def present(self):
        """Open places; all places of a contact who has no open one any more."""
        others = Position.objects.filter(contact=OuterRef("contact")).open()
        return self.filter(
            Q(ended_on__isnull=True) | Q(ended_on__gte=timezone.localdate()) | ~Exists(others)
        )

    def marked_for(self, person):
        """With `is_key`: the mark as key person, None at customers where `person` may not see it.

        Whatever is shown, filtered or sorted by the mark takes it from here.
        """
        from crm.access import Reaches, sight_of

        sight = sight_of(person, Action.SETTLEMENT_VIEW)
        mark, nothing = F("is_key_person"), Value(None, models.BooleanField(null=True))
        if sight.nothing:
            mark = nothing
        elif not sight.everything:
            mark = Case(When(Q(Reaches(F("customer"), sight)), then=mark), default=nothing)
        return self.annotate(is_key=mark)

    def key_first(self, *more):
        """Those `marked_for` somebody as key persons first, then by `more`."""
        return self.order_by(F("is_key").desc(nulls_last=True), *more)


@history()
class Position(models.Model):
    """A contact's place at a customer, with dates."""

    class Function(models.TextChoices):
        DECISION = "decision", _("Decides")
        PURCHASE = "purchase", _("Purchase")
        TECHNICAL = "technical", _("Technical")
        FINANCE = "finance", _("Finance")
        USE = "use", _("Uses")
        OTHER = "other", _("Other")

    contact = models.ForeignKey(Contact, models.PROTECT, related_name="positions")
    customer = models.ForeignKey("crm.Customer", models.PROTECT, related_name="positions")
    title = models.CharField(_("post"), max_length=80, blank=True)
    function = models.CharField(
        _("function"), max_length=10, choices=Function, default=Function.OTHER
    )
    is_key_person = models.BooleanField(_("key person"), default=False)
    started_on = models.DateField(_("since"), null=True, blank=True)
    ended_on = models.DateField(_("until"), null=True, blank=True)

    personal = ("title",)
    tells = {
        "contact": Tells(_("Places of work"), gone=("title",)),
        "customer": Tells(_("Places of work")),
    }
    scope = ContactScope("contact", customer="customer")
    objects = models.Manager.from_queryset(PositionQuerySet)()

    class Meta:
        ordering = ["contact__sort_key", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "customer"],
                condition=Q(ended_on__isnull=True),
                name="position_once",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True)
                | Q(started_on__isnull=True)
                | Q(ended_on__gte=models.F("started_on")),
                name="position_dates",
            ),
        ]

    @property
    def is_open(self):
        """Whether it has not ended."""
        return self.ended_on is None or self.ended_on >= timezone.localdate()


@history(exclude=["value_index", "tail_index"])
class ContactChannel(models.Model):
    """A phone, mail or chat id. The value is ciphertext; it is shown masked until revealed."""

    class Kind(models.TextChoices):
        PHONE = "phone", _("Phone")
        MAIL = "mail", _("Mail")
        WECHAT = "wechat", _("WeChat")
        WECOM = "wecom", _("WeCom")
        OTHER = "other", _("Other chat")

    class HeldBy(models.TextChoices):
        COMPANY = "company", _("Reached from a company channel")
        PRIVATE = "private", _("Reached from a private channel")

    contact = models.ForeignKey(Contact, models.PROTECT, related_name="channels")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    sealed = models.BinaryField()
    value_index = models.BinaryField()
    tail_index = models.BinaryField(null=True)  # last four digits of a phone
    held_by = models.CharField(_("held by"), max_length=8, choices=HeldBy, default=HeldBy.COMPANY)
    label = models.CharField(_("label"), max_length=40, blank=True)
    added_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)

    tells = {
        "contact": Tells(
            _("Phones, mails and chats"),
            gone=("label", "value_index", "tail_index"),
            clear=("value",),
        )
    }
    scope = ContactScope("contact")
    objects = ScopedManager()

    class Meta:
        ordering = ["kind", "pk"]
        indexes = [
            models.Index(fields=["tail_index"], name="channel_tail"),
            models.Index(fields=["value_index"], name="channel_value"),
        ]

    @property
    def value(self):
        """The clear value; None when the subject has been erased. Shown only by reveal."""
        try:
            return crypto.unseal(self.contact.key and self.contact.key.wrapped, self.sealed)
        except crypto.Erased:
            return None

    @property
    def masked(self):
        """What a page may show before the reveal."""
        from crm.selectors.channels import mask

        return mask(self.kind, self.value)
