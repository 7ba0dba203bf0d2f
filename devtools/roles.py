"""The two roles: an owner for migrations and sealing, an app role that owns nothing.

docker-compose.yml runs the same statements (docs/runbook.md shows them for servers of
your own). New tables give the app role rows but never TRUNCATE or ALTER; migrations take
UPDATE and DELETE away again where a table is append-only.
"""

import time

from devtools.paths import Stop

DATABASE = "holdfast"
NAMES = {"superuser": "postgres", "owner": "holdfast_owner", "app": "holdfast_app"}


def prepare(url: str, passwords: dict[str, str], may_create_databases: bool) -> None:
    """Create or correct roles, database and default rights; harmless when repeated."""
    import psycopg2  # installed by the time a server is started

    with _connected(psycopg2, url) as cursor:
        _roles(cursor, passwords, may_create_databases)
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
        if not cursor.fetchone():
            cursor.execute(f"CREATE DATABASE {DATABASE} OWNER {NAMES['owner']}")
            cursor.execute(f"REVOKE ALL ON DATABASE {DATABASE} FROM public")
            cursor.execute(f"GRANT CONNECT ON DATABASE {DATABASE} TO {NAMES['app']}")
    # template1 as well: every database made later (tests) starts with the same rights.
    for database in ("template1", DATABASE):
        with _connected(psycopg2, url.rpartition("/")[0] + "/" + database) as cursor:
            _default_rights(cursor)
            if database == DATABASE:
                _refuse_blind_trigrams(cursor)


_NOT_YET = ("starting up", "not yet accepting", "recovery mode")


class _connected:
    """A cursor in autocommit; psycopg2's own `with` keeps the connection open."""

    def __init__(self, psycopg2, url):
        until = time.monotonic() + 120
        while True:
            try:
                self.connection = psycopg2.connect(url, connect_timeout=30)
                break
            except psycopg2.OperationalError as refused:
                # After a crash the server replays its log first.
                waiting = any(words in str(refused) for words in _NOT_YET)
                if not waiting or time.monotonic() > until:
                    raise
            time.sleep(0.1)
        self.connection.autocommit = True

    def __enter__(self):
        return self.connection.cursor()

    def __exit__(self, *_):
        self.connection.close()


def _roles(cursor, passwords, may_create_databases) -> None:
    rights = {"owner": "CREATEDB" if may_create_databases else "NOCREATEDB", "app": "NOCREATEDB"}
    for role, createdb in rights.items():
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [NAMES[role]])
        verb = "ALTER" if cursor.fetchone() else "CREATE"
        cursor.execute(
            f"{verb} ROLE {NAMES[role]} LOGIN NOSUPERUSER NOCREATEROLE {createdb} PASSWORD %s",
            [passwords[role]],
        )


def _default_rights(cursor) -> None:
    owner, app = NAMES["owner"], NAMES["app"]
    cursor.execute("ALTER SCHEMA public OWNER TO pg_database_owner")
    cursor.execute("REVOKE CREATE ON SCHEMA public FROM public")
    cursor.execute(f"GRANT USAGE ON SCHEMA public TO {app}")
    given = f"ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT"
    cursor.execute(f"{given} SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app}")
    cursor.execute(f"{given} USAGE, SELECT ON SEQUENCES TO {app}")


def _refuse_blind_trigrams(cursor) -> None:
    """A server whose LC_CTYPE knows no Chinese letters would find no Chinese customer."""
    cursor.execute("BEGIN")
    cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    cursor.execute("SELECT show_trgm('客户') <> '{}'")
    sees = cursor.fetchone()[0]
    cursor.execute("ROLLBACK")
    if not sees:
        raise Stop("This PostgreSQL sees no letters in Chinese: its LC_CTYPE must be C.UTF-8.")
