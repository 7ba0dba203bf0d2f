"""Documents of a customer: contracts, quotations, minutes, in versions, and who keeps the paper."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.scopes import CustomerScope, DocumentFileScope
from kit.registry import Held, Holding
from kit.scoping import ScopedManager
from kit.subjects import Tells


class Document(models.Model):
    """One document of a customer. A new file of it is a new version; the old ones stay.

    holder: who of ours keeps the paper original. key: what its files are sealed under; without it
    they are gone. retired: out of use, and kept as it is, for as long as the company has to keep it.
    """

    class Category(models.TextChoices):
        CONTRACT = "contract", pgettext_lazy("document", "Contract")
        QUOTATION = "quotation", pgettext_lazy("document", "Quotation")
        MINUTES = "minutes", pgettext_lazy("document", "Minutes")
        OTHER = "other", pgettext_lazy("document", "Other")

    GUARDED = (Category.CONTRACT, Category.QUOTATION)

    customer = models.ForeignKey("crm.Customer", models.PROTECT, related_name="documents")
    title = models.CharField(_("title"), max_length=120)
    category = models.CharField(_("kind"), max_length=10, choices=Category)
    holder = models.ForeignKey(
        "accounts.Person", models.PROTECT, null=True, related_name="documents_kept"
    )
    valid_until = models.DateField(_("valid until"), null=True)
    note = models.CharField(_("note"), max_length=300, blank=True, db_default="")
    key = models.ForeignKey("kit.SubjectKey", models.SET_NULL, null=True, related_name="+")
    made_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())
    version = models.PositiveIntegerField(default=1, db_default=1)  # of what is said of it
    retired_at = models.DateTimeField(null=True)
    retired_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    retired_why = models.CharField(max_length=300, blank=True, db_default="")

    held = {
        "holder": Holding(
            Held.TRANSFER, _("Paper originals of customers kept"), open=Q(holder__isnull=False)
        ),
        "made_by": Holding(Held.HISTORY, _("Documents of customers added")),
        "retired_by": Holding(Held.HISTORY, _("Documents of customers taken out of use")),
    }
    tells = {"customer": Tells(_("Documents"), words=("title", "note", "retired_why"))}
    scope = CustomerScope("customer")
    objects = ScopedManager()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["customer", "-id"], name="document_of_customer")]
        constraints = [
            models.CheckConstraint(
                condition=Q(retired_by__isnull=True, retired_at__isnull=True)
                | Q(retired_by__isnull=False, retired_at__isnull=False),
                name="document_retired_by",
            )
        ]

    def __str__(self):
        return f"#{self.pk}"

    @property
    def is_guarded(self):
        """Whether what is in it needs the right to settlement traits: what pays, or is out of use."""
        return self.category in self.GUARDED or self.retired_at is not None

    def get_absolute_url(self):
        from django.urls import reverse

        return reverse("crm:document", args=[self.pk])


class DocumentFile(models.Model):
    """One version of a document. Its bytes are sealed under the key of the document."""

    class Kind(models.TextChoices):
        PDF = "pdf", "PDF"
        JPG = "jpg", "JPEG"
        PNG = "png", "PNG"
        WEBP = "webp", "WebP"
        DOCX = "docx", "DOCX"
        XLSX = "xlsx", "XLSX"

    PICTURES = (Kind.JPG, Kind.PNG, Kind.WEBP)

    document = models.ForeignKey(Document, models.PROTECT, related_name="files")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=120)  # as it was called, to be shown only
    kind = models.CharField(max_length=4, choices=Kind)
    size = models.PositiveIntegerField()  # bytes
    sealed = models.BinaryField()
    client_uuid = models.UUIDField(null=True, unique=True)
    views = models.PositiveIntegerField(default=0, db_default=0)
    downloads = models.PositiveIntegerField(default=0, db_default=0)
    made_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())

    held = {"made_by": Holding(Held.HISTORY, _("Files of documents added"))}
    tells = {"document__customer": Tells(_("Files of documents"), words=("name",))}
    scope = DocumentFileScope()
    objects = ScopedManager()

    class Meta:
        ordering = ["-number"]
        triggers = [pgtrigger.Protect(name="document_file_kept", operation=pgtrigger.Delete)]
        constraints = [
            models.UniqueConstraint(fields=["document", "number"], name="document_file_once")
        ]

    @property
    def is_picture(self):
        return self.kind in self.PICTURES
