"""A database that is there and does not answer is noticed, and whoever waits for it is freed."""

import socket

import pytest
from django.db import OperationalError, connection

from kit import lifeline


def ours():
    return {
        k: v for k, v in connection.get_connection_params().items() if isinstance(v, (str, int))
    }


def test_a_server_that_answers_is_left_alone(db):
    assert lifeline.answers(ours())
    assert lifeline.answers(ours() | {"password": "wrong"})


def test_a_server_that_accepts_and_says_nothing_is_noticed():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        assert not lifeline.answers({"host": "127.0.0.1", "port": port, "user": "x"}, patience=0.2)


def test_a_question_that_fails_is_asked_again(monkeypatch):
    asked = []

    def answers(dsn):
        asked.append(dsn)
        if len(asked) == 1:
            raise ValueError("no such line")
        raise SystemExit  # ends the endless loop of this test

    monkeypatch.setattr(lifeline, "EVERY", 0)
    monkeypatch.setattr(lifeline, "answers", answers)
    with pytest.raises(SystemExit):
        lifeline._watch()
    assert len(asked) == 2


def test_a_cut_connection_is_an_error_and_no_endless_wait(db, monkeypatch):
    line = connection.copy()
    line.connect()
    monkeypatch.setattr(lifeline, "_open", {line, connection.copy()})
    assert lifeline.cut() == 1
    with pytest.raises(OperationalError), line.cursor() as cursor:
        cursor.execute("SELECT 1")
    line.close()
    assert connection.is_usable()
