"""Notices: written by the outbox, addressed to whoever answers at the moment of sending."""

from django.utils import timezone

from accounts.models import Notice, Person
from kit import outbox

# Who answers for a thing is asked when the notice is sent, never when it is planned.
ADDRESSEES = {}


def addressee(name):
    """Register `function(payload) -> Person | None` as the address `name`."""

    def register(function):
        ADDRESSEES[name] = function
        return function

    return register


def notify(
    code, *, to, kind=Notice.Kind.KNOW, url="", values=None, due_on=None, due_at=None, **about
):
    """Post a notice. `to` is a person's id or the name of a registered address."""
    return outbox.post(
        "notice", due_at=due_at, code=code, to=to, kind=kind, url=url,
        values=values or {}, due_on=due_on and due_on.isoformat(), about=about,
    )  # fmt: skip


@outbox.handler("notice")
def deliver(effect):
    """Write the notice into the inbox of its addressee; once, however often it is tried."""
    data = effect.payload
    person = receiver(data)
    if person is None:
        return
    notice, made = Notice.objects.get_or_create(
        effect_id=effect.pk,
        person=person,
        defaults={
            "kind": data["kind"],
            "code": data["code"],
            "values": data["values"],
            "url": data["url"],
            "due_on": data["due_on"],
        },
    )
    if made and person.by_mail:
        outbox.post("mail", notice=notice.pk)


def receiver(data):
    """Whoever answers now for what a notice is about, if they have access; else None."""
    if isinstance(data["to"], int):
        person = Person.objects.filter(pk=data["to"]).first()
    else:
        person = ADDRESSEES[data["to"]](data["about"])
    return person if person is not None and person.has_access else None


def outdate(code, person, **values):
    """What something later has replaced need not be read: a person's notices of these values."""
    unread = Notice.objects.filter(person=person, code=code, read_at__isnull=True)
    unread.filter(values__contains=values).update(read_at=timezone.now())


def read(*, person, notices):
    """Mark notices as read: a trivial act of one's own, without a trail."""
    return notices.visible_to(person).filter(read_at__isnull=True).update(read_at=timezone.now())
