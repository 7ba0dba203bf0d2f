"""The private servers: two roles, passwords, nobody left behind, always a next start."""

import os
import signal
import socket
import stat
import subprocess
import sys
from urllib.parse import urlsplit

import psycopg2
import psycopg2.errors
import pytest
import redis

from devtools import binaries
from tests.launcher.conftest import ROOT, wait


def run(url, statement):
    connection = psycopg2.connect(url)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else None
    finally:
        connection.close()


def test_the_app_role_owns_nothing_and_may_make_nothing(standing):
    exports = standing.exported
    app, owner = exports["DATABASE_URL"], exports["OWNER_DATABASE_URL"]
    run(owner, "CREATE TABLE things (name text)")
    run(app, "INSERT INTO things VALUES ('a')")
    assert run(app, "SELECT name FROM things") == [("a",)]
    for forbidden in (
        "CREATE TABLE mine ()",
        "CREATE SCHEMA mine",
        "CREATE DATABASE mine",
        "CREATE ROLE mine",
        "TRUNCATE things",
        "ALTER TABLE things ADD more text",
        "DROP TABLE things",
        "SET ROLE holdfast_owner",
    ):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            run(app, forbidden)
    owned = "SELECT count(*) FROM pg_shdepend WHERE deptype = 'o' AND refobjid = 'holdfast_app'::regrole"
    assert run(owner, owned) == [(0,)]
    assert run(owner, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") == [(False,)]


def test_the_owner_may_make_the_extensions_and_chinese_has_trigrams(standing):
    exports = standing.exported
    for extension in ("pg_trgm", "btree_gist", "ltree", "unaccent"):
        run(exports["OWNER_DATABASE_URL"], f"CREATE EXTENSION {extension}")
    assert run(exports["DATABASE_URL"], "SELECT show_trgm('客户') <> '{}'") == [(True,)]


def test_nothing_answers_without_its_password(standing):
    exports = standing.exported
    app = urlsplit(exports["DATABASE_URL"])
    for url in (
        app._replace(netloc=f"postgres@127.0.0.1:{app.port}"),
        app._replace(netloc=f"holdfast_app:wrong@127.0.0.1:{app.port}"),
    ):
        with pytest.raises(psycopg2.OperationalError, match="password"):
            psycopg2.connect(url.geturl())
    broker = urlsplit(exports["REDIS_URL"])
    assert redis.Redis.from_url(exports["REDIS_URL"]).ping()
    with socket.create_connection(("127.0.0.1", broker.port), timeout=5) as stranger:
        stranger.sendall(b"PING\r\n")
        assert stranger.recv(100).startswith(b"-NOAUTH")
    for private in ("secrets.json", "servers.json", "valkey.conf"):
        assert stat.S_IMODE((standing.path / private).stat().st_mode) == 0o600
    shown = " ".join(standing.processes())
    assert app.password not in shown
    assert broker.password not in shown


def test_stop_leaves_no_process_and_the_data_stay(folder):
    run(folder.exports()["OWNER_DATABASE_URL"], "CREATE TABLE kept ()")
    folder.dev("stop")
    assert folder.processes() == []
    assert run(folder.exports()["OWNER_DATABASE_URL"], "SELECT count(*) FROM kept") == [(0,)]


def test_a_killed_server_comes_back_at_the_same_address(folder):
    exports = folder.exports()
    for server in ("POSTGRES", "VALKEY"):
        os.kill(int(exports[f"HOLDFAST_PID_{server}"]), signal.SIGKILL)
    again = folder.exports()
    assert again["DATABASE_URL"] == exports["DATABASE_URL"]
    assert again["HOLDFAST_PID_POSTGRES"] != exports["HOLDFAST_PID_POSTGRES"]
    assert run(again["DATABASE_URL"], "SELECT 1") == [(1,)]
    assert redis.Redis.from_url(again["REDIS_URL"]).ping()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the next start ends the survivors")
def test_a_killed_keeper_takes_its_servers_with_it(folder):
    exports = folder.exports()
    os.kill(int(exports["HOLDFAST_PID_KEEPER"]), signal.SIGKILL)
    assert folder.wait_empty() == []
    assert run(folder.exports()["DATABASE_URL"], "SELECT 1") == [(1,)]


def test_servers_end_when_their_last_client_is_killed(folder):
    client = "import pathlib, sys, time; from devtools import servers;"
    client += "servers.attach(pathlib.Path(sys.argv[1])); print(flush=True); time.sleep(60)"
    clients = [
        subprocess.Popen(
            [sys.executable, "-c", client, folder.path],
            cwd=ROOT,
            env=folder.environment,
            stdout=subprocess.PIPE,
        )
        for _ in range(2)
    ]
    for each in clients:
        each.stdout.readline()
    keepers = [line for line in folder.processes() if "devtools.keeper" in line]
    assert len(keepers) == 1
    for each in clients:
        assert any("devtools.keeper" in line for line in folder.processes())
        each.kill()
        each.wait()
    assert folder.wait_empty() == []


def test_a_cluster_of_another_version_is_left_alone(folder):
    cluster = folder.path / "postgres"
    cluster.mkdir()
    (cluster / "PG_VERSION").write_text("14\n")
    if os.geteuid() == 0:
        os.chown(cluster, binaries.NOBODY, binaries.NOBODY)
    refused = folder.dev("env", check=False)
    assert refused.returncode == 1
    assert "made by PostgreSQL 14" in refused.stderr
    assert "pg_dump" in refused.stderr and "pg_restore" in refused.stderr
    assert folder.processes() == []


def test_two_runs_of_tests_get_servers_of_their_own(folder):
    probe = "import os, time; print(os.environ['DATABASE_URL'], flush=True); time.sleep(30)"
    code = f"""
from devtools import handover, slots
with slots.taken("test") as (given,):
    handover.over(handover.environment("config.settings.test", given), "-c", {probe!r})
"""
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", code], cwd=ROOT, env=folder.environment, stdout=subprocess.PIPE
        )
        for _ in range(2)
    ]
    urls = {each.stdout.readline() for each in runs}
    assert len(urls) == 2
    for each in runs:
        each.kill()
        each.wait()
    assert wait(lambda: not folder.processes(), 15)


def test_given_addresses_are_used_and_only_the_missing_server_is_started(standing, folder):
    given = ("DATABASE_URL", "OWNER_DATABASE_URL")
    printed = folder.exports(**{name: standing.exported[name] for name in given})
    assert all(printed[name] == standing.exported[name] for name in given)
    assert printed["REDIS_URL"] != standing.exported["REDIS_URL"]
    assert "HOLDFAST_PID_VALKEY" in printed
    assert "HOLDFAST_PID_POSTGRES" not in printed
