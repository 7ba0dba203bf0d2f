"""A person is forgotten: rows, texts, field history and keys, in the transaction of the erasure.

What is told of whom is declared beside each model (kit/subjects.py). Of texts about a customer that
stays, only names and numbers are blotted out; visits, orders and tasks remain facts of the company.
"""

from collections import Counter
from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import BinaryField, F, JSONField
from django.db.models.functions import Greatest

from accounts.models import Notice
from crm.models import (
    Contact,
    ContactChannel,
    Customer,
    Document,
    ImportantDate,
    ImportRow,
    Link,
    Position,
)
from crm.services import access_index, completeness
from kit import subjects
from kit.clock import database_now
from kit.dates import company_zone, today
from kit.models import Effect, SubjectKey

MARK = "██"
FORGET = "SELECT crm_forget_history(%s, %s::regclass, %s, %s, %s, %s, %s)"
# What a private customer's documents are kept for beyond them: contracts and quotations.
KEPT = Document.GUARDED


def forget(erasure, found, words):
    """Forget a Whole (crm/selectors/erasure.py). words: what to blot out. Returns label → rows."""
    gone = Counter()
    close(found)
    unremind(found)
    unstage(found)
    for model, keys in found.keys:
        for telling in subjects.tellings(model) if keys else ():
            gone[telling.model._meta.label] += empty(erasure, telling, keys)
    for telling in subjects.tellings(Customer) if words else ():
        if telling.tells.words and telling.path != "pk":
            gone[telling.model._meta.label] += blot(erasure, telling, found.around, words)
    documents = Document.objects.filter(customer__in=found.customers).exclude(category__in=KEPT)
    SubjectKey.objects.filter(pk__in=documents.exclude(key=None).values("key")).delete()
    for model, keys in found.keys:
        name_anew(model, keys)
    access_index.recompute([one.pk for one in found.customers])
    completeness.count(list(found.around))
    return {label: count for label, count in sorted(gone.items()) if count}


def close(found):
    """They are at no customer any more, nobody reaches them, nobody is said to know them."""
    day, people = today(company_zone()) - timedelta(days=1), {"contact__in": found.contacts}
    open_rows = {"ended_on": None, **people}
    Position.objects.filter(**open_rows).update(ended_on=Greatest(F("started_on"), day))
    Link.objects.filter(**open_rows).update(ended_on=Greatest(F("since_on"), day))
    ContactChannel.objects.filter(ended_at=None, **people).update(ended_at=database_now())


def unremind(found):
    """Notices of days of theirs, and what would send one, tell the day."""
    days = list(
        ImportantDate.objects.filter(contact__in=found.contacts).values_list("pk", flat=True)
    )
    Notice.objects.filter(code="date.due", values__date__in=days).delete()
    Effect.objects.filter(
        kind="notice", payload__code="date.due", payload__values__date__in=days
    ).delete()


def unstage(found):
    """Rows of imports wait for an undo that must not bring anything of them back."""
    for kind, several in (("contacts", found.contacts), ("customers", found.customers)):
        rows = ImportRow.objects.filter(
            imported__kind=kind, subject_id__in=[one.pk for one in several]
        )
        rows.update(sealed=None, before=None)


def empty(erasure, telling, keys):
    """Empty what rows of data subjects tell, and their history. Returns how many rows."""
    rows = telling.rows(keys)
    objects = objects_of(telling, keys)
    tells, columns = telling.tells, {f.name: f for f in telling.model._meta.local_fields}
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    same = telling.model._base_manager.filter(pk__in=ids)
    if tells.drop:
        same.delete()
    elif tells.gone:
        same.update(**{name: nothing(columns[name]) for name in tells.gone})
    whole = [name for name in tells.words if not isinstance(columns[name], JSONField)]
    for name in whole:
        same.exclude(**{name: ""}).update(**{name: MARK})
    history(erasure, telling.model, objects, tells.gone, "empty")
    history(erasure, telling.model, objects, whole, "mark")
    return len(ids) if tells.gone or tells.words or tells.drop or tells.clear else 0


def blot(erasure, telling, customers, words):
    """Blot names and numbers out of texts about customers, and of their history."""
    columns, changed = list(telling.tells.words), 0
    for row in telling.rows(customers).order_by("pk").only("pk", *columns).iterator():
        new = {name: without(getattr(row, name), words) for name in columns}
        new = {name: value for name, value in new.items() if value != getattr(row, name)}
        if new:
            telling.model._base_manager.filter(pk=row.pk).update(**new)
            changed += 1
    history(erasure, telling.model, objects_of(telling, customers), columns, "words", words)
    return changed


def without(value, words):
    """A text without words; in lists and dicts, each of their texts."""
    if isinstance(value, str):
        for word in words:
            value = value.replace(word, MARK)
        return value
    if isinstance(value, list):
        return [without(one, words) for one in value]
    if isinstance(value, dict):
        return {name: without(one, words) for name, one in value.items()}
    return value


def objects_of(telling, keys):
    """Keys of the rows that tell of these subjects or did once; a deleted row has a history too."""
    found = set(telling.rows(keys).values_list("pk", flat=True))
    events = subjects.history_of(telling.model)
    if events is not None and "__" not in telling.path:
        path = "pgh_obj_id" if telling.path == "pk" else telling.path
        rows = events._base_manager.filter(**{f"{path}__in": keys})
        found |= set(rows.values_list("pgh_obj_id", flat=True))
    return sorted(found)


def history(erasure, model, objects, columns, how, words=()):
    """Let the history of a model forget columns. how: "empty", "mark", or "words"."""
    events = subjects.history_of(model)
    if events is None or not columns or not objects:
        return
    with connection.cursor() as cursor:
        cursor.execute(FORGET, [erasure.pk, events._meta.db_table, objects, list(columns), how,
                                list(words), MARK])  # fmt: skip


def nothing(field):
    """The empty value of a column."""
    if field.null:
        return None
    if isinstance(field, ArrayField):
        return []
    return b"" if isinstance(field, BinaryField) else ""


def name_anew(model, keys):
    """The mark and a number stand for the name, in keys of sorting and finding too."""
    for row in model.objects.filter(pk__in=keys):
        row.name, row.erased_at = f"{MARK} {row.pk}", database_now()
        row.version += 1
        if model is Contact:
            row.do_not_contact = True
        row.key = None
        row.save()
