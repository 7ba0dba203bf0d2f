"""B01: from the commit of a freeze on nothing that this person began or holds reads or writes.

Every channel that exists is opened before: two browsers, one kept signed in for long, two API clients,
work that waits, work that runs, a late hint to it, a task that was given to them. Then the freeze; then
each is tried at once, and signing in and choosing a new password too. In the last round requests are
under way on four connections while it commits. Feeds, pushed messages and signed links do not exist.
"""

import threading
import time
from uuid import uuid4

from django.core import mail
from django.db import connection, transaction

from accounts.models import ApiToken, Person
from crm.models import Activity, Task
from handover.services import emergency
from kit import jobs
from kit.models import Job
from tests.accept import frame
from tests.accept.frame import patched
from tests.cast import PASSWORD, Cast

ROUNDS = frame.size(12, 50)
WORK = "tests.b01"
GIVEN = {"trigger": "no_contact", "reason": "Cannot be reached"}
LONG = 60 * 60 * 24 * 14  # seconds of a session that is kept


def run():
    taken, slowest = [], 0.0
    with stepping():
        for _turn in range(ROUNDS):
            with frame.undone():
                found, seconds = one_round(Cast())
                taken, slowest = taken + found, max(slowest, seconds)
    after = under_way()
    figures = {
        "rounds": ROUNDS, "channels": len(CHANNELS), "let through": sorted(set(taken)),
        "requests after the commit": after["asked"], "of these answered": after["answered"],
        "slowest freeze (s)": round(slowest, 2),
    }  # fmt: skip
    return not taken and not after["answered"] and after["asked"] > 0, figures


class stepping:
    """Work of a kind that counts its steps."""

    def __enter__(self):
        jobs.STEPS[WORK] = self.step
        Steps.done = 0

    def step(self, job):
        Steps.done += 1
        return False

    def __exit__(self, *_error):
        del jobs.STEPS[WORK]


class Steps:
    done = 0


class World:
    """What somebody has open before the freeze."""

    def __init__(self, cast):
        self.cast, self.person = cast, cast.li
        self.first, self.second, self.kept = (frame.browser(cast.li) for _number in range(3))
        session = self.kept.session
        session.set_expiry(LONG)
        session.save()
        self.api, self.other = frame.api(cast.li), frame.api(cast.li)
        self.first.get("/")
        self.waiting = jobs.start(WORK, person=cast.li)
        self.running = jobs.claim(jobs.start(WORK, person=cast.li).pk)
        self.task = Task.objects.create(
            customer=cast.huadong, person=cast.li, first_person=cast.li, made_by=cast.he,
            title="Call back", due_on="2030-01-01",
        )  # fmt: skip

    def log(self):
        return {"customer": self.cast.huadong.pk, "client_uuid": str(uuid4()), "kind": "visit",
                "note": "after"}  # fmt: skip


def one_round(cast):
    """(channels that let something through, seconds of the freeze)."""
    world = World(cast)
    began = time.monotonic()
    emergency.freeze(actor=cast.he, person=cast.li, **GIVEN)
    seconds = time.monotonic() - began
    Steps.done = 0
    open_ones = [name for name, opens in CHANNELS.items() if opens(world)]
    open_ones += ["something was written"] if Activity.objects.exists() else []
    return open_ones, seconds


def read(client):
    return lambda world: getattr(world, client).get("/customers").status_code == 200


def reads(client):
    return lambda world: getattr(world, client).get("/api/v1/customers").status_code == 200


def writes(client):
    def opens(world):
        given = world.log()
        answer = getattr(world, client).post(
            "/api/v1/visits", given, content_type="application/json"
        )
        return answer.status_code < 300

    return opens


def logs(world):
    return world.first.post("/log", world.log() | {"ago": "0"}).status_code == 303 and (
        Activity.objects.exists()
    )


def polls(world):
    """A page that asks for its parts by itself."""
    return world.second.get("/inbox", headers={"HX-Request": "true"}).status_code == 200


def begins_work(world):
    """The queued job, also by a late hint to it."""
    found = jobs.claim(world.waiting.pk)
    if found:
        jobs.run(found, until=0)
    return Steps.done > 0 or Job.objects.get(pk=world.waiting.pk).state != "cancelled"


def goes_on(world):
    before = Steps.done
    jobs.run(world.running, until=0)
    return Steps.done > before


def signs_in(world):
    client = frame.Client(raise_request_exception=False)
    client.post("/accounts/login/", {"login": world.person.username, "password": PASSWORD})
    return "_auth_user_id" in client.session


def new_password(world):
    """Forgotten password: no mail that leads anywhere, and none that signs in."""
    before = len(mail.outbox)
    client = frame.Client(raise_request_exception=False)
    client.post("/accounts/password/reset/", {"email": world.person.email})
    return any("/reset/key/" in one.body for one in mail.outbox[before:])


def finishes(world):
    answer = world.kept.post(f"/tasks/{world.task.pk}/finish", {"outcome": "x"})
    return answer.status_code == 303 and not Task.objects.open().filter(pk=world.task.pk).exists()


def holds_a_token(world):
    return ApiToken.objects.filter(user=world.person).exists()


CHANNELS = {
    "a browser": read("first"), "another browser": read("second"), "a kept session": read("kept"),
    "an API client": reads("api"), "another API client": reads("other"),
    "an API client that writes": writes("api"), "the log sheet": logs, "a page that polls": polls,
    "queued work": begins_work, "running work": goes_on, "signing in": signs_in,
    "a new password": new_password, "a task of theirs": finishes, "a token": holds_a_token,
}  # fmt: skip


# -- requests under way ------------------------------------------------------------------------------


def under_way():
    """Requests on four connections while a freeze commits: how many began after it, and were answered."""
    with frame.committed() as cast, transaction_free():
        clients = [frame.browser(cast.li), frame.browser(cast.li)]
        clients += [frame.api(cast.li), frame.api(cast.li)]
        over, seen = threading.Event(), []
        paths = ["/customers", "/", "/api/v1/customers", "/api/v1/me"]
        threads = [
            threading.Thread(target=ask, args=(client, path, over, seen))
            for client, path in zip(clients, paths, strict=True)
        ]
        for thread in threads:
            thread.start()
        time.sleep(0.5)
        emergency.freeze(actor=Person.objects.get(pk=cast.he.pk), person=cast.li, **GIVEN)
        committed = time.monotonic()
        time.sleep(1)
        over.set()
        for thread in threads:
            thread.join()
    late = [status for began, status in seen if began > committed]
    return {"asked": len(late), "answered": sum(status == 200 for status in late)}


class transaction_free:
    """The threads have connections of their own; what they see is what was committed."""

    def __enter__(self):
        assert not transaction.get_connection().in_atomic_block

    def __exit__(self, *_error):
        pass


def ask(client, path, over, seen):
    while not over.is_set():
        began = time.monotonic()
        seen.append((began, client.get(path).status_code))
    connection.close()


def nothing_is_cut(person):
    """Sessions and tokens stay, and so does the epoch that they are of."""


MUTANTS = [
    patched("sessions, tokens and the epoch stay", "accounts.services.people.cut_access",
            nothing_is_cut),
    patched("the epoch is not asked between two steps", "kit.jobs.still_there", lambda job: True),
]  # fmt: skip
