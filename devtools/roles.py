"""The two roles: an owner for migrations and sealing, an app role that owns nothing.

The launcher and docker-compose.yml both use this file; for a PostgreSQL of your own:
`ADMIN_DATABASE_URL=… DATABASE_URL=… OWNER_DATABASE_URL=… python -m devtools.roles`.
Names, passwords and database are read from the two URLs. New tables give the app role
rows but never TRUNCATE or ALTER; migrations take UPDATE and DELETE away again where a
table is append-only.
"""

import os
import sys
import time
from urllib.parse import unquote, urlsplit, urlunsplit

from devtools.paths import Stop, say


def prepare(admin: str, owner: str, app: str, *, may_create_databases: bool = False) -> None:
    """Create or correct roles, database and default rights; harmless when repeated."""
    database = urlsplit(owner).path.strip("/")
    names = {"owner": _name(owner), "app": _name(app), "database": database}
    with _connected(admin) as run:
        _role(run, owner, "CREATEDB" if may_create_databases else "NOCREATEDB")
        _role(run, app, "NOCREATEDB")
        if not run("SELECT 1 FROM pg_database WHERE datname = %s", [database]):
            run("CREATE DATABASE {database} OWNER {owner} TEMPLATE template0", **names)
            run("REVOKE ALL ON DATABASE {database} FROM public", **names)
            run("GRANT CONNECT ON DATABASE {database} TO {app}", **names)
    # Databases of the test suite are copies of template1.
    for each in (database, "template1") if may_create_databases else (database,):
        with _connected(urlunsplit(urlsplit(admin)._replace(path=f"/{each}"))) as run:
            _default_rights(run, names)
            if each == database:
                _refuse_blind_trigrams(run)


def _name(url: str) -> str:
    return unquote(urlsplit(url).username or "")


def _role(run, url: str, may_create: str) -> None:
    exists = run("SELECT 1 FROM pg_roles WHERE rolname = %s", [_name(url)])
    run(
        f"{'ALTER' if exists else 'CREATE'} ROLE {{role}}"
        f" LOGIN NOSUPERUSER NOCREATEROLE {may_create} PASSWORD %s",
        [unquote(urlsplit(url).password or "")],
        role=_name(url),
    )


def _default_rights(run, names: dict[str, str]) -> None:
    # The owner of a database owns its schema public, and may create trusted extensions.
    run("ALTER SCHEMA public OWNER TO pg_database_owner")
    run("REVOKE CREATE ON SCHEMA public FROM public")
    run("GRANT USAGE ON SCHEMA public TO {app}", **names)
    given = "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT"
    run(f"{given} SELECT, INSERT, UPDATE, DELETE ON TABLES TO {{app}}", **names)
    run(f"{given} USAGE, SELECT ON SEQUENCES TO {{app}}", **names)


def _refuse_blind_trigrams(run) -> None:
    """A server whose LC_CTYPE knows no Chinese letters would find no Chinese customer."""
    run("BEGIN")
    run("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    sees = run("SELECT 1 WHERE show_trgm('客户') <> '{{}}'")
    run("ROLLBACK")
    if not sees:
        raise Stop("This PostgreSQL sees no letters in Chinese: its LC_CTYPE must be C.UTF-8.")


_NOT_YET = ("starting up", "not yet accepting", "not accepting connections", "recovery mode")


class _connected:
    """`with _connected(url) as run:` a function that executes one statement and commits."""

    def __init__(self, url: str):
        import psycopg2  # installed by the time a server is started
        import psycopg2.sql

        self.sql = psycopg2.sql
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
        return self._run

    def __exit__(self, *_):
        self.connection.close()

    def _run(self, statement: str, values: list | None = None, **names: str) -> list:
        quoted = {key: self.sql.Identifier(name) for key, name in names.items()}
        with self.connection.cursor() as cursor:
            cursor.execute(self.sql.SQL(statement).format(**quoted), values)
            return cursor.fetchall() if cursor.description else []


if __name__ == "__main__":
    try:
        given = [os.environ[f"{name}DATABASE_URL"] for name in ("ADMIN_", "OWNER_", "")]
        prepare(*given, may_create_databases="--may-create-databases" in sys.argv)
    except Stop as stop:
        say(str(stop))
        sys.exit(1)
