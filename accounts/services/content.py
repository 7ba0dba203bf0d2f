"""Content is loaded once and then the company's own."""

from copy import deepcopy

from accounts.access import Action
from accounts.audit import record
from accounts.models import Content
from accounts.selectors.content import content, shipped
from accounts.service import service
from kit.clock import database_now
from kit.errors import Conflict


@service(Action.CONTENT_EDIT)
def load(*, actor, name):
    """Take a document that ships with the product into the database. Returns the row.

    What the company has edited is a Conflict: it stays as it is.
    """
    row = locked(name) or Content(name=name)
    if row.edited_at:
        raise Conflict(f"{name} has been edited")
    body = shipped(name)
    before, row.version, row.body = row.version, body["version"], body
    row.save()
    record(row, {"version": (before, row.version)})
    return row


@service(Action.CONTENT_EDIT)
def edit(*, actor, name, change):
    """Change a document: `change(body)` works on a copy of it and may raise Refused. Returns the body.

    Only the caller's function knows the shape of its document.
    """
    row = locked(name)
    body = deepcopy(row.body if row else content(name))
    row = row or Content(name=name, version=body["version"])
    before = deepcopy(body)
    row.body = change(body) or body
    row.edited_at, row.edited_by = database_now(), actor
    row.save()
    changed = sorted(key for key in {*before, *row.body} if before.get(key) != row.body.get(key))
    record(row, {"body": (None, ", ".join(changed))})
    return row.body


def locked(name):
    """The company's copy under its lock, or None."""
    return Content.objects.select_for_update().filter(name=name).first()
