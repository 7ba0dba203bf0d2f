"""Whatever happens to seats, in whatever order: the product and a plain model of it agree after every step."""

import pytest

from tests.stories.seats_machine import walk


def test_seats_and_their_model_agree_after_every_step(cast):
    walk(examples=10, steps=20)


@pytest.mark.slow
def test_seats_and_their_model_agree_for_longer(cast):
    walk(examples=40, steps=50)
