"""The test database: made, emptied and dropped by the owner role."""

from copy import copy
from hashlib import sha256
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connections

KEPT = {"django_migrations", "django_content_type", "auth_permission"}
_first_rows = []  # what the migrations themselves put into a new database


def create(suffix="", keep=False):
    """Make the test database anew, as the migrations make one, and point both aliases at it.

    suffix: of its name, for another one beside it. keep: migrate the one of the last run.
    """
    owner = connections["owner"]
    if suffix:
        owner.settings_dict["TEST"]["NAME"] = f"test_{owner.settings_dict['NAME']}_{suffix}"
    if keep:
        _migrated(keep=True)
    else:
        name = owner.creation._get_test_db_name()
        _copy(_template(), name)
        settings.DATABASES["owner"]["NAME"] = owner.settings_dict["NAME"] = name
    point_default_at(owner.settings_dict["NAME"])
    _remember_first_rows()


def plan_as_written():
    """Joins in the order in which they are written: the best one is not sought among tiny tables."""
    for database in settings.DATABASES.values():
        database["OPTIONS"]["options"] += " -c join_collapse_limit=1 -c from_collapse_limit=1"


def _migrated(keep=False):
    owner = connections["owner"]
    owner.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False, keepdb=keep)


def _template():
    """The name of a database as the present migrations make it: made once, for they take long."""
    owner = connections["owner"]
    before, wanted = owner.settings_dict["NAME"], owner.settings_dict["TEST"]["NAME"]
    made = f"test_{before}_migrated"
    name = f"{made}_{_fingerprint()}"
    with owner.creation._nodb_cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [made])
        found = {row[0] for row in cursor.fetchall()}
        for other in found - {name}:
            cursor.execute(f'DROP DATABASE "{other}"')
    if name not in found:
        owner.settings_dict["TEST"]["NAME"] = made
        _migrated()
        owner.close()
        settings.DATABASES["owner"]["NAME"] = owner.settings_dict["NAME"] = before
        owner.settings_dict["TEST"]["NAME"] = wanted
        with owner.creation._nodb_cursor() as cursor:  # its name says that it is complete
            cursor.execute(f'ALTER DATABASE "{made}" RENAME TO "{name}"')
    return name


def _fingerprint():
    """Of all that decides what the migrations make: their own text and what of ours they call."""
    found = [
        path for app in apps.get_app_configs() for path in Path(app.path).glob("migrations/*.py")
    ]
    found += [settings.BASE_DIR / "kit/history.py", settings.BASE_DIR / "kit/grants.py"]
    return sha256(b"".join(path.read_bytes() for path in sorted(found))).hexdigest()[:16]


def _copy(template, name):
    with connections["owner"].creation._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')


def _remember_first_rows():
    """With the columns of today, which a migration of then does not know."""
    from accounts.models import Company, Person
    from crm.models import OwnershipRules

    system = Person.objects.using("owner").get(username="system")
    system.pk = None  # its number comes from the sequence again
    alone = [model.objects.using("owner").get() for model in (Company, OwnershipRules)]
    _first_rows[:] = [system, *alone]


def point_default_at(name):
    """The application role works in the same test database."""
    connections["default"].close()
    settings.DATABASES["default"]["NAME"] = name
    connections["default"].settings_dict["NAME"] = name


def destroy():
    """Drop the test database."""
    owner = connections["owner"]
    owner.creation.destroy_test_db(settings.DATABASES["default"]["NAME"], verbosity=0, keepdb=False)


def wipe():
    """Empty every table; the application role may not, the owner may."""
    tables = {m._meta.db_table for m in apps.get_models(include_auto_created=True)} - KEPT
    with connections["owner"].cursor() as cursor:
        existing = set(connections["owner"].introspection.table_names(cursor))
        names = ", ".join(f'"{name}"' for name in sorted(tables & existing))
        cursor.execute(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
        cursor.execute(f"TRUNCATE {settings.CACHES['default']['LOCATION']}")  # counted attempts
    for row in _first_rows:
        copy(row).save(using="owner", force_insert=True)
