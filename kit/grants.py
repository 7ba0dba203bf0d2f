"""What the application role may do: read and write rows, never own, alter or cut a table.

Models that say `append_only = True`, and every table of field history, take INSERT and SELECT only;
models that say `owner_only = True` (the seals of the trail) take SELECT only.
The rights are set again after every migration, by the owner.
"""

from django.apps import apps
from django.conf import settings
from django.db import connections
from django.db.models.signals import post_migrate
from django.dispatch import receiver

from kit.databases import owner_alias


def app_role():
    """Name of the role under which the application connects."""
    return settings.DATABASES["default"]["USER"]


def append_only_tables():
    """Tables to which the application may only add."""
    for model in apps.get_models(include_auto_created=True):
        if getattr(model, "append_only", False) or hasattr(model, "pgh_tracked_model"):
            yield model._meta.db_table


def owner_only_tables():
    """Tables that the application may only read."""
    for model in apps.get_models(include_auto_created=True):
        if getattr(model, "owner_only", False):
            yield model._meta.db_table


# pgtrigger lets any session switch triggers off by a setting; history and guards must not know it.
NEVER_IGNORED = """
    CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name NAME)
    RETURNS BOOLEAN LANGUAGE sql IMMUTABLE AS 'SELECT false'
"""


@receiver(post_migrate)
def grant_after_migrate(sender, using, **kwargs):
    """After the last app has migrated, give the application role its rights."""
    if sender.label == "crm" and using == owner_alias() == "owner":
        grant(connections[using])


def grant(connection):
    """Set the rights of the application role on every table of the schema."""
    role = connection.ops.quote_name(app_role())
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
        cursor.execute(
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}"
        )
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}")
        cursor.execute(f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role}")
        for table in sorted(tables.intersection(append_only_tables())):
            name = connection.ops.quote_name(table)
            cursor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {name} FROM {role}")
        for table in sorted(tables.intersection(owner_only_tables())):
            name = connection.ops.quote_name(table)
            cursor.execute(f"REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON {name} FROM {role}")
        cursor.execute(NEVER_IGNORED)
