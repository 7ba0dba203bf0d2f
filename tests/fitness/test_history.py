"""Field history takes rows from its triggers alone, whatever model is added tomorrow."""

import pytest
from django.db import ProgrammingError, connection, transaction

from accounts.models import Unit
from accounts.services.trail import event_models
from kit.grants import app_role

TRIGGERS = """
    SELECT p.proname, p.prosrc, p.prosecdef, p.proconfig,
           has_function_privilege(%s, p.oid, 'EXECUTE')
    FROM pg_proc p WHERE p.proname LIKE 'pgtrigger%%' AND p.prosrc LIKE '%%"pgh_created_at"%%'
"""
RIGHTS = "INSERT", "UPDATE", "DELETE", "TRUNCATE", "TRIGGER", "REFERENCES"


def rows(sql, *arguments):
    with connection.cursor() as cursor:
        cursor.execute(sql, arguments)
        return cursor.fetchall()


def attempt(sql):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_no_table_of_history_takes_a_row_from_the_application(db):
    open_ones = [
        f"{right} {model._meta.db_table}"
        for model in event_models()
        for right in RIGHTS
        if rows("SELECT has_table_privilege(%s, %s, %s)", app_role(), model._meta.db_table, right)
        != [(False,)]
    ]
    assert open_ones == []


def test_every_trigger_of_history_writes_as_the_owner_and_serves_nobody_else(db):
    found = rows(TRIGGERS, app_role())
    written = {model._meta.db_table for model in event_models()}
    assert {name for name in written if any(f'INTO "{name}"' in row[1] for row in found)} == written
    assert [
        row[0] for row in found if row[2:] != (True, ["search_path=public, pg_temp"], False)
    ] == []


def test_a_row_of_history_cannot_be_invented(cast):
    event = Unit.events.rel.related_model
    columns = "pgh_created_at, pgh_label, pgh_obj_id, id, name, kind, position"
    before = event.objects.count()
    with pytest.raises(ProgrammingError, match="denied"):
        attempt(
            f"INSERT INTO {event._meta.db_table} ({columns})"
            " VALUES (now(), 'update', 1, 1, 'x', 'team', 1)"
        )
    assert event.objects.count() == before


def test_a_trigger_of_history_cannot_be_borrowed_for_another_table(cast):
    [trigger] = [one for one in Unit._meta.triggers if one.name == "insert_insert"]
    with pytest.raises(ProgrammingError, match="denied for function"):
        attempt(
            "CREATE TEMP TABLE mine (LIKE accounts_unit) ON COMMIT DROP;"
            "CREATE TRIGGER mine AFTER INSERT ON mine FOR EACH ROW"
            f" EXECUTE FUNCTION {trigger.get_pgid(Unit)}()"
        )


def test_a_table_of_the_same_name_in_a_session_catches_no_history(cast):
    event = Unit.events.rel.related_model
    before = event.objects.count()
    with connection.cursor() as cursor:
        name = event._meta.db_table
        cursor.execute(f"CREATE TEMP TABLE {name} (LIKE public.{name}) ON COMMIT DROP")
        cursor.execute(
            "UPDATE accounts_unit SET position = position + 1 WHERE id = %s",
            [cast.units["east"].pk],
        )
        cursor.execute(f"SELECT count(*) FROM public.{name}")
        assert cursor.fetchone()[0] == before + 1
