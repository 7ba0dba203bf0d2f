"""Agreements: the texts the company works on, the versions that count, who signed and who has not."""

import re
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from accounts.models import (
    Agreement,
    AgreementRequest,
    AgreementSignature,
    Company,
    Person,
)
from accounts.selectors.content import content, said
from accounts.selectors.people import directory
from kit.dates import company_zone, today
from kit.templatetags.words import chinese

DOCUMENT = "agreements"
FILLED = {"company", "person", "post"}  # what signing itself puts in
STATES = ("missing", "signed", "expired", "older")
PLACE = re.compile(r"{([^{}]*)}")


@dataclass
class Standing:
    """How one person stands to one agreement.

    state: "signed", "expired", "older" (an older version is signed) or "missing". row: the latest
    signature. asked: whether the present version is theirs to sign at all.
    """

    agreement: Agreement
    person: Person
    row: AgreementSignature | None = None
    asked: bool = True
    on: date | None = None

    @property
    def state(self):
        if self.row is None:
            return "missing"
        if self.row.expires_on and self.row.expires_on < self.on:
            return "expired"
        return "signed" if self.row.agreement_id == self.agreement.pk else "older"

    @property
    def to_sign(self):
        return self.asked and self.state != "signed"


# -- texts -----------------------------------------------------------------------------------------


def drafts():
    """The texts that are worked on: dicts with id, title and text in both languages."""
    return content(DOCUMENT)["texts"]


def draft(key):
    """One of them, or None."""
    return next((row for row in drafts() if row["id"] == key), None)


def problems(row):
    """What keeps a text from being published, in words: open places, notes to counsel."""
    found = []
    for language in ("en", "zh"):
        text = row["text"][language]
        if open_places := sorted(set(PLACE.findall(text)) - FILLED):
            places = ", ".join(f"{{{one}}}" for one in open_places)
            found.append(_("Fill in or take out: %(places)s") % {"places": places})
        if any(part.startswith(">") or (part[:1] == "*" != part[1:2]) for part in paragraphs(text)):
            found.append(
                _("Take out the notes for counsel, the paragraphs that begin with > or *.")
            )
    return list(dict.fromkeys(found))


def paragraphs(text):
    return [part.strip() for part in text.split("\n\n") if part.strip()]


def latest_of(key):
    """The version that counts of one agreement, or None."""
    return Agreement.objects.filter(key=key).order_by("-number").first()


def current():
    """{key: the version that counts}, in the order of the keys."""
    latest = Agreement.objects.order_by("key", "-number").distinct("key")
    return {row.key: row for row in latest.select_related("made_by")}


def differs(row, agreement):
    """Whether a text is no longer what was published last."""
    if agreement is None:
        return True
    now = [row["title"]["en"], row["title"]["zh"], row["text"]["en"], row["text"]["zh"]]
    return now != [agreement.title, agreement.title_zh, agreement.text, agreement.text_zh]


# -- people ----------------------------------------------------------------------------------------


def signers(agreement):
    """Whose signature an agreement wants: everybody here, or those asked by name."""
    people = directory().with_access()
    if agreement.audience == Agreement.Audience.EVERYBODY:
        return people
    asked = AgreementRequest.objects.filter(key=agreement.key, ended_at=None)
    return people.filter(pk__in=asked.values("person"))


def missing(agreement, after, most):
    """(who has not signed a version, key of the last looked at) of the next people by key.

    after: the key of the last one before. The second is None where nobody is left to look at.
    """
    people = list(signers(agreement).filter(pk__gt=after).order_by("pk")[:most])
    rows = AgreementSignature.objects.filter(agreement__key=agreement.key, person__in=people)
    last, day = {row.person_id: row for row in rows.order_by("pk")}, today(company_zone())
    found = [one for one in people if Standing(agreement, one, last.get(one.pk), on=day).to_sign]
    return found, people[-1].pk if len(people) == most else None


def is_missing(person, agreement):
    """Whether somebody is to sign a version: asked about one person, it reads nothing of others."""
    return bool(missing(agreement, person.pk - 1, 1)[0][:1] == [person])


def standings(viewer, agreements, among=None):
    """{key: a Standing for each person whose signature is wanted, by name}, in three statements.

    among: keys of people, None for everybody.
    """
    seen = directory().with_access().visible_to(viewer)
    seen = seen if among is None else seen.filter(pk__in=among)
    people = list(seen.order_by("sort_key", "pk"))
    keys, day = [one.key for one in agreements], today(company_zone())
    rows = AgreementSignature.objects.visible_to(viewer).filter(agreement__key__in=keys)
    rows = rows.select_related("agreement").order_by("pk")
    last = {(row.agreement.key, row.person_id): row for row in rows}
    wanted = AgreementRequest.objects.visible_to(viewer).filter(key__in=keys, ended_at=None)
    asked = set(wanted.values_list("key", "person"))
    return {
        one.key: [
            Standing(one, person, last.get((one.key, person.pk)), on=day)
            for person in people if is_asked(one, person.pk, asked)
        ]
        for one in agreements
    }  # fmt: skip


def is_asked(agreement, person, asked):
    """Whether a version is somebody's to sign. asked: (key, person) of those asked by name."""
    everybody = agreement.audience == Agreement.Audience.EVERYBODY
    return everybody or (agreement.key, person) in asked


def of_person(person):
    """The Standings of one person: what is to be signed first, then what was signed."""
    rows = AgreementSignature.objects.filter(person=person).select_related("agreement")
    last = {row.agreement.key: row for row in rows.order_by("pk")}
    wanted = AgreementRequest.objects.filter(person=person, ended_at=None)
    asked = set(wanted.values_list("key", "person"))
    here, day = person.has_access, today(company_zone())
    found = [
        Standing(
            agreement, person, last.get(key), here and is_asked(agreement, person.pk, asked), day
        )
        for key, agreement in current().items()
    ]
    return sorted((one for one in found if one.asked or one.row), key=lambda one: not one.to_sign)


def standing(person, agreement):
    """The Standing of one person to a version."""
    found = (one for one in of_person(person) if one.agreement.pk == agreement.pk)
    return next(found, Standing(agreement, person, asked=False, on=today(company_zone())))


# -- what is signed --------------------------------------------------------------------------------


def to_sign(agreement, person):
    """The whole content of a signature, ready for its digest: keys, the company and the post."""
    company = Company.objects.get(pk=1)
    return {
        "agreement": agreement.pk, "key": agreement.key, "number": agreement.number,
        "digest": agreement.digest, "person": person.pk,
        "company": {"en": company.name, "zh": company.name_zh or company.name},
        "post": {language: post_of(person, language) for language in ("en", "zh-hans")},
    }  # fmt: skip


def post_of(person, language):
    """What somebody is here, in a language: the title, else the roles."""
    from django.utils.translation import override

    with override(language):
        return person.title or person.role_names or "–"


def filled(agreement, person, signed):
    """The text in the language of the page with its places filled in from what is (or was) signed."""
    from kit.templatetags.words import shown_name

    values = {
        "company": said(signed["company"]), "person": shown_name(person),
        "post": signed["post"]["zh-hans" if chinese() else "en"],
    }  # fmt: skip
    return PLACE.sub(lambda found: values.get(found[1], found[0]), agreement.words)
