"""What was shown to whom: one row per answer, with the keys of the customers it disclosed.

It sits in `show`, `paged` and the API base, so that no reading path goes uncounted.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from kit.registry import Held


class Disclosure(models.Model):
    """One answer that showed customers to a person."""

    class Kind(models.TextChoices):
        LIST = "list"
        DETAIL = "detail"
        REVEAL = "reveal"
        API = "api"

    person_id = models.BigIntegerField()
    shown_at = models.DateTimeField(db_default=Now())
    kind = models.CharField(max_length=8, choices=Kind)
    path = models.CharField(max_length=200)
    customer_ids = ArrayField(models.BigIntegerField())

    held = {"person_id": Held.HISTORY}
    append_only = True

    class Meta:
        indexes = [models.Index(fields=["person_id", "-shown_at"], name="disclosure_person")]


def disclose(request, customer_ids, kind=Disclosure.Kind.DETAIL):
    """Count the customers in `customer_ids` as shown to the person of this request."""
    if request.user.is_authenticated:
        shown_to(request.user, customer_ids, kind, request.path)


def shown_to(person, customer_ids, kind, path):
    """Count customers as shown to a person, where there is no request: a mail. path: by which way."""
    ids = sorted({pk for pk in customer_ids if pk})
    if ids:
        Disclosure.objects.create(person_id=person.pk, kind=kind, path=path[:200], customer_ids=ids)
