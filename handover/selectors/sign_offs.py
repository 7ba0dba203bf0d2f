"""Who signs a case, in which order, and what each of them signs."""

from dataclasses import dataclass

from django.db.models import Count
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounts.access import Action, Role, can
from accounts.models import Person
from accounts.selectors.content import content
from accounts.selectors.org import able_head_above
from accounts.selectors.people import directory
from handover import gates
from handover.models import CustomerHandover, HandoverDocument, HandoverTask, SignOff
from handover.selectors.dealings import dealt_with

Signer = SignOff.Signer
ORDER = list(Signer)
ROLES = {Signer.FINANCE: Role.FINANCE, Signer.IT: Role.IT, Signer.HR: Role.HR}
OF_SIGNING = ("sign_offs", "certificate")  # tasks that signing itself completes
LACKING = (HandoverDocument.State.EXPECTED, HandoverDocument.State.MISSING)
NOT_NEUTRAL = _("The witness neither gives, takes nor supervises. Choose somebody else.")
FACTS = ("customers", "documents", "things", "missing", "open_tasks")


@dataclass
class Slot:
    """One signature that a case needs: whose, and what became of it.

    person: who is to sign, None where anybody of a department may or nobody is named. row: the
    latest signature. changed: the case is no longer as it was signed. stale: nor does the signature
    stand for it any more. is_next: it is this one's turn.
    """

    signer: str
    person: Person | None = None
    row: SignOff | None = None
    changed: bool = False
    stale: bool = False
    is_next: bool = False

    @property
    def label(self):
        return Signer(self.signer).label

    @property
    def is_given(self):
        """Whether somebody signed the case as it stands, or HR noted why not."""
        return self.row is not None and not self.stale


def slots(departure):
    """The signatures of a case in their order, a Slot each."""
    rows = list(SignOff.objects.filter(departure=departure).select_related("person", "made_by"))
    found = [Slot(signer, person, latest(rows, signer, person))
             for signer, person in expected(departure)]  # fmt: skip
    whole = facts(departure) if rows else {}
    for slot in found:
        if slot.row is not None:
            now = part_of(whole, slot.signer, slot.row.person)
            slot.changed = any(slot.row.content.get(name) != now[name] for name in FACTS)
            slot.stale = not slot.row.missing_because and is_worse(now, slot.row.content)
    waiting = [slot for slot in found if slot.row is None] or [one for one in found if one.stale]
    if waiting:
        waiting[0].is_next = True
    return found


def expected(departure):
    """(signer, person) for each signature in order; several successors, the one with most first."""
    return in_order(departure, successors(departure), able_head_above(departure.person))


def in_order(departure, takers, head):
    """(signer, person) for each signature: takers and head are who takes over and who supervises."""
    pairs = [(Signer.LEAVER, departure.person)]
    pairs += [(Signer.SUCCESSOR, person) for person in takers]
    pairs += [(Signer.WITNESS, departure.witness), (Signer.SUPERVISOR, head)]
    return pairs + [(signer, None) for signer in ROLES]


def waiting(departures):
    """Departure id → (Slot that is next or None, signed, needed), few statements for all of them.

    Of the cases that everybody signed it is asked one by one whether a signature has to be given again.
    """
    signed, takers = {}, {}
    for row in SignOff.objects.filter(departure__in=departures).order_by("pk"):
        signed.setdefault(row.departure_id, []).append(row)
    given = CustomerHandover.objects.filter(departure__in=departures, successor__isnull=False)
    given = given.order_by().values("departure", "successor").annotate(n=Count("pk"))
    people = Person.objects.in_bulk({row["successor"] for row in given})
    for row in sorted(given, key=lambda row: (-row["n"], row["successor"])):
        takers.setdefault(row["departure"], []).append(people[row["successor"]])
    found = {
        one.pk: standing(in_order(one, takers.get(one.pk, []), None), signed.get(one.pk, []))
        for one in departures
    }
    return found | {one.pk: again(one) for one in departures if found[one.pk][0] is None}


def standing(pairs, rows):
    """(Slot that is next or None, signed, needed) of (signer, person) pairs and SignOffs."""
    left = [pair for pair in pairs if latest(rows, *pair) is None]
    return Slot(*left[0], is_next=True) if left else None, len(pairs) - len(left), len(pairs)


def again(departure):
    """The same of a case that everybody signed: a signature that stands no more counts as none."""
    found = slots(departure)
    left = [slot for slot in found if not slot.is_given]
    return next((slot for slot in left if slot.is_next), None), len(found) - len(left), len(found)


def successors(departure):
    """Who takes customers of a case over, the one with most of them first."""
    rows = CustomerHandover.objects.filter(departure=departure, successor__isnull=False)
    counts = dict(rows.order_by().values_list("successor").annotate(Count("pk")))
    people = Person.objects.filter(pk__in=counts)
    return sorted(people, key=lambda person: (-counts[person.pk], person.pk))


def latest(rows, signer, person):
    """The last signature of a slot: of departments and of the supervisor whoever gave it."""
    named = signer in (Signer.LEAVER, Signer.SUCCESSOR, Signer.WITNESS)
    found = [row for row in rows if row.signer == signer
             and (not named or row.person_id == (person and person.pk))]  # fmt: skip
    return found[-1] if found else None


def slot_of(departure, person, signer):
    """The slot that a person signs as `signer`, or None: it is not theirs."""
    for slot in slots(departure):
        if slot.signer == signer and is_theirs(slot, departure, person):
            return slot
    return None


def of_department(departure, signer):
    """Who of a department has a part in a case: the one with its tasks, of HR who opened it."""
    if signer == Signer.HR:
        return departure.opened_by
    rows = HandoverTask.objects.filter(departure=departure, who=signer, person__isnull=False)
    found = rows.select_related("person").first()
    return found and found.person


def is_theirs(slot, departure, person):
    """Whether a person is the one who signs a slot."""
    if slot.signer in ROLES:
        return person.pk != departure.person_id and person.has_role(ROLES[slot.signer])
    return slot.person is not None and slot.person.pk == person.pk


def may_sign(slot):
    """Whether it can be signed now: it is its turn, or the case is not as it was signed."""
    return slot.is_next or (slot.row is not None and (slot.changed or slot.row.missing_because))


def is_neutral(departure, person):
    """Whether somebody can watch a handover: neither gives nor takes nor supervises."""
    taken = CustomerHandover.objects.filter(departure=departure, successor=person.pk).exists()
    head = able_head_above(departure.person)
    return not taken and person.pk not in (departure.person_id, head and head.pk)


def can_watch(departure, person):
    """Whether somebody can be named witness of a case."""
    return person.has_access and is_neutral(departure, person)


def witnesses(departure):
    """Who can be named witness: neutral, here, and somebody who may see cases at all."""
    head = able_head_above(departure.person)
    out = {departure.person_id, head and head.pk, *(one.pk for one in successors(departure))}
    people = directory().filter(state=Person.State.ACTIVE).order_by("sort_key")
    return [one for one in people if one.pk not in out and can(one, Action.DEPARTURE_VIEW)]


# -- what is signed --------------------------------------------------------------------------------


def facts(departure):
    """What the signatures of a case are about, as keys and states; what is missing stands among it."""
    return {
        "customers": [
            {"handover": row.pk, "customer": row.customer_id, "tier": row.tier,
             "successor": row.successor_id, "brief": row.brief, "told": bool(row.told_at),
             "reaction": row.reaction}
            for row in departure.customers.order_by("place", "pk")
        ],
        "documents": [
            {"document": row.pk, "state": row.state, "handover": row.handover_id}
            for row in departure.documents.order_by("pk")
        ],
        "things": [
            {"thing": row.pk, "taker": row.taker_id, "done": bool(row.done_at)}
            for row in departure.things.order_by("pk")
        ],
        "missing": missing(departure),
        "open_tasks": open_tasks(departure),
    }  # fmt: skip


def part_of(whole, signer, person):
    """What somebody signs of the facts: a successor what they take and what is of the whole case."""
    if signer != Signer.SUCCESSOR:
        return whole
    own = [row for row in whole["customers"] if row["successor"] == (person and person.pk)]
    ids = {row["handover"] for row in own} | {None}
    narrowed = {
        name: [row for row in whole[name] if row["handover"] in ids]
        for name in ("documents", "missing", "open_tasks")
    }
    return whole | narrowed | {"customers": own}


def is_worse(now, signed):
    """Whether others take the customers than in what was signed, or something is missing since."""
    return takers(now) != takers(signed) or not lacking(now) <= lacking(signed)


def takers(content):
    """Who takes which customer in what is signed."""
    return {(row["handover"], row["successor"]) for row in content["customers"]}


def lacking(content):
    """What is not there yet in what is signed: gates, documents, things."""
    return (
        {(row["gate"], row["handover"], row["task"]) for row in content["missing"]}
        | {("document", row["document"]) for row in content["documents"] if row["state"] in LACKING}
        | {("thing", row["thing"]) for row in content["things"] if not row["done"]}
    )


def missing(departure):
    """What keeps a case from closing, in both languages and without names; signatures apart."""
    return [
        {"gate": one.gate, "handover": one.handover and one.handover.pk,
         "task": one.task and one.task.pk} | in_both(one)
        for one in gates.unmet(departure, set(gates.GATES) - {"sign_offs"})
    ]  # fmt: skip


def in_both(unmet):
    """What is wrong, in English and in Chinese."""
    if unmet.task:
        return {"label": unmet.task.title, "label_zh": unmet.task.title_zh or unmet.task.title}
    texts = {}
    for name, language in (("label", "en"), ("label_zh", "zh-hans")):
        with override(language):
            texts[name] = str(gates.GATES[unmet.gate].label)
    return texts


def open_tasks(departure):
    """The tasks that are still open, with their day and who is to do them."""
    rows = HandoverTask.objects.filter(departure=departure, state__in=HandoverTask.OPEN)
    return [
        {"task": row.pk, "key": row.key, "handover": row.handover_id, "person": row.person_id,
         "due_on": row.due_on.isoformat(), "blocking": row.blocking}
        for row in rows.exclude(key__in=OF_SIGNING).order_by("pk")
    ]  # fmt: skip


def statements(signer):
    """The two statements of a signer, as pairs of languages."""
    for row in content("departure")["sign_offs"]:
        if row["signer"] == signer:
            return row["statements"]
    return []


def to_sign(departure, slot, person):
    """The whole content of a signature, ready for its digest."""
    before = SignOff.objects.filter(departure=departure).order_by("pk")
    part = part_of(facts(departure), slot.signer, person)
    return {
        "case": {
            "departure": departure.pk, "person": departure.person_id, "kind": departure.kind,
            "last_day": departure.last_day.isoformat(), "witness": departure.witness_id,
        },
        "signer": str(slot.signer), "person": person.pk if person else None,
        "statements": statements(slot.signer),
        "before": list(before.values_list("digest", flat=True)),
        "contacts": contacts(departure, [row["customer"] for row in part["customers"]]),
    } | part  # fmt: skip


def contacts(departure, customers):
    """The contacts whom the leaver dealt with at each customer, as keys: the list that is signed."""
    met = dealt_with(departure.person_id, customers)
    return [{"customer": pk, "contacts": sorted(met[pk])} for pk in customers if pk in met]
