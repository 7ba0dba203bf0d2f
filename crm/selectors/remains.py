"""After an erasure: in which tables does a name or number of the person still stand?

It looks at every table of the database as text, one at a time, whatever a table may be of.
"""

from django.db import connection

TABLES = """
    SELECT c.relname FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
      AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
    ORDER BY c.relname
"""
FOUND = "SELECT count(*) FROM {table} AS t WHERE t::text LIKE ANY (%s)"


def tables():
    """Names of all tables."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        return [name for (name,) in cursor.fetchall()]


def count(table, words):
    """Rows of a table in which one of the words stands, as text or as bytes of it."""
    patterns = [f"%{escaped(one)}%" for word in words for one in (word, word.encode().hex())]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(FOUND.format(table=connection.ops.quote_name(table)), [patterns])
        return cursor.fetchone()[0]


def escaped(word):
    """A word as a pattern of LIKE that means itself."""
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
