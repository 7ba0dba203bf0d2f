"""New rows, one or thousands of a model in one statement."""

from django.db import connection

from kit import crypto
from kit.models import SubjectKey


def insert(rows):
    """Write unsaved rows of one model, with the keys derived from their names. Returns the rows.

    They may point to rows that have been written since they were made. Must run in the transaction
    of a verb: without its entry in the trail nothing may stay.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("rows outside a service")
    for row in rows:
        if hasattr(row, "set_keys"):
            row.set_keys()
    if rows:
        type(rows[0])._base_manager.bulk_create(rows)
    return rows


def give_keys(rows):
    """Give every row, a data subject, a fresh key of its own."""
    keys = insert([SubjectKey(wrapped=crypto.new_key()) for _row in rows])
    for row, key in zip(rows, keys, strict=True):
        row.key = key


def update(rows, fields):
    """Write `fields` of saved rows of one model in one statement. No keys are derived."""
    if not rows:
        return
    model = type(rows[0])
    columns = [model._meta.get_field(name) for name in fields]
    names = [connection.ops.quote_name(field.column) for field in columns]
    cast = ", ".join(f"%s::{field.db_type(connection)}" for field in columns)
    sets = ", ".join(f"{name} = v.{name}" for name in names)
    values = [
        value
        for row in rows
        for value in (
            row.pk,
            *(field.get_db_prep_save(getattr(row, field.attname), connection) for field in columns),
        )
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {connection.ops.quote_name(model._meta.db_table)} t SET {sets} FROM (VALUES "
            f"{', '.join([f'(%s, {cast})'] * len(rows))}) v(id, {', '.join(names)}) WHERE t.id = v.id",
            values,
        )
