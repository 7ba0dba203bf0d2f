"""Many connections at once, and a broker that is not there."""

import socket
import threading
import time
import uuid
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import TrailEntry
from crm.models import Activity, Customer, CustomerAccess
from crm.services import activities, said
from tests.crm.test_activities_service import log

TOGETHER = 50


def at_once(work, times):
    """Run `work(i)` in threads that start together; returns the results in no order."""
    gate, results = threading.Barrier(times), []

    def run(number):
        try:
            gate.wait()
            results.append(work(number))
        except Exception as error:
            results.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[number]) for number in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_fifty_sendings_at_once_store_one_visit_and_get_one_answer(committed):
    key = uuid.uuid4()

    def send(_number):
        return activities.log(
            actor=committed.li, customer=committed.huadong, client_uuid=key, note="einmal"
        ).pk

    answers = at_once(send, TOGETHER)
    assert answers == [Activity.objects.get().pk] * TOGETHER
    assert TrailEntry.objects.filter(verb="activities.log").count() == 1


def test_one_id_for_two_customers_at_once_keeps_the_first_only(committed):
    key = uuid.uuid4()
    sides = [(committed.li, committed.huadong), (committed.wu, committed.nanqiao)]

    def send(number):
        actor, customer = sides[number % 2]
        return activities.log(actor=actor, customer=customer, client_uuid=key).pk

    answers = at_once(send, 10)
    kept = Activity.objects.get()
    refused = [answer for answer in answers if isinstance(answer, said.FirstKept)]
    assert [answer for answer in answers if answer not in refused] == [kept.pk] * 5
    assert len(refused) == 5


def test_correction_beside_a_new_visit_does_not_set_the_last_activity_back(committed):
    customer, now = committed.huadong, timezone.now()
    old = activities.log(actor=committed.li, customer=customer, client_uuid=uuid.uuid4(),
                         happened_at=now - timedelta(hours=3))  # fmt: skip
    logged = threading.Event()

    def act(number):
        if number == 0:
            with transaction.atomic():
                activities.log(actor=committed.li, customer=customer, client_uuid=uuid.uuid4(),
                               happened_at=now)  # fmt: skip
                logged.set()
                time.sleep(0.5)  # the correction waits for this transaction
        else:
            logged.wait()
            activities.correct(
                actor=committed.li, activity=old, values={"kind": "call"}, version=old.version
            )

    assert at_once(act, 2) == [None, None]
    assert Customer.objects.get(pk=customer.pk).last_activity_at == now
    rows = CustomerAccess.objects.filter(customer=customer)
    assert set(rows.values_list("last_activity_at", flat=True)) == {now}


@pytest.fixture
def no_broker(monkeypatch, settings):
    """Any connection but those to PostgreSQL is refused, and the broker's address is dead."""
    from config.celery import app

    monkeypatch.setitem(app.conf, "broker_url", "redis://127.0.0.1:1/0")
    tried, connect = [], socket.socket.connect

    def refuse(self, address):
        tried.append(address)
        raise ConnectionRefusedError(address)

    monkeypatch.setattr(socket.socket, "connect", refuse)
    yield tried
    monkeypatch.setattr(socket.socket, "connect", connect)


def test_signing_in_and_logging_a_visit_work_without_redis(cast, no_broker):
    from tests.cast import PASSWORD

    browser = Client()
    signed_in = browser.post(
        reverse("account_login"), {"login": "rep.east", "password": PASSWORD}, follow=False
    )
    assert signed_in.status_code == 302
    sent = {"client_uuid": uuid.uuid4(), "customer": cast.huadong.pk, "visitors": [cast.chen.pk]}
    assert browser.post(reverse("crm:log"), sent).status_code == 303
    assert Activity.objects.get().author == cast.li
    assert no_broker == []
    assert connection.in_atomic_block


def test_what_a_verb_tells_the_triggers_ends_with_its_transaction(committed):
    with CaptureQueriesContext(connection) as asked:
        log(committed.li, committed.huadong)
    assert sum("set_config" in query["sql"] for query in asked) == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('holdfast.actor', true), '')")
        assert cursor.fetchone() == ("",)


def test_saving_a_visit_asks_eleven_statements(committed, client):
    """Session, person, verb, customer, org, right, activity, stand-in, trail, lists, handovers."""
    client.force_login(committed.li, backend="accounts.backends.SignIn")
    body = {"customer": committed.huadong.pk, "kind": "visit", "note": "x"}
    for most in (99, 11):
        with CaptureQueriesContext(connection) as asked:
            sheet = {"HX-Request": "true"}
            answer = client.post("/log", body | {"client_uuid": str(uuid.uuid4())}, headers=sheet)
        assert answer.status_code == 200
        sql = [query["sql"] for query in asked if query["sql"] not in ("BEGIN", "COMMIT")]
        assert len(sql) <= most, "\n".join(one[:160].replace("\n", " ") for one in sql)
