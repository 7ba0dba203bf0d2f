"""Our quicker migrate makes the schema that Django's own makes."""

import pytest
from django.core.management import call_command
from django.core.management.commands.migrate import Command as DjangosOwn
from django.db import connections

from kit.management.commands.migrate import Command as Ours

SCHEMA = """
    SELECT table_name, column_name, data_type, is_nullable, column_default,
           character_maximum_length::text, collation_name
    FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), '', '', '', ''
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL
    SELECT tablename, indexname, indexdef, '', '', '', '' FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL
    SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(t.oid), '', '', '', ''
    FROM pg_trigger t WHERE NOT tgisinternal
    UNION ALL
    SELECT p.oid::regprocedure::text, '', pg_get_functiondef(p.oid), '', '', '', ''
    FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.prokind = 'f'
"""


def migrated(command, name):
    """The schema of a database that a command has migrated from nothing; the database is dropped."""
    owner = connections["owner"]
    before = owner.settings_dict["NAME"]
    with owner.creation._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}"')
    owner.close()
    owner.settings_dict["NAME"] = name
    try:
        call_command(command, database="owner", verbosity=0, interactive=False)
        with owner.cursor() as cursor:
            cursor.execute(SCHEMA)
            return set(cursor.fetchall())
    finally:
        owner.close()
        owner.settings_dict["NAME"] = before
        with owner.creation._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{name}"')


@pytest.mark.slow
def test_ours_makes_the_same_schema_as_djangos_own(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        ours = migrated(Ours(), "test_migrated_by_ours")
        own = migrated(DjangosOwn(), "test_migrated_by_djangos")
    assert len(own) > 2_000
    assert ours ^ own == set()
