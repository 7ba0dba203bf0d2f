"""An import is taken back: what it made goes, what it changed gets its old value again.

What something else rests on stays, and what somebody has changed since; its row says so.
"""

from django.apps import apps
from django.db import IntegrityError, InternalError, connection, transaction
from django.db.models import Q

from accounts.audit import record_many
from accounts.models import Membership, Person
from crm.imports.check import allowed
from crm.imports.fields import Reason, plain
from crm.imports.run import MODELS
from crm.models import (
    Activity,
    Assignment,
    CustomerAccess,
    Import,
    ImportRow,
    Order,
    OrderLine,
    SourceKey,
)
from crm.services import access_index, imports, trade
from kit import bulk, jobs

CHUNK = 200
State, Outcome = Import.State, ImportRow.Outcome
# What is deleted before what. The last three stay where something else rests on them.
FIRST_TO_LAST = (
    "crm.orderline", "crm.payment", "crm.order", "crm.activitycontact", "crm.activity", "crm.territory",
    "crm.assignment", "crm.contactchannel", "crm.position", "crm.contact", "crm.customer", "kit.subjectkey",
)  # fmt: skip
IF_POSSIBLE = ("accounts.unit", "crm.industry", "crm.region")


class InUse(Exception):
    """Something else rests on what is to go."""


@jobs.step(imports.UNDO, allowed=allowed)
def undo_some(job):
    """Take back the next rows, the last one first."""
    rows = Import.objects.select_related("made_by", "key").select_for_update(of=("self",))
    imported = rows.get(pk=job.payload["import"])
    if imported.state != State.UNDOING:  # another job has come to the end before
        return True
    actor = Person.objects.get(pk=job.person_id) if job.person_id else imported.made_by
    done = imported.rows.filter(outcome__in=[Outcome.CREATED, Outcome.UPDATED])
    rows = list(done.order_by("-round", "-number")[:CHUNK])
    if not rows:
        return end(imported, actor)
    imports.take_back(actor=actor, imported=imported, work=lambda imported: take(imported, rows))
    job.done += len(rows)
    return False


def end(imported, actor):
    """The last row is undone."""

    def work(imported):
        kept = imported.rows.filter(outcome=Outcome.KEPT).count()
        if kept:
            imported.notes = [*imported.notes, {"code": "kept", "params": {"count": kept}}]
        imported.state = State.REFUSED if imported.finished_at is None else State.UNDONE
        imported.created = imported.updated = 0
        imports.announce(imported, "undone")
        return 0

    imports.take_back(actor=actor, imported=imported, work=work)
    return True


def take(imported, rows):
    """Undo rows inside the running verb: all at once, or one by one where that does not work."""
    befores = {row.pk: imports.opened(imported, row.before) for row in rows}
    going = keep_edited(rows, befores)
    as_they_were = [(row, row.outcome, row.remarks) for row in going]
    try:
        with transaction.atomic():
            take_all(imported, going, befores)
    except InUse:
        for row, outcome, remarks in as_they_were:
            row.outcome, row.remarks = outcome, remarks
            try:
                with transaction.atomic():
                    take_all(imported, [row], befores)
            except InUse:
                keep(row, "in_use")
    bulk.update(rows, ["outcome", "remarks"])
    return len(rows)


def keep(row, code):
    """Leave what a row did, and say why."""
    row.outcome, row.remarks = Outcome.KEPT, [*row.remarks, Reason(code).told()]


def keep_edited(rows, befores):
    """Leave rows that made something which somebody has changed since; returns the others."""
    changed = {
        (label, pk)
        for label, ids in made_by(rows, befores).items()
        if label not in IF_POSSIBLE
        for pk in changed_since(label, ids)
    }
    for row in rows:
        if changed & {tuple(one) for one in befores[row.pk].get("made", [])}:
            keep(row, "edited_here")
    return [row for row in rows if row.outcome != Outcome.KEPT]


def made_by(rows, befores):
    """What rows made: label of a model → ids."""
    made = {}
    for row in rows:
        for label, pk in befores[row.pk].get("made", []):
            made.setdefault(label, []).append(pk)
    return made


def changed_since(label, ids):
    """Of things that were made, those that somebody has changed since; imports do not count."""
    events = getattr(apps.get_model(label), "events", None)
    if events is None:
        return set()
    rows = events.rel.related_model.objects.filter(pgh_obj__in=ids, pgh_label="update")
    return set(rows.exclude(verb__startswith="imports.").values_list("pgh_obj", flat=True))


def take_all(imported, rows, befores):
    """Put back, delete, and bring in line what is derived. Raises InUse."""
    made = made_by(rows, befores)
    people = made.get("accounts.person", [])
    if at_work(people):
        raise InUse
    touched = rests_on(made)
    tell(rows, made, imported)
    keys = SourceKey.objects.filter(
        made_in=imported, kind=imported.kind,
        subject_id__in=[*(row.subject_id for row in rows), *people],
    )  # fmt: skip
    try:
        for row in rows:
            put_back(imported, row, befores[row.pk])
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        CustomerAccess.objects.filter(customer__in=made.get("crm.customer", [])).delete()
        for label in FIRST_TO_LAST:
            delete(label, made.get(label, []))
    except (IntegrityError, InternalError) as error:
        raise InUse from error
    away(people, made.get("accounts.membership", []))
    keys.delete()
    if_possible(made)
    settle(touched)
    for row in rows:
        if row.outcome != Outcome.KEPT:
            row.outcome = Outcome.UNDONE


def delete(label, ids):
    """Delete rows as they are: the database refuses where another row points to them."""
    if ids:
        model = apps.get_model(label)
        rows = model._base_manager.filter(pk__in=ids)
        rows._raw_delete(rows.db)


def if_possible(made):
    """Units, industries and regions that were made on the way, unless somebody uses or changed them."""
    for label in IF_POSSIBLE:
        ids = set(made.get(label, []))
        for pk in sorted(ids - changed_since(label, ids), reverse=True):
            try:
                with transaction.atomic():
                    delete(label, [pk])
            except (IntegrityError, InternalError):
                continue


def at_work(people):
    """Of these people, those who hold a seat now, or have been here themselves."""
    held = Assignment.objects.current().filter(person__in=people).values("person")
    rows = Person.objects.filter(Q(pk__in=held) | Q(last_login__isnull=False), pk__in=people)
    return set(rows.values_list("pk", flat=True))


def away(people, memberships):
    """People stay, without access and without a place in the organisation."""
    delete("accounts.membership", memberships)
    for person in Person.objects.select_for_update().filter(pk__in=people):
        Membership.objects.filter(person=person).delete()
        person.state = Person.State.LEFT
        person.save()


def put_back(imported, row, before):
    """The old values of what the row changed, unless somebody has changed them since."""
    for label, pk, changes in before.get("changed", []):
        subject = apps.get_model(label)._base_manager.select_for_update().filter(pk=pk).first()
        if subject is not None:
            restore(row, subject, changes)
    if "digest" in before:
        SourceKey.objects.filter(source=imported.source, kind=imported.kind, key=row.key).update(
            digest=bytes.fromhex(before["digest"]), written=before["written"]
        )


def restore(row, subject, changes):
    """Put back field after field; one that was changed since stays, and its row says so."""
    old = {}
    for name, (was, became) in changes.items():
        field = subject._meta.get_field(name)
        if plain(getattr(subject, field.attname)) != plain(became):
            row.outcome = Outcome.KEPT
            row.remarks = [*row.remarks, Reason("edited_here").told()]
            continue
        old[field.attname] = field.to_python(was) if was is not None else field.get_default()
    if old:
        for name, value in old.items():
            setattr(subject, name, value)
        if hasattr(subject, "version"):
            subject.version += 1
        subject.save()
        if subject._meta.label_lower == "crm.customer":
            access_index.recompute([subject.pk])
        if subject._meta.label_lower == "crm.assignment":
            access_index.recompute([subject.customer_id])


def rests_on(made):
    """Customers and orders whose derived facts change when these rows go."""
    customers, orders = set(), set()
    seats = Assignment.objects.filter(pk__in=made.get("crm.assignment", []))
    visits = Activity.objects.filter(pk__in=made.get("crm.activity", []))
    lines = OrderLine.objects.filter(pk__in=made.get("crm.orderline", []))
    customers |= set(seats.values_list("customer", flat=True))
    visited = set(visits.values_list("customer", flat=True))
    orders |= set(lines.values_list("order", flat=True))
    gone = set(made.get("crm.customer", []))
    return customers - gone, visited - gone, orders - set(made.get("crm.order", []))


def settle(touched):
    """Bring in line: who reaches these customers, when they were last contacted, what orders amount to."""
    customers, visited, orders = touched
    access_index.recompute(customers)
    access_index.settle_activities(visited)
    trade.settle(Order.objects.filter(pk__in=orders))


def tell(rows, made, imported):
    """One entry a row: what it had made or changed is undone."""
    subjects = [(row, row.subject_id) for row in rows if row.subject_id]
    model = MODELS[imported.kind]
    record_many([
        {"subject": model(pk=pk), "changes": {"undone": (row.outcome, None)},
         "customer": pk if imported.kind == "customers" else None}
        for row, pk in subjects
    ])  # fmt: skip
