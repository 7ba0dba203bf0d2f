"""The confidentiality agreement of the demo company: filled in, published, signed by most."""

from copy import deepcopy

from accounts.models import Person
from accounts.selectors import agreements as shapes
from accounts.services import agreements
from kit.digests import digest_of

KEY = "confidentiality"
PLACES = {
    "en": {"{years}": "three", "{penalty_or_none}": "none",
           "{law}": "the People’s Republic of China", "{place}": "Shanghai",
           "{binding_language}": "Chinese"},
    "zh": {"{years}": "三", "{penalty_or_none}": "无", "{law}": "中华人民共和国法律",
           "{place}": "上海", "{binding_language}": "中文"},
}  # fmt: skip
UNSIGNED = 9  # every ninth of those who sign in with no fixed name has not signed yet
FIXED = {"rep.east", "rep.south", "lead.east", "lead.south", "head.sales", "service",
         "support.technical", "finance", "hr", "director", "auditor", "admin"}  # fmt: skip


def make(made):
    """Publish the agreement as HR and let people sign it. made: login → person."""
    shipped = shapes.draft(KEY)
    row, seen = deepcopy(shipped), digest_of(shipped)
    texts = {"title": row["title"], "text": {
        language: filled(row["text"][language], places) for language, places in PLACES.items()
    }}  # fmt: skip
    agreements.write(actor=made["hr"], key=KEY, texts=texts, seen=seen)
    version = agreements.publish(
        actor=made["hr"], key=KEY, seen=digest_of(shapes.draft(KEY)),
        terms={"audience": "everybody", "months": None, "months_after": 36},
    )  # fmt: skip
    for number, person in enumerate(shapes.signers(version).order_by("pk")):
        if person.username in FIXED or number % UNSIGNED:
            sign(person, version)


def filled(text, places):
    """The text without its note to counsel and with its places filled in."""
    kept = [part for part in text.split("\n\n") if not part.startswith(">")]
    text = "\n\n".join(kept)
    for place, words in places.items():
        text = text.replace(place, words)
    return text


def sign(person, version):
    person = Person.objects.get(pk=person.pk)
    seen = digest_of(shapes.to_sign(version, person))
    agreements.sign(actor=person, person=person, agreement=version, seen=seen)
