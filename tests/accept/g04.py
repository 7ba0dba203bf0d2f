"""G04: planted personal values and secrets are in no log, hint, job, error page or address.

A phone, a mail, a private person's name, a password and a token go through pages, services, failing
code and tasks. Then everything that is kept or sent elsewhere than in the fields meant for them is
searched.
"""

import io
import json
import logging
import logging.config
import re
from contextlib import contextmanager
from unittest import mock
from urllib.parse import unquote

import redis
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection, transaction

from config import logs
from config.celery import app
from crm.services import contacts
from kit import jobs, outbox
from kit.models import Effect, Job
from tests.accept import frame
from tests.accept.frame import Mutant

PHONE, MAIL = "13876512340", "marker.private@planted.example"
NAME, PASSWORD = "Plantedmarker Quist", "Planted-secret-77x"
NOTE = "Plantednote about her family"
MARKERS = [PHONE, PHONE[3:], "planted.example", "Plantedmarker", "Planted-secret", "Plantednote"]
ADDRESS = re.compile(rb"""(?:href|action|src|hx-get|hx-post)=["']([^"']*\?[^"']*)["']""")
TABLES = {  # rows of machinery, which must hold ids only
    "effects": lambda: Effect.objects.values_list("payload", "error"),
    "jobs": lambda: Job.objects.values_list("payload", "error"),
    "sessions": lambda: [(s.get_decoded(),) for s in Session.objects.all()],
}


def run():
    with frame.committed() as cast, listening() as told, broker() as hints:
        token = plant(cast)
        markers = [*MARKERS, token]
        answers = walk(cast, token)
        failures = fail(cast)
        kept = {name: json.dumps([list(map(str, row)) for row in rows()]) for name, rows in TABLES.items()}  # fmt: skip
        tasks = send_every_task()
        queued = waiting(hints)
    text = told.getvalue()
    places = {
        "log": text, "broker": queued, "error pages": "".join(failures),
        "addresses": "\n".join(addresses(answers)),
    } | kept  # fmt: skip
    found = {name: hits for name, body in places.items() if (hits := planted(body, markers))}
    lines = [json.loads(line) for line in text.splitlines()]
    nameless = [line["message"] for line in lines if not is_named(line)]
    asked = sum(line["message"] == "request" for line in lines)
    return not found and not nameless and asked >= len(answers) and "task" in queued, {
        "markers": len(markers), "log lines": len(lines), "lines without actor or request": len(nameless),
        "failures": len(failures), "addresses": places["addresses"].count("\n"), "tasks": tasks,
        "found": found,
    }  # fmt: skip


def is_named(line):
    """Does a line say to which request and person, or to which piece of work, it belongs?"""
    if line["logger"].startswith(("kit.", "celery.")):
        return "request_id" in line or re.search(r"\d", line["message"]) or line.get("task_id")
    return "request_id" in line and (line["message"] != "request" or "actor" in line)


def planted(body, markers):
    """Which markers a text holds, also percent-encoded ones."""
    plain = unquote(body.replace("+", " ")).lower()
    return sorted({marker for marker in markers if marker.lower() in plain})


# -- planting ------------------------------------------------------------------------------------


def plant(cast):
    """A contact with a private mail, a person's password, a token; the token's clear text."""
    cast.li.set_password(PASSWORD)
    with transaction.atomic():
        cast.li.save()
    cast.contact = contacts.create(
        actor=cast.li, customer=cast.huadong, values={"name": NAME},
        channels=[{"kind": "phone", "value": PHONE}, {"kind": "mail", "value": MAIL, "held_by": "private"}],
    )  # fmt: skip
    return api_token(cast.li)


def api_token(person):
    from accounts.models import ApiToken

    return ApiToken.objects.create(user=person, epoch=person.auth_epoch)[1]


def walk(cast, token):
    """Pages and the API, used as intended and with nonsense; their answers."""
    from django.test import Client

    browser, visitor = frame.browser(cast.li), Client(raise_request_exception=False)
    api = Client(raise_request_exception=False, headers={"Authorization": f"Token {token}"})
    phone = cast.contact.channels.get(kind="phone")
    home, person = f"/customers/{cast.huadong.pk}", f"/contacts/{cast.contact.pk}"
    visit = {"customer": cast.huadong.pk, "kind": "visit", "note": NOTE, "client_uuid": "nonsense"}
    good = visit | {"client_uuid": "6d6a2f0e-58a4-4b0f-9a39-1a1a1a1a1a1a"}
    return [
        visitor.post("/accounts/login/", {"login": MAIL, "password": PASSWORD}),
        visitor.post("/accounts/login/", {"login": "rep.east", "password": PASSWORD}),
        browser.get("/customers"), browser.get(home), browser.get(person), browser.get("/contacts"),
        browser.get("/contacts", {"page": "2"}),
        browser.post(f"/channels/{phone.pk}/reveal", {"reason": "call"}),
        browser.post(f"{person}/channels/new", {"kind": "phone", "value": PHONE + "0000000000"}),
        browser.post(f"{person}/channels/new", {"kind": "mail", "value": "x" + MAIL}),
        browser.post(f"{person}/edit", {"name": NAME * 20, "version": "x"}),
        browser.post("/log", visit), browser.post("/log", good),
        browser.get(home + "/timeline"), frame.browser(cast.fang).get("/trail"),
        api.get("/api/v1/contacts"), api.get(f"/api/v1/contacts/{cast.contact.pk}"),
        api.post("/api/v1/visits", {"note": NOTE}, content_type="application/json"),
    ]  # fmt: skip


def fail(cast):
    """Code that fails with a personal value in its hands; the bodies of what people see then."""
    browser, bodies = frame.browser(cast.li), []

    def duplicate(*_args, **_options):
        with connection.cursor() as cursor:  # the server quotes the whole row in its error
            cursor.execute(
                "INSERT INTO kit_beat (name, beat_at, owner) SELECT %s, now(), '' FROM generate_series(1, 2)",
                [MAIL],
            )

    def nonsense(*_args, **_options):
        raise ValueError(f"cannot read {PHONE} of {NAME}")

    for broken in (duplicate, nonsense):
        with mock.patch("crm.selectors.timeline.page", broken):
            answer = browser.get(f"/customers/{cast.huadong.pk}/timeline")
            bodies.append(str(answer.status_code) + answer.content.decode())
    with mock.patch.dict(outbox.HANDLERS, {"tests.fails": nonsense}):
        outbox.post("tests.fails", about=cast.contact.pk)
        outbox.relay()
    with mock.patch.dict(jobs.STEPS, {"tests.fails": nonsense}):
        jobs.run(jobs.claim(jobs.start("tests.fails", about=cast.contact.pk).pk))
    failing = app.task(nonsense, name=f"tests.fails.{id(nonsense)}")
    failing.apply()
    for path in ("/customers/999999", "/nowhere"):
        bodies.append(browser.get(path).content.decode())
    bodies.append(frame.browser(cast.hu).get(f"/customers/{cast.huadong.pk}").content.decode())
    return bodies


# -- looking -------------------------------------------------------------------------------------


@contextmanager
def listening():
    """Every line of every logger, as the processes of an installation write it."""
    before = logging.root.manager.disable
    stream = io.StringIO()
    known = logs.LOGGING | {"handlers": {"console": logs.LOGGING["handlers"]["console"] | {"stream": stream}}}  # fmt: skip
    logging.disable(logging.NOTSET)
    logging.config.dictConfig(known)
    try:
        yield stream
    finally:
        logging.config.dictConfig(settings.LOGGING)
        logging.disable(before)


@contextmanager
def broker():
    """The broker, empty before and after."""
    link = redis.Redis.from_url(settings.CELERY_BROKER_URL)
    link.flushdb()
    try:
        yield link
    finally:
        link.flushdb()
        link.close()


def send_every_task():
    """Send each scheduled task as beat does."""
    for row in settings.CELERY_BEAT_SCHEDULE.values():
        app.send_task(row["task"])
    return len(settings.CELERY_BEAT_SCHEDULE)


def waiting(link):
    """Everything that lies in the broker, as text."""
    found = []
    for key in link.scan_iter():
        kind = link.type(key)
        read = {b"list": lambda k: link.lrange(k, 0, -1), b"set": link.smembers, b"hash": link.hgetall,
                b"zset": lambda k: link.zrange(k, 0, -1), b"string": link.get}[kind]  # fmt: skip
        found.append(f"{key} {read(key)}")
    return "\n".join(found)


def addresses(answers):
    """Where answers lead to: redirects, and every address with a query in a page."""
    for answer in answers:
        yield answer.get("Location", "")
        for address in ADDRESS.findall(getattr(answer, "content", b"")):
            yield address.decode()


def told_in_full():
    """Tracebacks with the text of the exception."""

    def with_text(self, part):
        return {"type": part["exc_type"], "text": part["exc_value"]}

    return mock.patch.object(logs.Tracebacks, "_plain", with_text)


@contextmanager
def objects_in_effects():
    """Effects carry what they are about instead of its id."""
    real = outbox.post

    def post(kind, /, *, about=None, **payload):
        return real(kind, about=NAME if about else None, **payload)

    with mock.patch.object(outbox, "post", post):
        yield


MUTANTS = [
    Mutant("tracebacks quote the exception", told_in_full),
    Mutant("effects carry values instead of ids", objects_in_effects),
]
