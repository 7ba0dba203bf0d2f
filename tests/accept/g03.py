"""G03: a superuser forges, deletes, cuts the tail, or computes the whole chain anew: all are found."""

import time
from unittest import mock

from django.db import connections

from accounts import audit
from accounts.selectors import audit as chain
from accounts.services import trail
from tests.accept import frame
from tests.accept.frame import Mutant, patched

ENTRIES = frame.size(10_000, 1_000_000)
BAD = ENTRIES // 2
FILL = """
    INSERT INTO accounts_trailentry (actor_id, verb, subject_type, subject_id, customer_id, changes, reason, request_id)
    SELECT 1 + n %% 50, 'customers.edit', 'crm.customer', n::text, n,
           jsonb_build_object('name', jsonb_build_array('前 ' || n, 'after ' || n)), 'because ' || n, ''
    FROM generate_series(1, %s) n
"""


def run():
    with frame.committed(), frame.own_anchor():
        owner = connections["owner"]
        with connections["default"].cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
            cursor.execute(FILL, [ENTRIES])
        sealed = trail.seal()
        started = time.perf_counter()
        clean = chain.verify()
        seconds = time.perf_counter() - started
        found = {attack.__name__: tried(attack, owner) for attack in ATTACKS}
        per_million = seconds / clean.links * 1e6
        ok = (
            clean.holds
            and clean.links == sealed >= ENTRIES
            and all(found.values())
            and per_million <= 60
        )
        return ok, {"entries": clean.links, "found": sum(found.values()), "of": len(found),
                    "missed": [k for k, v in found.items() if not v],
                    "s_per_million": round(per_million, 1)}  # fmt: skip


def tried(attack, owner):
    """Carry out the attack, ask the verifier, undo. True if it names the first bad row."""
    found = []
    with frame.undone("owner"), owner.cursor() as cursor:
        expected = attack(cursor)
        verdict = chain.verify()
        named = (verdict.position, verdict.entry_id) if verdict.entry_id else verdict.position
        found.append(not verdict.holds and named == expected)
    return found[0]


def entry_at(cursor, position):
    cursor.execute("SELECT entry_id FROM accounts_seal WHERE position = %s", [position])
    return cursor.fetchone()[0]


def forge_one(cursor):
    entry = entry_at(cursor, BAD)
    cursor.execute("UPDATE accounts_trailentry SET reason = 'nothing' WHERE id = %s", [entry])
    return BAD, entry


def forge_one_microsecond(cursor):
    entry = entry_at(cursor, BAD)
    cursor.execute(
        "UPDATE accounts_trailentry SET recorded_at = recorded_at + interval '1 microsecond'"
        " WHERE id = %s", [entry],
    )  # fmt: skip
    return BAD, entry


def delete_one(cursor):
    entry = entry_at(cursor, BAD)
    cursor.execute("DELETE FROM accounts_trailentry WHERE id = %s", [entry])
    return BAD, entry


def delete_one_with_its_link(cursor):
    entry = entry_at(cursor, BAD)
    cursor.execute("DELETE FROM accounts_trailentry WHERE id = %s", [entry])
    cursor.execute("DELETE FROM accounts_seal WHERE position = %s", [BAD])
    return BAD


def cut_the_tail(cursor):
    cursor.execute("SELECT max(position) - 10 FROM accounts_seal")
    last = cursor.fetchone()[0]
    cursor.execute(
        "DELETE FROM accounts_trailentry WHERE id IN"
        " (SELECT entry_id FROM accounts_seal WHERE position > %s)", [last],
    )  # fmt: skip
    cursor.execute("DELETE FROM accounts_seal WHERE position > %s", [last])
    cursor.execute("DELETE FROM accounts_anchor WHERE position > %s", [last])
    return last + 1


def forge_and_compute_anew(cursor):
    """Forge one row, then the chain and the anchors inside the database from there on."""
    position, entry = forge_one(cursor)
    cursor.execute("SELECT digest FROM accounts_seal WHERE position = %s", [position - 1])
    link, links = bytes(cursor.fetchone()[0]), []
    cursor.execute(
        f"SELECT s.position, {audit.canonical('e')} FROM accounts_seal s"
        " JOIN accounts_trailentry e ON e.id = s.entry_id WHERE s.position >= %s ORDER BY 1",
        [position],
    )
    for place, *row in cursor.fetchall():
        link = audit.digest(link, row)
        links.append((place, link))
    for start in range(0, len(links), 5_000):
        part = links[start : start + 5_000]
        values = ", ".join(["(%s, %s)"] * len(part))
        flat = [value for pair in part for value in pair]
        for table in ("accounts_seal", "accounts_anchor"):
            cursor.execute(
                f"UPDATE {table} t SET digest = v.d FROM (VALUES {values}) v(p, d)"
                " WHERE t.position = v.p", flat,
            )  # fmt: skip
    return position, entry


ATTACKS = [
    forge_one, forge_one_microsecond, delete_one, delete_one_with_its_link, cut_the_tail,
    forge_and_compute_anew,
]  # fmt: skip

MUTANTS = [
    Mutant(
        "no anchor outside",
        lambda: mock.patch.multiple(
            chain, _marks=lambda size: iter(()), _end=lambda marks, verdict: verdict
        ),
    ),
    patched("the link does not cover the entry", "accounts.audit.digest",
            lambda before, row: bytes(before)),
]  # fmt: skip
