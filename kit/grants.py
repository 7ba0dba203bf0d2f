"""What the application role may do: read and write rows, never own, alter or cut a table.

Models that say `append_only = True` take INSERT and SELECT only; models that say `owner_only = True`
(the seals of the trail) take SELECT only, and so does every table of field history: its triggers
write as the owner (kit/history.py).
The rights are set again after every migration, by the owner.
"""

from django.apps import apps
from django.conf import settings
from django.db import connections, transaction
from django.db.models.signals import post_migrate
from django.dispatch import receiver

from kit.databases import owner_alias


def app_role():
    """Name of the role under which the application connects."""
    return settings.DATABASES["default"]["USER"]


def tables_that(test):
    """Names of the tables of the models that pass a test."""
    return {m._meta.db_table for m in apps.get_models(include_auto_created=True) if test(m)}


def append_only_tables():
    """Tables to which the application may only add."""
    return tables_that(lambda model: getattr(model, "append_only", False))


def owner_only_tables():
    """Tables that the application may only read."""
    return tables_that(lambda model: getattr(model, "owner_only", False))


def history_tables():
    """Tables that only triggers may write."""
    return tables_that(lambda model: hasattr(model, "pgh_tracked_model"))


# pgtrigger lets any session switch triggers off by a setting; history and guards must not know it.
NEVER_IGNORED = """
    CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name NAME)
    RETURNS BOOLEAN LANGUAGE sql IMMUTABLE AS 'SELECT false'
"""


@receiver(post_migrate)
def grant_after_migrate(sender, using, **kwargs):
    """After the last app has migrated, give the application role its rights."""
    if sender.label == "handover" and using == owner_alias() == "owner":
        grant(connections[using])


def grant(connection):
    """Set the rights of the application role on every table of the schema, all at one instant."""
    role = connection.ops.quote_name(app_role())
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
        cursor.execute(
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}"
        )
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}")
        waiting = written_by_invokers(cursor)
        add_only = append_only_tables() | waiting
        read_only = owner_only_tables() | history_tables() - waiting | {"django_migrations"}
        for names, rights in ((add_only, ""), (read_only, "INSERT, ")):
            for table in sorted(tables & names):
                name = connection.ops.quote_name(table)
                cursor.execute(f"REVOKE {rights}UPDATE, DELETE, TRUNCATE ON {name} FROM {role}")
        cursor.execute(NEVER_IGNORED)


def written_by_invokers(cursor):
    """Tables of history whose triggers still write as whoever fires them: a step of migration."""
    cursor.execute("SELECT prosrc FROM pg_proc WHERE proname LIKE 'pgtrigger%%' AND NOT prosecdef")
    bodies = [body for (body,) in cursor.fetchall()]
    return {name for name in history_tables() if any(f'INTO "{name}"' in body for body in bodies)}
