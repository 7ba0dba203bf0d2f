"""The address of one thing by its key. Lists ask for a hundred of them, and Django's `reverse` takes
longer for each than all else in a cell.
"""

from functools import lru_cache

from django.urls import reverse

MARK = 987_654_321  # stands in the place of the key


def address_of(name, key):
    """The address of the page `name` (as `reverse` takes it) whose only argument is an integer key."""
    before, after = around(name)
    return f"{before}{key:d}{after}"


@lru_cache(maxsize=50)
def around(name):
    """What stands before and behind the key."""
    before, _, after = reverse(name, args=[MARK]).partition(str(MARK))
    return before, after
