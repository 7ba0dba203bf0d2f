"""B03: every relation to a person is declared, counted, and nothing starts with one that is not.

The list of relations is not the registry's own: it is read from the foreign keys of the database.
"""

import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, models

from accounts.models import Person
from accounts.selectors import holdings
from kit import registry
from tests import cast as casting
from tests.accept import frame
from tests.accept.frame import Mutant

ROOT = Path(__file__).resolve().parents[2]
KINDS = ("key", "one to one", "many", "generic", "number", "proxy")
FOREIGN_KEYS = """
    SELECT k.conrelid::regclass::text, a.attname
    FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey)
    WHERE k.contype = 'f' AND k.confrelid = %s::regclass
"""
# Tables with a generic relation of Django itself that cannot name a person.
NOT_ABOUT_ROWS = {("auth_permission", "content_type_id")}


def run():
    with frame.undone():
        world = casting.Cast()
        found = known()
        missing = [pair for pair in keys_of("accounts_person") if pair not in found]
        generic = [
            pair for pair in keys_of("django_content_type")
            if pair not in found | NOT_ABOUT_ROWS and named_rows(pair[0])
        ]  # fmt: skip
        labelled = [r.label for r in registry.relations_to_people() if words(r)]
        lines = [] if registry.undeclared() else holdings.held_by(world.li, world.sun)
        counted = [line.relation for line in lines]
        faults = {
            "keys of the database not declared": missing + generic,
            "undeclared": registry.undeclared(),
            "not counted": sorted(set(labelled) - set(counted)),
            "counted wrongly": miscounted(world, lines),
            "passed the start-up": [kind for kind in KINDS if starts_with(kind)],
            "a process that starts all the same": processes(),
        }
    figures = {"relations": len(list(registry.relations_to_people())),
               "foreign keys": len(keys_of("accounts_person")), "counted": len(counted)}  # fmt: skip
    return not any(faults.values()), {k: v for k, v in faults.items() if v} or figures


# -- what the database says -----------------------------------------------------------------------


def keys_of(table):
    """(table, column) of every foreign key to a table, history's copies left out."""
    copies = {m._meta.db_table for m in apps.get_models() if hasattr(m, "pgh_tracked_model")}
    with connection.cursor() as cursor:
        cursor.execute(FOREIGN_KEYS, [table])
        return sorted(pair for pair in set(cursor.fetchall()) if pair[0] not in copies)


def known():
    """(table, column) of the relations that the registry declares."""
    found = set()
    for relation in registry.relations_to_people():
        if registry.declared(relation) is None:
            continue
        name = relation.name
        if isinstance(relation.field, GenericForeignKey):
            name = relation.field.ct_field
        found.add((relation.model._meta.db_table, relation.model._meta.get_field(name).column))
    return found


def named_rows(table):
    """Whether a table with a content type names rows by it: any model of it has another key."""
    return any(m._meta.db_table == table and m._meta.private_fields for m in apps.get_models())


def words(relation):
    said = registry.declared(relation)
    return said and said.label


def miscounted(world, lines):
    """Relations whose counts are not what a plain query of the table says."""
    wrong = []
    for line in lines:
        relation = next(r for r in registry.relations_to_people() if r.label == line.relation)
        if isinstance(relation.field, GenericForeignKey):
            kind = ContentType.objects.get_for_model(Person)
            want = {relation.field.ct_field: kind, relation.field.fk_field: str(world.li.pk)}
        else:
            want = {relation.name: world.li.pk}
        if relation.model._base_manager.filter(**want).count() != line.open + line.past:
            wrong.append(line.relation)
    return wrong


# -- what somebody may add ------------------------------------------------------------------------


@contextmanager
def strangers(kind, called="Stranger"):
    """A model that somebody has added without a declaration; yields the label of its relation."""
    meta = type("Meta", (), {"app_label": "crm"})
    body = {"Meta": meta, "__module__": "crm.models"}
    person = "accounts.Person"
    name = "colleague"
    proxy = None
    if kind == "key":
        body[name] = models.ForeignKey(person, models.PROTECT, related_name="+")
    elif kind == "one to one":
        body[name] = models.OneToOneField(person, models.PROTECT, related_name="+")
    elif kind == "many":
        body["colleagues"] = models.ManyToManyField(person, related_name="+")
    elif kind == "generic":
        body["kind"] = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
        body["key"] = models.BigIntegerField()
        body[name] = GenericForeignKey("kind", "key")
    elif kind == "number":
        name = "actor_id"
        body[name] = models.BigIntegerField()
    else:
        attributes = {"__module__": "crm.models", "Meta": type(
            "Meta", (), {"app_label": "crm", "proxy": True})}  # fmt: skip
        proxy = type("Colleague", (Person,), attributes)
        body[name] = models.ForeignKey(proxy, models.PROTECT, related_name="+")
    type(called, (models.Model,), body)
    label = f"crm.{called}_colleagues.person" if kind == "many" else f"crm.{called}.{name}"
    try:
        yield label
    finally:
        forget(called.lower(), f"{called.lower()}_colleagues", "colleague")


def forget(*names):
    """Take models out of the registry of apps again, and out of what others know of them."""
    for name in names:
        apps.all_models["crm"].pop(name, None)
    apps.clear_cache()


def starts_with(kind):
    """Whether the check and the start-up let such a model pass."""
    with strangers(kind) as label:
        checked = any(one.id == "holdfast.E001" and label in one.msg for one in run_checks())
        try:
            registry.refuse_undeclared()
        except ImproperlyConfigured as refused:
            return not (checked and label in str(refused))
    return True


WITHOUT = """
import sys
import django
from django.db.models import base
made = base.ModelBase.__new__
def new(cls, name, bases, attributes, **more):
    if attributes.get("__module__", "").startswith("crm.") and name == "Territory":
        attributes.pop("held", None)
    return made(cls, name, bases, attributes, **more)
base.ModelBase.__new__ = new
{start}
"""
STARTS = {
    "web": "import config.wsgi",
    "worker": "import django; django.setup(); import config.celery",
    "command": "from django.core.management import execute_from_command_line as run; run(['manage.py', 'check'])",
}


def processes():
    """Kinds of processes that start although a model has lost its declaration."""
    alive = []
    for name, start in STARTS.items():
        code = WITHOUT.format(start=start)
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        if done.returncode == 0 or "crm.Territory.person" not in done.stderr:
            alive.append(name)
    return alive


# -- guards taken away ----------------------------------------------------------------------------


def without_many():
    """Hidden tables of many-to-many fields are not looked at."""
    blind = SimpleNamespace(
        get_model=apps.get_model, get_models=lambda **more: apps.get_models(include_swapped=True)
    )
    return mock.patch.object(registry, "apps", blind)


def without_declaration():
    from crm.models import Assignment

    return mock.patch.object(Assignment, "held", {"made_by": registry.Held.HISTORY})


def without_third_party():
    rest = {k: v for k, v in registry.THIRD_PARTY.items() if "mfa" not in k}
    return mock.patch.object(registry, "THIRD_PARTY", rest)


def with_a_model():
    """Somebody adds a model with an undeclared relation."""
    return strangers("key", "Newcomer")


def keys_alone():
    """Only foreign keys count as relations."""
    real = registry.names_people
    return mock.patch.object(
        registry, "names_people", lambda field, person: field.is_relation and real(field, person)
    )


MUTANTS = [
    Mutant("a declaration is gone", without_declaration),
    Mutant("a relation of another package is gone", without_third_party),
    Mutant("a model with an undeclared relation", with_a_model),
    Mutant("hidden tables are not looked at", without_many),
    Mutant("plain numbers are not looked at", keys_alone),
    frame.patched("the start-up asks nobody", "kit.registry.refuse_undeclared", lambda: None),
    frame.patched("every relation counts as declared", "kit.registry.undeclared", list),
    frame.patched(
        "what is held is not counted", "accounts.selectors.holdings.held_by", lambda *a: []
    ),
]
