"""What a sender has numbered is done once: a second sending finds what the first one made."""

import json
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from kit.errors import Refused
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
        raise Refused(
            _("This number came with something else before."),
            field="client_uuid",
            code="first_kept",
        )
    return row.made, new
