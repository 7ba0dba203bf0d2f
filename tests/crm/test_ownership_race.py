"""Many at once: the database keeps the promises of seats."""

import pytest

from tests.accept import e01


def test_four_writers_leave_one_holder_and_a_period_for_every_accepted_change(committed):
    ok, figures = e01.race(committed, writers=4, transfers=15)
    assert ok, figures
    assert figures["accepted"] > 20


@pytest.mark.slow
def test_sixteen_writers_with_two_hundred_transfers_each(committed):
    ok, figures = e01.race(committed, writers=16, transfers=200)
    assert ok, figures
