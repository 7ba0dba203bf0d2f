"""Agreements: texts are worked on, published as versions, asked for and signed.

The view asks for the password again before it calls `sign`.
"""

import calendar
from datetime import timedelta

from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.access import Action
from accounts.audit import record
from accounts.models import (
    Agreement,
    AgreementRequest,
    AgreementSignature,
    Notice,
    Person,
    TrailEntry,
)
from accounts.selectors import agreements as shapes
from accounts.service import allow, service
from accounts.services import content
from accounts.services.notifications import addressee, notify
from kit import outbox
from kit.clock import database_now
from kit.dates import company_zone, plausible, today
from kit.digests import digest_of
from kit.errors import Conflict, NotAllowed, Refused
from kit.locks import hold_off

LONGEST = {"title": 200, "text": 20_000}
YEARS = 50 * 12
TELL, CHUNK = "agreements.tell", 200
BETWEEN = timedelta(days=1)  # two reminders


def write(*, actor, texts, key=None, seen=None):
    """Change a text that is worked on, or begin a new one. Returns its key.

    texts: {"title": {en, zh}, "text": {en, zh}}. key: of the text, None for a new one. seen: the digest
    of the text as it was read; another one is a Conflict. What is published stays as it is.
    """
    allow(actor, Action.AGREEMENT_RUN, None)
    for name, most in LONGEST.items():
        for language in ("en", "zh"):
            given = texts[name][language].strip().replace("\r\n", "\n")
            if not given or len(given) > most:
                raise Refused(_("Fill in both languages."), field=f"{name}_{language}")
            texts[name][language] = given

    written = []

    def change(body):
        row = begun(body, texts) if key is None else as_read(body, key, seen)
        row.update(texts)
        written.append(row["id"])

    content.edit(actor=actor, name=shapes.DOCUMENT, change=change)
    return written[0]


def begun(body, texts):
    """A new text of the document, under a key that no other has."""
    base = slugify(texts["title"]["en"])[:34].replace("-", "_") or "agreement"
    taken = {row["id"] for row in body["texts"]} | {"new"}  # an address of its own
    names = [base, *(f"{base}_{number}" for number in range(2, 100))]
    free = next((name for name in names if name not in taken), None)
    if free is None:
        raise Refused(_("There are too many texts of this title."), field="title_en")
    row = {"id": free, "version": 1}
    body["texts"].append(row)
    return row


def as_read(body, key, seen):
    """A text of the document, which nobody has changed since it was read."""
    row = next((one for one in body["texts"] if one["id"] == key), None)
    if row is None:
        raise Refused(_("There is no such text."))
    if seen != digest_of(row):
        raise Conflict(_("The text has changed meanwhile. Read it again."))
    return row


@service(Action.AGREEMENT_RUN)
def publish(*, actor, key, terms, seen):
    """Make the text that is worked on a version that is to be signed. Returns the Agreement.

    terms: audience, months, months_after. seen: the digest of the text as it was read; another one
    is a Conflict. Whoever signed an older version is asked again. Raises Refused while places are open.
    """
    row = shapes.draft(key)
    if row is None:
        raise Refused(_("There is no such text."))
    if unready := shapes.problems(row):
        raise Refused(" ".join(unready))
    if seen != digest_of(row):
        raise Conflict(_("The text has changed meanwhile. Read it again."))
    made = version(actor, row, checked(terms))
    record(made, {"number": (None, made.number), "digest": (None, made.digest)})
    outbox.post(TELL, agreement=made.pk, after=0)
    return made


def checked(terms):
    """Whether the lengths can be meant."""
    for name in ("months", "months_after"):
        if terms[name] is not None and not 0 <= terms[name] <= YEARS:
            raise Refused(_("Enter months, at most 600."), field=name)
    return terms


def version(actor, row, terms):
    """The next number of a text, under the lock that a unique constraint is."""
    last = Agreement.objects.filter(key=row["id"]).order_by("-number").first()
    made = Agreement(
        key=row["id"], number=last.number + 1 if last else 1, title=row["title"]["en"],
        title_zh=row["title"]["zh"], text=row["text"]["en"], text_zh=row["text"]["zh"],
        made_by=actor, **terms,
    )  # fmt: skip
    made.digest = digest_of(made.facts)
    made.save()
    return made


@service(Action.AGREEMENT_RUN, people=("person",))
def ask(*, actor, key, person):
    """Ask somebody by name to sign an agreement. Returns the AgreementRequest."""
    agreement = shapes.current().get(key)
    if agreement is None:
        raise Conflict(_("This agreement is not published yet."))
    if not person.has_access:
        raise Refused(_("Choose somebody who works here."), field="person")
    if agreement.audience == Agreement.Audience.EVERYBODY:
        raise Conflict(_("Everybody is asked to sign this agreement already."))
    if AgreementRequest.objects.filter(person=person, key=key, ended_at=None).exists():
        raise Conflict(_("This person is asked already."))
    row = AgreementRequest.objects.create(person=person, key=key, asked_by=actor)
    record(row, {"person": (None, person), "agreement": (None, agreement)})
    tell(agreement, person)
    return row


@service(Action.AGREEMENT_RUN, on="request")
def take_back(*, actor, request):
    """No longer ask somebody to sign; what was signed stays. Returns the row."""
    if request.ended_at:
        raise Conflict(_("This person is not asked any more."))
    request.ended_at = database_now()
    request.save()
    record(request, {"person": (request.person, None)})
    return request


@service(Action.AGREEMENT_VIEW, on="person")
def sign(*, actor, person, agreement, seen):
    """Sign a version for oneself. Returns the AgreementSignature.

    seen: the digest of what was read; if it is another by now, or signed already, it is a Conflict.
    """
    if actor.pk != person.pk:
        raise NotAllowed()
    in_force(agreement)
    standing = shapes.standing(person, agreement)
    if not standing.to_sign:
        raise Conflict(_("There is nothing to sign for you here now."))
    given = shapes.to_sign(agreement, person)
    if seen != digest_of(given):
        raise Conflict(_("The text has changed meanwhile. Read it again."))
    return put(actor, person, agreement, given)


@service(Action.AGREEMENT_RUN, on="person")
def note_paper(*, actor, person, agreement, signed_on, kept_at):
    """Note that somebody signed on paper. signed_on: the day; kept_at: where it lies. Returns the row."""
    in_force(agreement)
    if actor.pk == person.pk:
        raise NotAllowed(_("Somebody else notes one's own signature."))
    if signed_on > today(company_zone()) or not plausible(signed_on):
        raise Refused(_("This day lies ahead."), field="signed_on")
    if not shapes.standing(person, agreement).to_sign:
        raise Conflict(_("This person has signed already, or is not asked to."))
    given = shapes.to_sign(agreement, person)
    paper = {"signed_on": signed_on, "kept_at": kept_at.strip()}
    return put(actor, person, agreement, given | {"signed_on": signed_on.isoformat()}, paper)


def in_force(agreement):
    """Only the version that counts is signed."""
    if shapes.current().get(agreement.key) != agreement:
        raise Conflict(_("There is a newer version of this agreement."))


def put(actor, person, agreement, given, paper=None):
    """Write one signature, its digest and its entry in the trail."""
    paper = paper or {}
    day = paper.get("signed_on") or today(company_zone())
    row = AgreementSignature.objects.create(
        agreement=agreement, person=person, made_by=actor, content=given, digest=digest_of(given),
        expires_on=later(day, agreement.months) if agreement.months else None, **paper,
    )  # fmt: skip
    told = {"agreement": (None, agreement), "person": (None, person), "digest": (None, row.digest)}
    record(row, told)
    return row


def later(day, months):
    """The same day so many months later, or the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return day.replace(
        year=year, month=month + 1, day=min(day.day, calendar.monthrange(year, month + 1)[1])
    )


@service(Action.AGREEMENT_RUN)
def remind(*, actor, agreement):
    """Remind everybody who has not signed the version that counts, once a day. Returns how many."""
    in_force(agreement)
    hold_off(f"remind of agreement {agreement.pk}")  # two at once would both remind
    refuse_soon(agreement)
    missing = [one.person for one in shapes.standings(actor, [agreement])[agreement.key]
               if one.to_sign]  # fmt: skip
    if not missing:
        raise Conflict(_("Everybody has signed."))
    outbox.post(TELL, agreement=agreement.pk, after=0)
    record(agreement, {"reminded": (None, len(missing))})
    return len(missing)


def refuse_soon(agreement):
    """Refuse a reminder within a day of the last, as the trail has it."""
    since = database_now() - BETWEEN
    last = TrailEntry.objects.filter(subject_type="accounts.agreement", subject_id=agreement.pk)
    if last.filter(verb="agreements.remind", recorded_at__gt=since).exists():
        raise Conflict(_("They were reminded less than a day ago."))


@outbox.handler(TELL)
def tell_some(effect):
    """Tell the next of those who have not signed yet, and leave the others to an effect of their own."""
    agreement = Agreement.objects.get(pk=effect.payload["agreement"])
    if shapes.current().get(agreement.key) != agreement:
        return
    people, last = shapes.missing(agreement, effect.payload["after"], CHUNK)
    for person in people:
        tell(agreement, person)
    if last is not None:
        outbox.post(TELL, agreement=agreement.pk, after=last)


def tell(agreement, person):
    """A notice; whether it is still to be signed is asked when it is sent."""
    notify("agreements.sign", to="agreements.signer", kind=Notice.Kind.ACTION,
           url=reverse("accounts:agreement-sign", args=[agreement.key]),
           values={"agreement": agreement.pk}, person=person.pk,
           agreement=agreement.pk)  # fmt: skip


@addressee("agreements.signer")
def signer(about):
    """Whoever has not signed yet; nobody, if they have or there is a newer version."""
    person = Person.objects.filter(pk=about["person"]).first()
    agreement = Agreement.objects.get(pk=about["agreement"])
    still = person and shapes.latest_of(agreement.key).pk == agreement.pk
    return person if still and shapes.is_missing(person, agreement) else None
