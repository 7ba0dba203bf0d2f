"""A08: rights change at once, in every process: revoke, ask within 50 ms, be refused."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import Permission
from django.db import connections
from django.utils import timezone
from psycopg2.extras import DateTimeTZRange

from accounts.models import Membership, Person
from crm.models import Share
from crm.seats import Reason, Seat
from crm.services import access_index, ownership, shares
from tests.accept import frame
from tests.accept.frame import Mutant

ROUNDS = frame.size(60, 200)
WORKERS = 4
APPLICATION = "config.wsgi:application"
CACHED = "tests.accept.stale_wsgi:application"


def run():
    with frame.committed() as cast, server(application()) as port:
        ways = [share_revoked, seat_ended, role_changed, team_moved, frozen, share_expired]
        stale, never, late = [], [], 0
        asked = dict.fromkeys((way.__name__ for way in ways), 0)
        for turn in range(ROUNDS):
            way = ways[turn % len(ways)]
            person, path, give, take = way(cast)
            give()
            cookie = cookie_of(person)
            if not all(get(port, path, cookie) == 200 for _worker in range(WORKERS)):
                never.append(way.__name__)
            taken = take()
            started = time.perf_counter()
            status = get(port, path, cookie)
            late += time.perf_counter() - started > 0.5
            asked[way.__name__] += 1
            again = {get(port, path, cookie) for _worker in range(2 * WORKERS)}
            if status == 200 or 200 in again:
                stale.append(way.__name__)
            if taken:
                taken()
    return not (stale or never), {
        "revocations": ROUNDS, "workers": WORKERS, "stale_allows": len(stale),
        "never_allowed": never[:3], "stale": sorted(set(stale)),
    }  # fmt: skip


_application = APPLICATION


def application():
    return _application


# -- ways to lose a right: (who, what they open, give, take → put back) --------------------------


def share_revoked(cast):
    row = []

    def give():
        row.append(
            shares.grant(
                actor=cast.zhao, customer=cast.nanqiao, person=cast.chen, right="read_customer",
                until=timezone.now() + timedelta(days=2), why="to see",
            )
        )  # fmt: skip

    def take():
        shares.revoke(actor=cast.zhao, customer=cast.nanqiao, share=row[0])

    return cast.chen, f"/customers/{cast.nanqiao.pk}", give, take


def share_expired(cast):
    """The end of a share is an instant; nobody does anything at it."""

    def give():
        now = timezone.now()
        Share.objects.create(
            content_object=cast.nanqiao, user=cast.chen, granted_by=cast.zhao, reason="r",
            permission=Permission.objects.get(codename="log_customer"),
            period=DateTimeTZRange(now, now + timedelta(seconds=2.5), "[)"),
        )  # fmt: skip
        access_index.recompute([cast.nanqiao.pk])

    return cast.chen, f"/customers/{cast.nanqiao.pk}", give, lambda: time.sleep(2.55)


def seat_ended(cast):
    def give():
        put(cast, cast.chen)

    def take():
        ownership.assign(
            actor=cast.he, customer=cast.huadong, seat=Seat.ACCOUNT_MANAGER, person=cast.li
        )
        ownership.assign(actor=cast.he, customer=cast.huadong, seat=Seat.BACKUP, person=cast.chen)
        ownership.end(actor=cast.he, customer=cast.huadong, seat=Seat.BACKUP)

    return cast.chen, f"/customers/{cast.huadong.pk}", give, take


def put(cast, person):
    if (
        ownership.Assignment.objects.at()
        .filter(customer=cast.huadong, seat=Seat.ACCOUNT_MANAGER, person=person)
        .exists()
    ):
        return
    ownership.assign(
        actor=cast.he,
        customer=cast.huadong,
        seat=Seat.ACCOUNT_MANAGER,
        person=person,
        why=Reason.OTHER,
    )


def role_changed(cast):
    def change(roles):
        Person.objects.filter(pk=cast.fang.pk).update(roles=roles)

    path = f"/customers/{cast.huadong.pk}"
    return cast.fang, path, lambda: change(["auditor"]), lambda: change(["employee"])


def team_moved(cast):
    """The lead leaves the team and leads nobody."""
    mine = Membership.objects.filter(person=cast.he, post="head")

    def give():
        put(cast, cast.li)
        mine.update(period=DateTimeTZRange(timezone.now() - timedelta(days=9), None, "[)"))

    def take():
        now = timezone.now()
        mine.update(period=DateTimeTZRange(now - timedelta(days=9), now, "[)"))
        return give

    return cast.he, f"/customers/{cast.huadong.pk}", give, take


def frozen(cast):
    def state(name):
        Person.objects.filter(pk=cast.sun.pk).update(state=name)

    def take():
        state("frozen")
        return lambda: state("active")

    return cast.sun, f"/customers/{cast.huadong.pk}", lambda: state("active"), take


# -- browser and server ------------------------------------------------------------------------


def cookie_of(person):
    person.refresh_from_db()
    return frame.browser(person).cookies["sessionid"].value


def get(port, path, cookie):
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    link.request("GET", path, headers={"Cookie": f"sessionid={cookie}"})
    status = link.getresponse().status
    link.close()
    return status


@contextmanager
def server(app):
    """gunicorn with four processes on the test database."""
    port = free_port()
    gunicorn = Path(sys.executable).with_name("gunicorn")
    child = subprocess.Popen(
        [gunicorn, app, "--workers", str(WORKERS), "--bind", f"127.0.0.1:{port}", "--log-level", "error"],
        env=os.environ | {"DATABASE_URL": url_of("default"), "OWNER_DATABASE_URL": url_of("owner"),
                          "DJANGO_SETTINGS_MODULE": "config.settings.test"},
        cwd=settings.BASE_DIR, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wait_for(port, child)
        yield port
    finally:
        os.killpg(child.pid, signal.SIGTERM)
        child.wait()


def url_of(alias):
    c = connections[alias].settings_dict
    return f"postgres://{c['USER']}:{c['PASSWORD']}@{c['HOST']}:{c['PORT']}/{c['NAME']}"


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def wait_for(port, child):
    for _turn in range(600):
        if child.poll() is not None:
            raise RuntimeError("gunicorn did not start")
        try:
            get(port, "/healthz", "")
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("gunicorn does not answer")


@contextmanager
def cached():
    """Every process keeps for a minute what a person may see."""
    global _application
    _application = CACHED
    try:
        yield
    finally:
        _application = APPLICATION


MUTANTS = [Mutant("rights are cached for a minute", cached)]
