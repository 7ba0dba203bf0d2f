"""What a sender has numbered is done once: a second sending finds what the first one made.

`once` keeps the numbers itself, for a while. A row that keeps its own, in a column `client_uuid`, is
looked for by `first_of` inside a verb that is `harmless_twice`.
"""

import json
from datetime import timedelta
from functools import wraps

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from kit.errors import Refused
from kit.locks import hold_off
from kit.models import Sent

KEPT = timedelta(days=30)


def once(person, uuid, said, make):
    """Carry out `make()`, a verb that returns a row, once for this number of this person.

    said: what was sent, as JSON would hold it. Returns (key of the row, whether it was made now).
    Raises Refused, at `client_uuid`, when the number came with something else before. When `make`
    raises, the number is free again.
    """
    text = json.dumps(said, sort_keys=True)
    digest = salted_hmac("kit.once", text, algorithm="sha256").digest()
    with transaction.atomic():
        mine = Sent.objects.filter(person_id=person.pk)
        row, new = mine.get_or_create(
            person_id=person.pk, client_uuid=uuid, defaults={"digest": digest}
        )
        if new:
            row.made = make().pk
            row.save(update_fields=["made"])
            mine.filter(sent_at__lt=timezone.now() - KEPT).delete()
    if not new and bytes(row.digest) != digest:
        raise first_kept()
    return row.made, new


def first_kept():
    """What is said of a number that came with something else before."""
    text = _("This was saved already as it was first sent.")
    return Refused(text, field="client_uuid", code="first_kept")


class DoneAlready(Exception):
    """What a verb is asked for has been done: carries the row of the first time out of it."""

    def __init__(self, row):
        super().__init__()
        self.row = row


def harmless_twice(verb):
    """Make a verb that was carried out already answer with its row."""

    @wraps(verb)
    def run(**arguments):
        try:
            return verb(**arguments)
        except DoneAlready as done:
            return done.row

    return run


def first_of(model, client_uuid, digest=None, **among):
    """Let what comes under one number pass one after the other, until the transaction is over.

    client_uuid: None asks nothing. digest: of what is sent, as `client_digest` keeps it; None where
    the number alone counts. among: lookups, where each sender has numbers of their own. Raises
    DoneAlready with the row that the first sending made, Refused where it was something else.
    """
    if client_uuid is None:
        return
    hold_off(str(client_uuid))
    first = model.objects.filter(client_uuid=client_uuid, **among).first()
    if first is None:
        return
    if digest is not None and first.client_digest != digest:
        raise first_kept()
    raise DoneAlready(first)
