"""What an undo would take back, and what it would have to leave: read, never written."""

from dataclasses import dataclass, field
from itertools import islice

from django.apps import apps

from crm.imports.fields import plain
from crm.imports.undo import FIRST_TO_LAST, IF_POSSIBLE, at_work, changed_since
from crm.models import CustomerAccess, ImportRow
from crm.services import imports

MOST = 5_000  # rows that are looked at; of a larger import the rest is told when it is undone
Outcome = ImportRow.Outcome


@dataclass
class Plan:
    """Counts of rows, and numbers of the rows that stay. `looked_at` is less than all in a large import."""

    created: int = 0
    updated: int = 0
    in_use: list = field(default_factory=list)
    edited: list = field(default_factory=list)
    looked_at: int = 0

    @property
    def in_all(self):
        return self.created + self.updated

    @property
    def goes(self):
        """Rows that will be taken back, as far as was looked."""
        return self.in_all - len(set(self.in_use) | set(self.edited))


def plan_undo(imported):
    """What undoing this import would do now. Returns a Plan."""
    rows = imported.rows.filter(outcome__in=[Outcome.CREATED, Outcome.UPDATED])
    plan = Plan(
        created=rows.filter(outcome=Outcome.CREATED).count(),
        updated=rows.filter(outcome=Outcome.UPDATED).count(),
    )
    made, changed = {}, []
    for row in islice(rows.order_by("-round", "-number").iterator(500), MOST):
        before = imports.opened(imported, row.before)
        plan.looked_at += 1
        for label, pk in before.get("made", []):
            made.setdefault(label, {})[pk] = row.number
        if row.outcome == Outcome.UPDATED:
            changed += [(row.number, *one) for one in before.get("changed", [])]
    plan.in_use = sorted(used(made))
    plan.edited = sorted(edited(changed) | touched(made))
    return plan


def used(made):
    """Numbers of the rows that made something on which something else rests.

    made: label of a model → id of what was made → row number.
    """
    found = set()
    for label in FIRST_TO_LAST:
        numbers = made.get(label, {})
        for relation in relations(apps.get_model(label)) if numbers else ():
            theirs = made.get(relation.related_model._meta.label_lower, {})
            name = relation.field.attname
            rows = relation.related_model._base_manager.filter(**{f"{name}__in": list(numbers)})
            found |= {numbers[key] for pk, key in rows.values_list("pk", name) if pk not in theirs}
    people = made.get("accounts.person", {})
    return found | {people[pk] for pk in at_work(list(people))}


def relations(model):
    """The foreign keys of the database to a model; the access index goes with its customer."""
    return [
        one for one in model._meta.get_fields(include_hidden=True)
        if (one.one_to_many or one.one_to_one) and one.auto_created
        and getattr(one.field, "db_constraint", False) and one.related_model is not CustomerAccess
    ]  # fmt: skip


def touched(made):
    """Numbers of the rows that made something which somebody has changed since."""
    return {
        numbers[pk]
        for label, numbers in made.items()
        if label not in IF_POSSIBLE
        for pk in changed_since(label, list(numbers))
    }


def edited(changed):
    """Numbers of the rows whose values somebody has changed since."""
    found, by_label = set(), {}
    for number, label, pk, changes in changed:
        by_label.setdefault(label, []).append((number, pk, changes))
    for label, several in by_label.items():
        rows = apps.get_model(label)._base_manager.in_bulk({pk for _number, pk, _ch in several})
        for number, pk, changes in several:
            if pk in rows and any(differs(rows[pk], name, pair) for name, pair in changes.items()):
                found.add(number)
    return found


def differs(row, name, pair):
    attribute = row._meta.get_field(name).attname
    return plain(getattr(row, attribute)) != plain(pair[1])
