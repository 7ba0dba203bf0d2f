"""The test database: made, emptied and dropped by the owner role."""

from django.apps import apps
from django.conf import settings
from django.db import connections

KEPT = {"django_migrations", "django_content_type", "auth_permission"}


def create(suffix="", keep=False):
    """Create and migrate the test database and point both aliases at it."""
    owner = connections["owner"]
    if suffix:
        owner.settings_dict["TEST"]["NAME"] = f"test_{owner.settings_dict['NAME']}_{suffix}"
    name = owner.creation.create_test_db(
        verbosity=0, autoclobber=True, serialize=False, keepdb=keep
    )
    point_default_at(name)


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
    from importlib import import_module

    first_rows = import_module("accounts.migrations.0002_company")
    rules = import_module("crm.migrations.0009_capacity")
    tables = {m._meta.db_table for m in apps.get_models(include_auto_created=True)} - KEPT
    with connections["owner"].cursor() as cursor:
        existing = set(connections["owner"].introspection.table_names(cursor))
        names = ", ".join(f'"{name}"' for name in sorted(tables & existing))
        cursor.execute(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
        cursor.execute(first_rows.SYSTEM)
        cursor.execute(first_rows.COMPANY)
        cursor.execute(rules.RULES)
