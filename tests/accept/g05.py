"""G05: after an erasure no byte of the person is in a full dump, in media or in exports; the chain of
the trail holds; yesterday's backup, restored, forgets the person again; a hold forbids it; and what a
person is given to read comes from every model that tells of people.
"""

import gzip
import tempfile
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from django.test import override_settings

from accounts.selectors.audit import verify
from accounts.services import trail
from config import backups, restores
from crm.models import Contact, Customer, Link
from crm.selectors import subject_access
from crm.services import (
    activities,
    contacts,
    customer_file,
    customers,
    erasure,
    important_dates,
    links,
    private_file,
    tasks,
)
from kit import erasures, jobs, subjects
from kit.dates import today
from kit.errors import Refused
from tests.accept import frame
from tests.accept.frame import Mutant, patched

# Every place in which something of the person may be typed, each with a word of its own.
NAME, FORMER, LATIN = "欧阳星河", "欧阳晨光", "Xinghe Plantedlatin"
PHONE, MAIL = "+8613912345678", "planted.star@example.com"
WORDS = {
    "address": "欧阳总", "note": "Plantednote", "post": "Plantedpost", "label": "Plantedlabel",
    "link": "Plantedlink", "fact": "Plantedfact", "street": "Plantedstreet", "visit": "Plantedvisit",
    "task": "Plantedtask",
}  # fmt: skip
FAMILY = "欧阳静之"


def run():
    with tempfile.TemporaryDirectory() as folder, override_settings(
        DATA_DIR=Path(folder) / "data", MEDIA_ROOT=Path(folder) / "media"
    ), frame.committed() as cast:  # fmt: skip
        contact, family = told(cast)
        yesterday, manifest = backups.take(Path(folder) / "backups")
        wrong = [f"not planted: {one}" for one in planted() if not seen_in(yesterday, one)]
        wrong += over(cast, contact)
        wrong += unread(contact, family)
        for subject in ({"contact": contact, "customer": cast.huadong}, {"customer": family}):
            gone(cast, **subject)
        erasures.note()
        after, _manifest = backups.take(Path(folder) / "backups2")
        wrong += [f"found after: {one}" for one in planted() if seen_in(after, one)]
        trail.seal(thorough=True)
        wrong += [] if verify().holds else ["the chain is broken"]
        restores.restore(yesterday, manifest, lambda text: None)
        jobs.sweep()
        again, _manifest = backups.take(Path(folder) / "backups3")
        wrong += [f"found after a restore: {one}" for one in planted() if seen_in(again, one)]
        wrong += [] if verify().holds else ["the chain is broken after the restore"]
        figures = {
            "words": len(planted()),
            "models": len(models()),
            "wrong": len(wrong),
            "first": wrong[:6],
        }
    return not wrong, figures


def told(cast):
    """A contact and a private customer of whom everything is written down that can be."""
    at = {"actor": cast.li, "customer": cast.huadong}
    contact = contacts.create(
        **at, values={"name": FORMER, "latin_name": LATIN, "note": WORDS["note"]},
        place={"title": WORDS["post"], "is_key_person": True, "function": "decision"},
        channels=[{"kind": "phone", "value": PHONE, "label": WORDS["label"]},
                  {"kind": "mail", "value": MAIL}],
    )  # fmt: skip
    contacts.edit(**at, contact=contact, version=1,
                  values={"name": NAME, "form_of_address": WORDS["address"]})  # fmt: skip
    links.add(**at, contact=contact, person=cast.li,
              values={"through": "visit", "note": WORDS["link"]})  # fmt: skip
    important_dates.add(**at, contact=contact, kind="key_person_day",
                        values={"month": 3, "day": 8, "volunteered": True})  # fmt: skip
    customer_file.save(**at, part="key_persons", contact=contact,
                       values={"work_goals": {"value": WORDS["fact"], "version": 0}})  # fmt: skip
    activities.log(
        **at, client_uuid=uuid4(), contacts=[contact], note=f"{NAME}: call 139 1234 5678"
    )
    tasks.plan(**at, values={"title": f"Write to {MAIL}", "due_on": today()})
    values = {"name": FAMILY, "kind": "person", "address": WORDS["street"]}
    family = customers.create(actor=cast.li, values=values)
    activities.log(actor=cast.li, customer=family, client_uuid=uuid4(), note=WORDS["visit"])
    tasks.plan(actor=cast.li, customer=family, values={"title": WORDS["task"], "due_on": today()})
    private_file.save(actor=cast.li, customer=family, source="customer",
                      values={"do_not_contact": {"value": "none"}})  # fmt: skip
    return Contact.objects.get(pk=contact.pk), family


def planted():
    """What must not be found in the clear; what is sealed was never to be seen."""
    sealed = {"fact"}
    return [NAME, FORMER, LATIN, MAIL, "139 1234 5678", FAMILY,
            *(word for name, word in WORDS.items() if name not in sealed)]  # fmt: skip


def seen_in(folder, word):
    """Whether the bytes of a word are in a full copy of the database, in its media or beside it."""
    forms = (word.encode(), word.encode().hex().encode())
    for path in folder.rglob("*"):
        if path.is_file():
            data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
            if any(form in data for form in forms):
                return True
    return False


def gone(cast, **whom):
    """Carry an erasure out, by two people."""
    row = erasure.ask(actor=cast.li, ground="asked", asked_on=today(), **whom)
    erasure.agree(actor=cast.sun, erasure=row)
    jobs.sweep()


def over(cast, contact):
    """What is wrong with how holds forbid it."""
    hold = erasure.hold(actor=cast.sun, contact=contact, ground="A lawsuit",
                        until_on=today() + timedelta(days=3))  # fmt: skip
    try:
        gone(cast, contact=contact, customer=cast.huadong)
        yield "erased in spite of a hold"
    except Refused:
        pass
    if Contact.objects.get(pk=contact.pk).name != NAME:
        yield "gone in spite of a hold"
    erasure.release(actor=cast.sun, hold=hold)


def models():
    """Labels of every relation through which rows tell of a person."""
    return [one.label for model in (Contact, Customer) for one in subjects.tellings(model)]


def unread(contact, family):
    """Models that tell of a person and are not declared, and words missing from what is given out."""
    yield from (f"undeclared: {label}" for label in subjects.undeclared())
    for subject, words in (
        (contact, [NAME, LATIN, PHONE, MAIL, *(WORDS[one] for one in
                   ("address", "note", "post", "label", "link", "fact"))]),
        (family, [FAMILY, WORDS["street"], WORDS["visit"], WORDS["task"]]),
    ):  # fmt: skip
        said = str([part.rows for part in subject_access.of(subject)])
        yield from (f"not given out: {word}" for word in words if word not in said)


def in_clear():
    """The trail keeps personal values as they are."""
    from accounts import audit

    def stored(changes, personal, key):
        return {name: [audit.plain(one) for one in pair] for name, pair in changes.items()}

    return patched("", "accounts.audit._stored", stored).applied()


def silent_model():
    """A model that tells of people and does not say so."""
    from unittest import mock

    return mock.patch.object(Link, "tells", {})


MUTANTS = [
    Mutant("the trail in the clear", in_clear),
    Mutant("a model missing from the registry", silent_model),
    patched("history is left as it was", "crm.services.forgetting.history", lambda *given: None),
    patched("texts are left as they were", "crm.services.forgetting.blot", lambda *given: 0),
    patched(
        "the file of erasures is not played back", "config.restores._forget_again", lambda folder: 0
    ),
    patched("holds are not asked", "crm.services.erasure.refuse_held", lambda subject: None),
]
