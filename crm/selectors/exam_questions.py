"""The questions of a file exam: drawn from the file, read by somebody, marked.

Five required fields are drawn at random of those the examinee may see, the parts in turn. Where the file says nothing
there is nothing to find: such a field counts as asked and not answered, which is what makes the score
the honest completeness. The wrong answers come from the options of the field, from files of other
customers that the examinee sees, or are the own figure moved; none says whose it is.
"""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import zip_longest

from django.utils.text import Truncator

from accounts.selectors.content import content
from crm.models import Contact, Customer, Exam, Fact
from crm.selectors import customer_file, file_fields
from crm.selectors.customer_file import words_of
from crm.selectors.file_fields import STAFF
from kit.templatetags.words import chinese

OPTION, FACT, MOVED = "o", "f", "m"
WRONG = 3  # answers beside the right one
LOOKED_AT = 40  # facts of others among which plausible answers are sought
LONG = 160  # signs of an answer
STEPS = (-3, -2, -1, 1, 2, 3)
QUARTER = timedelta(days=91)


def rules():
    """How exams are held: the company's copy of the document."""
    return content("exam")


# -- drawing ---------------------------------------------------------------------------------------
def draw(viewer, customer, chance=None):
    """Questions of an exam of `viewer` about `customer`, as the model keeps them; [] without a file."""
    chance = chance or random.SystemRandom()
    return [question(viewer, customer, chance, *one) for one in picked(viewer, customer, chance)]


def picked(viewer, customer, chance):
    """[(part, field, contact id or None, fact or None)] of an exam, in its order."""
    if customer.kind != Customer.Kind.ORGANISATION:
        return []
    found = askable(customer_file.of_customer(viewer, customer))
    return spread(found, chance)[: rules()["questions"]]


def spread(found, chance):
    """All in an order of chance in which the parts take turns, so that no part of many persons
    crowds out the others."""
    chance.shuffle(found)
    by_part = {}
    for one in found:
        by_part.setdefault(one[0].id, []).append(one)
    rounds = zip_longest(*by_part.values())
    return [one for turn in rounds for one in turn if one is not None]


def askable(file):
    """[(part, field, contact id or None, fact or None)] of what the tier asks for and is kept here.

    Who may not know the key persons is not asked about the staff either: it would tell them apart.
    """
    found, closed = [], any(part.hidden for part in file.parts)
    for part in file.parts:
        if part.hidden or (closed and part.part.id == STAFF):
            continue
        if not part.subjects:  # nobody is known of whom it could be asked
            fields = [one for one in part.part.fields if file.customer.tier in one.required]
            found += [(part.part, one, None, None) for one in fields if not one.is_kept_elsewhere]
        for subject in part.subjects:
            contact = subject.place and subject.place.contact_id
            found += [
                (part.part, cell.field, contact, cell.fact if cell.is_filled else None)
                for cell in subject.cells if cell.required and not cell.field.is_kept_elsewhere
            ]  # fmt: skip
    return found


def question(viewer, customer, chance, part, one, contact, fact):
    """One question as it is kept: what it is about, and codes of its answers in their order."""
    options = []
    if fact is not None:
        wrong = wrongs(viewer, customer, chance, one, fact)
        options = [right_code(one, fact), *wrong[:WRONG]]
        chance.shuffle(options)
    return {
        "part": part.id, "field": one.id, "contact": contact, "fact": fact and fact.pk,
        "options": options,
    }  # fmt: skip


def right_code(one, fact):
    return f"{OPTION}:{fact.said[0]}" if one.kind == "choice" else f"{FACT}:{fact.pk}"


def wrongs(viewer, customer, chance, one, fact):
    """Codes of plausible wrong answers, in no order."""
    value = fact.said[0]
    if one.kind == "choice":
        codes = [f"{OPTION}:{name}" for name, _pair in one.options if name != value]
        chance.shuffle(codes)
        return codes
    said, found = {text_of(one, value)}, []
    others = Fact.objects.visible_to(viewer).filter(field=one.id, is_filled=True)
    others = others.exclude(customer=customer).select_related("contact__key").order_by("?")
    for other in others[:LOOKED_AT]:
        text = text_of(one, other.said[0])
        if text and text not in said:
            said.add(text)
            found.append(f"{FACT}:{other.pk}")
    for step in chance.sample(STEPS, len(STEPS)):
        text = text_of(one, moved(one, value, step))
        if text and text not in said:
            said.add(text)
            found.append(f"{MOVED}:{step}")
    return found


def moved(one, value, step):
    """A value that could be right, some steps away; None where there is none of this kind."""
    if one.kind == "date":
        return (date.fromisoformat(value) + step * QUARTER).isoformat()
    if one.kind == "money":
        amount = away(value["amount"], step)
        return value | {"amount": amount} if amount >= 0 else None
    if one.kind in ("number", "percent"):
        amount = away(value, step)
        if amount < 0 <= value or (one.kind == "percent" and amount > 100):
            return None
        return amount
    return None


def away(amount, step):
    """A tenth of it for each step, at least one; of years, one year."""
    size = 1 if 1800 < amount < 2200 else max(1, abs(amount) / 10)
    found = amount + step * size
    return int(found) if float(found).is_integer() else round(found, 2)


def text_of(one, value):
    """A value as the text of an answer."""
    lines = words_of(one, value)
    return Truncator(("；" if chinese() else "; ").join(lines)).chars(LONG)


# -- reading ---------------------------------------------------------------------------------------
@dataclass
class Asked:
    """A question as somebody reads it. answers: [(place, text)]; none where the file says nothing."""

    number: int
    part: object
    field: object
    contact: Contact | None = None
    fact: Fact | None = None
    answers: list = field(default_factory=list)
    right_place: int | None = None
    mark: str = ""
    is_void: bool = False

    @property
    def name(self):
        """Of its control."""
        return f"answer{self.number}"

    @property
    def mark_label(self):
        return Exam.Mark(self.mark).label if self.mark in Exam.Mark.values else ""

    @property
    def right(self):
        return text_of(self.field, self.fact.said[0])

    @property
    def right_code(self):
        return right_code(self.field, self.fact)


def sheet(viewer, exam):
    """The questions of an exam as `viewer` may read them, in their order."""
    parts = {part.id: part for part in file_fields.parts()}
    contacts, facts = named(viewer, exam)
    found = []
    for number, row in enumerate(exam.questions):
        part = parts.get(row["part"])
        one = part and next((f for f in part.everything if f.id == row["field"]), None)
        if one is None:  # the company does not ask for it any more
            continue
        asked = Asked(number, part, one, contacts.get(row["contact"]), facts.get(row["fact"]))
        asked.is_void = row["fact"] is not None and asked.fact is None
        if asked.fact is not None and not asked.fact.is_filled:
            asked.fact = None  # emptied since
        if asked.fact is not None and not asked.right:
            asked.is_void = True  # erased since
        elif asked.fact is not None:
            asked.answers = answers(asked, row["options"], facts)
        asked.mark = exam.marks[number] if number < len(exam.marks) else ""
        found.append(asked)
    return found


def named(viewer, exam):
    """(contact id → Contact, fact id → Fact) that the questions name, as far as one may see them."""
    rows = exam.questions
    contacts = {row["contact"] for row in rows if row["contact"]}
    ids = {row["fact"] for row in rows if row["fact"]} if exam.taken_at is None else set()
    for row in rows if ids else ():
        ids |= {int(code[2:]) for code in row["options"] if code.startswith(FACT)}
    seen = Contact.objects.visible_to(viewer).in_bulk(contacts) if contacts else {}
    facts = Fact.objects.visible_to(viewer).select_related("contact__key") if ids else None
    return seen, facts.in_bulk(ids) if ids else {}


def answers(asked, codes, facts):
    """[(place in the kept order, text)] of a question, no text twice; the right one is among them."""
    if asked.right_code not in codes:  # the value was changed since it was drawn
        codes = [*codes, asked.right_code]
    texts, said = {}, set()
    for code in sorted(codes, key=lambda code: code != asked.right_code):
        text = text_at(asked, code, facts)
        if text and text not in said:
            said.add(text)
            texts[code] = text
    asked.right_place = codes.index(asked.right_code)
    return [(place, texts[code]) for place, code in enumerate(codes) if code in texts]


def text_at(asked, code, facts):
    """The text of an answer by its code, or ""."""
    kind, what = code.split(":", 1)
    if kind == OPTION:
        return dict(asked.field.choices).get(what, "")
    if kind == MOVED:
        return text_of(asked.field, moved(asked.field, asked.fact.said[0], int(what)))
    other = facts.get(int(what))
    return text_of(asked.field, other.said[0]) if other and other.is_filled else ""


def mark(asked, place):
    """What an answer (its place, None for none) comes to."""
    if asked.is_void:
        return Exam.Mark.VOID
    if asked.fact is None:
        return Exam.Mark.GAP
    if place is None:
        return Exam.Mark.SKIPPED
    return Exam.Mark.RIGHT if place == asked.right_place else Exam.Mark.WRONG


def totals(rows, marks):
    """(right, asked, part → [right, asked]) of questions and their marks."""
    parts = {}
    for row, one in zip(rows, marks, strict=True):
        if one != Exam.Mark.VOID:
            sums = parts.setdefault(row["part"], [0, 0])
            sums[0] += one == Exam.Mark.RIGHT
            sums[1] += 1
    return sum(one[0] for one in parts.values()), sum(one[1] for one in parts.values()), parts
