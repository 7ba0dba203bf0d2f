"""People who are gone and hold something all the same, as an import brings them about."""

from contextlib import contextmanager

from kit import guards


@contextmanager
def holding_on():
    """Inside, somebody may leave without having handed anything over."""
    kept = guards.GUARDS["people.set_state"]
    guards.GUARDS["people.set_state"] = [one for one in kept if one.name != "still_holds"]
    try:
        yield
    finally:
        guards.GUARDS["people.set_state"] = kept
