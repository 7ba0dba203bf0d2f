"""The company's own copy of the content that ships with the product: templates, rules, texts."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from kit.history import history
from kit.registry import Held, Holding
from kit.scoping import Everyone, ScopedManager


@history()
class Content(models.Model):
    """One document of content by its name, for example "departure".

    `body` has the shape of the file <app>/content/<name>.yaml it was loaded from; `version` is that
    file's. Once the company has edited it (`edited_at`), no later file replaces it.
    """

    name = models.CharField(max_length=40, unique=True)
    version = models.PositiveIntegerField()
    body = models.JSONField()
    loaded_at = models.DateTimeField(db_default=Now())
    edited_at = models.DateTimeField(null=True)
    edited_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")

    held = {"edited_by": Holding(Held.HISTORY, _("Templates and texts changed"))}
    scope = Everyone()
    objects = ScopedManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(edited_at__isnull=True, edited_by__isnull=True)
                | models.Q(edited_at__isnull=False, edited_by__isnull=False),
                name="content_edited_by",
            )
        ]

    def __str__(self):
        return self.name
