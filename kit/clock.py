"""The database's clock. Periods never depend on the clock of a web machine."""

from django.db import connection
from django.db.models import DateTimeField, Func


class StatementNow(Func):
    """The instant at which this statement began, constant within it, new in the next one."""

    template = "statement_timestamp()"
    output_field = DateTimeField()
    arity = 0


def database_now():
    """The wall clock of PostgreSQL at this moment, also within a long transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]
