"""What somebody says about an activity: its one form, what may be said, and that it counts once.

The same client id with the same body is the same activity, however often and from however many
connections it is sent.
"""

import hashlib
import json
import uuid
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from functools import wraps

from django.db import IntegrityError
from django.http import Http404
from django.utils.translation import gettext as _

from accounts.service import only
from crm.models import Activity
from kit.errors import NotAllowed, Refused

AHEAD = timedelta(minutes=5)  # a phone's clock may run ahead by this much
LATE = timedelta(hours=24)
FARTHEST = timedelta(days=731)  # of a next step
MOST_PEOPLE = 30
SPOKEN = ("note", "next_step")  # what was said stays out of the trail


@dataclass(frozen=True)
class Said:
    """What somebody says about an activity. `happened_at` None means now, or `ago` before now."""

    kind: str = Activity.Kind.VISIT
    happened_at: datetime | None = None
    note: str = ""
    contacts: tuple = ()
    visitors: tuple = ()
    next_step: str = ""
    next_step_on: date | None = None
    ago: timedelta = timedelta(0)

    @classmethod
    def of(cls, values):
        """Bring values into their one form: keys for objects, UTC, no blanks around text."""
        values = only(dict(values), set(cls.__dataclass_fields__))
        for name in ("contacts", "visitors"):
            if name in values:
                values[name] = keys(values[name], name)
        for name in SPOKEN:
            if name in values:
                values[name] = (values[name] or "").strip()
        if values.get("happened_at"):
            values["happened_at"] = in_utc(values["happened_at"])
        return cls(**values)

    def digest(self, customer_id):
        """SHA-256 of what was sent; when it was sent again does not count."""
        body = asdict(self) | {"customer": customer_id, "ago": None, "kind": str(self.kind)}
        text = json.dumps(body, default=lambda value: value.isoformat(), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def check(said, at, now, steps=True):
    """Refuse what cannot be true: a kind that does not exist, another time than this one."""
    if said.kind not in Activity.Kind.values:
        raise Refused(_("Choose one of the kinds."), field="kind")
    if at > now + AHEAD:
        raise Refused(
            _("This lies in the future. Check the clock of your device."), field="happened_at"
        )
    if at.year < 2000 or said.ago < timedelta(0):
        raise Refused(_("This lies too long ago."), field="happened_at")
    for name in SPOKEN:
        if len(getattr(said, name)) > Activity._meta.get_field(name).max_length:
            raise Refused(_("This text is too long."), field=name)
    due = said.next_step_on
    if due and steps and not (now - LATE).date() <= due <= (now + FARTHEST).date():
        raise Refused(
            _("The day must be today or later, and within two years."), field="next_step_on"
        )


def in_utc(at):
    """The instant in UTC, so that its digest does not depend on a zone."""
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise Refused(_("This lies too long ago."), field="happened_at") from None


def keys(things, field):
    """Sorted keys of objects or keys; what is neither is refused."""
    try:
        found = {int(getattr(thing, "pk", thing)) for thing in things or ()}
    except (TypeError, ValueError):
        raise Refused(_("Choose from the list."), field=field) from None
    if len(found) > MOST_PEOPLE or any(not 0 < key < 2**63 for key in found):
        raise Refused(_("Choose from the list."), field=field)
    return tuple(sorted(found))


# -- exactly once --------------------------------------------------------------------------------


class FirstKept(Refused):
    """The client id is taken by another body. `activity` is set for its own author only."""

    code = "first_kept"
    activity = None


def once(verb):
    """The same client id and body of the same author give the first activity, not a second one."""

    @wraps(verb)
    def run(*, actor, customer, client_uuid, **values):
        key = client_key(client_uuid)
        try:
            return verb(actor=actor, customer=customer, client_uuid=key, **values)
        except IntegrityError as error:
            if not is_client_key(error):
                raise
        except (Http404, NotAllowed):
            # Sent again after the customer has moved on: what was stored then still is.
            first = Activity.objects.filter(client_uuid=key).first() if actor.has_access else None
            if first is None or not is_same(first, actor, customer, values):
                raise
            return first
        first = Activity.objects.get(client_uuid=key)
        if is_same(first, actor, customer, values):
            return first
        refusal = FirstKept(
            _("This was already saved as it was first sent; the first text is kept.")
        )
        refusal.activity = first if first.author_id == actor.pk else None
        raise refusal

    return run


def client_key(value):
    """The client id as a UUID; anything else is refused."""
    try:
        return value if isinstance(value, uuid.UUID) else uuid.UUID(str(value))
    except ValueError:
        raise Refused(
            _("This form is out of date. Load the page again."), field="client_uuid"
        ) from None


def is_client_key(error):
    """Whether an integrity error says that the client id is taken."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""
    return name.startswith("crm_activity_client_uuid")


def is_same(first, actor, customer, values):
    """Whether the stored activity is what this person sends again."""
    return first.author_id == actor.pk and first.client_digest == Said.of(values).digest(
        customer.pk
    )
