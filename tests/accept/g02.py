"""G02: attacks on the trail and the field history as the role of the application: all refused."""

from django.db import DatabaseError, connection, connections, transaction

from accounts.models import Anchor, Seal, TrailEntry
from accounts.services.trail import event_models
from tests import cast as casting
from tests.accept import frame
from tests.accept.frame import patched

ATTACKS = {
    "UPDATE": "UPDATE {table} SET {key} = {key}",
    "DELETE": "DELETE FROM {table}",
    "TRUNCATE": "TRUNCATE {table}",
    "ALTER": "ALTER TABLE {table} ADD COLUMN extra integer",
    "DROP": "DROP TABLE {table}",
    "DISABLE TRIGGER": "ALTER TABLE {table} DISABLE TRIGGER ALL",
    "REPLICATION ROLE": "SET session_replication_role = replica",
}
# Nobody but its triggers, and the sealer, adds to what follows.
SEALING = "INSERT INTO {table} DEFAULT VALUES"
BORROWING = (
    "CREATE TEMP TABLE mine (LIKE {table}); CREATE TRIGGER mine AFTER INSERT ON mine"
    " FOR EACH ROW EXECUTE FUNCTION {function}()"
)


def attacker():
    """The connection of the attacks: that of the application."""
    return connection


def run():
    casting.Cast()
    kept = [TrailEntry, *event_models()]
    tried = [(name, sql, model) for model in [*kept, Seal, Anchor] for name, sql in ATTACKS.items()]
    tried += [("INSERT", SEALING, model) for model in (Seal, Anchor, *event_models())]
    tried += [
        ("BORROW", BORROWING.replace("{function}", one.get_pgid(event.pgh_tracked_model)), event)
        for event in event_models()
        for one in event.pgh_tracked_model._meta.triggers
        if hasattr(one, "event_model")
    ]
    passed = [f"{name} {m._meta.db_table}" for name, sql, m in tried if not refused(sql, m)]
    if not history_cannot_be_switched_off():
        passed.append("pgtrigger.ignore")
    return not passed, {
        "refused": len(tried) + 1 - len(passed),
        "of": len(tried) + 1,
        "passed": passed[:9],
    }


def refused(sql, model):
    """Whether the database refuses the statement for lack of rights."""
    wire = attacker()
    statement = sql.format(table=model._meta.db_table, key=model._meta.pk.column)
    with frame.undone(wire.alias):
        try:
            with transaction.atomic(using=wire.alias), wire.cursor() as cursor:
                cursor.execute(statement)
        except DatabaseError as error:
            return getattr(error.__cause__, "pgcode", "") == "42501"
    return False


def history_cannot_be_switched_off():
    """A setting of pgtrigger that ignores triggers changes nothing here."""
    from accounts.models import Unit

    events = Unit.events.rel.related_model.objects
    with frame.undone(), connection.cursor() as cursor:
        before = events.count()
        triggers = ", ".join(trigger.get_pgid(Unit) for trigger in Unit._meta.triggers)
        cursor.execute("SELECT set_config('pgtrigger.ignore', %s, true)", ["{" + triggers + "}"])
        cursor.execute("UPDATE accounts_unit SET position = position + 1")
        return events.count() > before


MUTANTS = [
    patched(
        "the application owns the tables", "tests.accept.g02.attacker", lambda: connections["owner"]
    ),
]
