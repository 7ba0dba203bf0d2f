"""An operation for migrations: from here on the history triggers of an app write as the owner.

It alters functions and touches no table, so that nobody who is writing has to wait.
"""

import time

from django.db import transaction
from django.db.migrations.operations.base import Operation

from kit.grants import app_role
from kit.history import OwnerSql, as_owner

FORWARDS = "ALTER FUNCTION {f}() {rights}; {closed};"
BACKWARDS = (
    'GRANT INSERT ON "{events}" TO {role}; '
    "ALTER FUNCTION {f}() SECURITY INVOKER RESET search_path;"
    " GRANT EXECUTE ON FUNCTION {f}() TO PUBLIC;"
)
REMARK = """ COMMENT ON TRIGGER {f} ON "{table}" IS '{hash}';"""
WRITING = """
    SELECT DISTINCT l.virtualtransaction FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
    WHERE l.mode = 'RowExclusiveLock' AND l.granted AND c.relname = ANY(%s)
"""
PATIENCE = 60  # seconds for statements that began under the old rights


def is_history(trigger):
    return '"pgh_created_at"' in trigger.sql.kwargs["func"]


class WriteAsOwner(Operation):
    """Its migration says `atomic = False`: the new rights hold before the old ones are waited for."""

    reversible = True

    def state_forwards(self, app_label, state):
        for label, name in list(state.models):
            triggers = state.models[label, name].options.get("triggers", [])
            if label == app_label and any(map(is_history, triggers)):
                after = [as_owner(one) if is_history(one) else one for one in triggers]
                state.models[label, name].options["triggers"] = after
                state.reload_model(label, name, delay=True)

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        self.alter(app_label, schema_editor, to_state, FORWARDS)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        self.alter(app_label, schema_editor, to_state, BACKWARDS)

    def alter(self, app_label, schema_editor, state, statement):
        found = [
            one.sql
            for (label, _name), model in state.models.items()
            for one in model.options.get("triggers", [])
            if label == app_label and is_history(one)
        ]
        connection = schema_editor.connection
        role = connection.ops.quote_name(app_role())
        with transaction.atomic(using=connection.alias):
            for sql in found:
                words = {"f": sql.pgid, "table": sql.table, "hash": sql.hash, "role": role}
                words |= {
                    "rights": OwnerSql.RIGHTS,
                    "closed": OwnerSql.CLOSED.format(pgid=sql.pgid),
                }
                words["events"] = sql.kwargs["func"].split('"')[1]
                schema_editor.execute((statement + REMARK).format(**words), params=None)
        with connection.cursor() as cursor:
            until_ended(cursor, [sql.table for sql in found])

    def describe(self):
        return "The triggers of field history write as the owner"


def until_ended(cursor, tables):
    """Wait for the transactions that are writing now: they fire the triggers as they were."""
    end, older = time.monotonic() + PATIENCE, None
    while older != set() and time.monotonic() < end:
        cursor.execute(WRITING, [tables])
        now = {row[0] for row in cursor.fetchall()}
        older = now if older is None else older & now
        time.sleep(0.05 if older else 0)
