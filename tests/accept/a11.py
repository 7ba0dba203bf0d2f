"""A11: whoever asks whether a customer is known hears the same of every customer out of sight.

A phone of theirs is as unknown as one that nobody has, whatever it is asked of; their full legal name
is "already known" whoever holds it. Nobody asks more than thirty times an hour, fifty at once included.
"""

import re
import threading
import time
from collections import Counter
from urllib.parse import quote_plus

from django.db import connections, transaction

from crm.models import ContactChannel
from crm.services import channels, contacts, customers, duplicates
from kit import limits
from kit.errors import OverBudget, Refused
from tests.accept import frame
from tests.accept.frame import patched
from tests.cast import Cast

PROBES = frame.size(120, 1_000)
AT_ONCE = 50
# Foreign customers, each with a phone and a legal name.
NAMES = ["Ash", "Birch", "Cedar", "Elm", "Fir", "Hazel", "Larch", "Oak", "Pine", "Yew"]
LISTS = ("/customers", "/contacts", "/search", "/log/search")
API_LISTS = ("/api/v1/customers", "/api/v1/contacts", "/api/v1/search")
# What differs between two answers to one question: the protection of a form, its key.
FORM = re.compile(rb'(csrfmiddlewaretoken|client_uuid)" value="[^"]*"|"X-CSRFToken": "[^"]*"')
NUMBER = re.compile(rb"\d+")  # the keys of rows that were written


def run():
    with frame.undone():
        probes = Probes(Cast())
        asked, told = Counter(), []
        while asked.total() < PROBES:
            told += probes.ask(asked)
    answered = at_once()
    return not told and answered <= duplicates.CHECKS, {
        "probes": asked.total(), "of": dict(asked), "different": len(told), "first": told[:3],
        "at once": AT_ONCE, "answered": answered,
    }  # fmt: skip


class Probes:
    """What a rep of the East may try on customers of the South."""

    def __init__(self, cast):
        self.cast, self.turn = cast, 0
        for number in range(len(NAMES)):
            foreign(cast, number)
        self.page, self.api = frame.browser(cast.li), frame.api(cast.li)

    def ask(self, asked):
        """One known phone and one unknown at every door, two foreign names; what differs."""
        self.turn += 1
        known, unknown = phone(self.turn % len(NAMES)), phone(4_000 + self.turn)
        other = phone((self.turn + 1) % len(NAMES))
        different = []
        for door, answer in self.doors():
            answers = {answer(known), answer(other), answer(unknown)}
            asked[door] += 3
            different += [f"{door}: {known}"] if len(answers) > 1 else []
        one, two = (self.named(legal_name((self.turn + more) % len(NAMES))) for more in (0, 1))
        asked["legal name"] += 2
        known = one == two and b"Already known" in one[1]
        return different + ([] if known else [f"name: {legal_name(self.turn % len(NAMES))}"])

    def doors(self):
        for path in LISTS:
            yield path, lambda digits, path=path: self.listed(self.page, path, digits)
            yield (
                f"{path}, four",
                lambda digits, path=path: self.listed(self.page, path, digits[-4:]),
            )
        for path in API_LISTS:
            yield path, lambda digits, path=path: self.listed(self.api, path, digits[-4:])
        yield "new channel", self.added
        yield "new contact", self.entered

    def listed(self, client, path, digits):
        return seen(client.get(path, {"q": digits}), digits)

    def added(self, digits):
        """The phone is typed at a contact of one's own."""
        body = {"kind": "phone", "value": digits, "held_by": "company", "label": ""}
        return self.sent(f"/contacts/{self.contact()}/channels/new", body, digits)

    def entered(self, digits):
        body = {"name": "周新", "held_by": "company", "phone": digits}
        return self.sent(f"/customers/{self.cast.huadong.pk}/contacts/new", body, digits)

    def named(self, name):
        """A new customer with the legal name of a foreign one."""
        body = {"name": "Another", "legal_name": name, "kind": "organisation", "status": "prospect",
                "origin": "company_lead"}  # fmt: skip
        return self.sent("/customers/new", body, name)

    def sent(self, path, body, what):
        with transaction.atomic():
            answer = self.page.post(path, body)
            transaction.set_rollback(True)
        status, text = seen(answer, what)
        return status, NUMBER.sub(b"", answer.headers.get("Location", "").encode() + text)

    def contact(self):
        if not hasattr(self, "_contact"):
            self._contact = person_of(self.cast.huadong, self.cast.li, "周敏", phone(6_000)).pk
        return self._contact


def seen(answer, what):
    """What an answer shows, whatever it was asked about."""
    body = answer.content
    for form in (what, quote_plus(what)):
        body = body.replace(form.encode(), b"?")
    return answer.status_code, FORM.sub(b"", body)


def phone(number):
    return f"1380000{number + 3571}"


def legal_name(number):
    return f"Works of {NAMES[number]} Ltd"


def foreign(cast, number):
    """A customer of wu with somebody who has a phone."""
    customer = customers.create(
        actor=cast.wu, values={"name": NAMES[number], "legal_name": legal_name(number),
                               "kind": "organisation", "origin": "company_lead"})  # fmt: skip
    return person_of(customer, cast.wu, f"Ann {number}", phone(number))


def person_of(customer, actor, name, digits):
    return contacts.create(
        actor=actor, customer=customer, values={"name": name},
        channels=[{"kind": "phone", "value": digits, "held_by": "company", "label": ""}],
    )  # fmt: skip


def at_once():
    """How many of fifty checks, begun in one moment by one person, are answered."""
    gate, answered = threading.Barrier(AT_ONCE), []

    def check(actor, number):
        gate.wait()
        try:
            customers.create(
                actor=actor, values={"name": f"Try {number}", "legal_name": "Nanqiao Hardware Ltd",
                                     "kind": "organisation", "origin": "company_lead"})  # fmt: skip
        except OverBudget:
            pass
        except Refused:
            answered.append(number)
        finally:
            connections.close_all()

    with frame.committed() as cast:
        threads = [threading.Thread(target=check, args=(cast.li, n)) for n in range(AT_ONCE)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return len(answered)


put, check_legal_name, spend = channels.put, duplicates.check_legal_name, limits.spend


def tells_of_phones(customer, contact, values, instead_of=None):
    """Whoever types a phone learns whether anybody has it."""
    made = put(customer, contact, values, instead_of)
    same = ContactChannel.objects.filter(value_index=made.value_index)
    if same.exclude(pk=made.pk).exists():
        raise Refused("Known already", field="value")
    return made


def names_the_customer(actor, name, anyway=False, but=None):
    """Whoever types a legal name learns what the customer is called here."""
    for one in duplicates.same_legal_name(name, but):
        raise Refused(f"Known as {one.name}", field="legal_name")
    return check_legal_name(actor, name, anyway, but)


def reads_then_counts(name, *, limit, window, amount=1, now=None):
    """The budget is read first and written afterwards."""
    if limits.used(name, window=window) + amount > limit:
        raise OverBudget("Used up")
    time.sleep(0.05)
    return spend(name, limit=10**6, window=window, amount=amount)


MUTANTS = [
    patched("a phone that anybody has is told", "crm.services.channels.put", tells_of_phones),
    patched(
        "the foreign customer is named",
        "crm.services.duplicates.check_legal_name",
        names_the_customer,
    ),
    patched("the budget is read before it is counted", "kit.limits.spend", reads_then_counts),
]
