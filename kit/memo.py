"""Facts remembered within one reading request, and never longer: nothing else caches rights."""

from contextvars import ContextVar

memo: ContextVar[dict | None] = ContextVar("memo", default=None)


def remembered(key, compute):
    """The value of `compute()`, asked once per reading request; always anew in a writing one."""
    known = memo.get()
    if known is None:
        return compute()
    if key not in known:
        known[key] = compute()
    return known[key]
