"""The test database: made, emptied and dropped by the owner role."""

from copy import copy

from django.apps import apps
from django.conf import settings
from django.db import connections

KEPT = {"django_migrations", "django_content_type", "auth_permission"}
_first_rows = []  # what the migrations themselves put into a new database


def create(suffix="", keep=False):
    """Create and migrate the test database and point both aliases at it."""
    owner = connections["owner"]
    if suffix:
        owner.settings_dict["TEST"]["NAME"] = f"test_{owner.settings_dict['NAME']}_{suffix}"
    name = owner.creation.create_test_db(
        verbosity=0, autoclobber=True, serialize=False, keepdb=keep
    )
    point_default_at(name)
    _remember_first_rows()


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
    for row in _first_rows:
        copy(row).save(using="owner", force_insert=True)
