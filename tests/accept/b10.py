"""B10: what a device kept without a network and sends after a freeze is neither lost nor live.

Twenty visits are written and signed on a phone; then the freeze; then the phone finds its network. All
twenty are in quarantine, none in a timeline, the answer holds nothing of a customer, whatever is sent
with them that the phone did not sign is not taken, and the old token opens nothing. After 72 h all is
refused, and the supervisor was told both times. What is sent twice is kept once.
"""

import json
from datetime import timedelta
from unittest import mock

from accounts.models import Notice
from crm.models import Activity, LateVisit
from crm.services import late_visits
from handover.services import emergency
from kit import outbox
from kit.clock import database_now
from tests.accept import frame
from tests.accept.frame import Mutant, patched
from tests.cast import Cast
from tests.crm.test_late_visits import Phone

VISITS = 20
GIVEN = {"trigger": "no_contact", "reason": "Cannot be reached"}


def run():
    with frame.undone():
        cast = Cast()
        phone, token = Phone(cast.li), frame.api(cast.li)
        items = [phone.wrote(cast.huadong, note=f"secret-{n}") for n in range(VISITS)]
        forged = items[0] | {"written": items[0]["written"].replace("secret-0", "secret-forged")}
        emergency.freeze(actor=cast.he, person=cast.li, **GIVEN)
        first, again = phone.sends([*items, forged]), phone.sends(items)
        live = seen(cast) + Activity.objects.count()
        figures = {
            "answers": [first.status_code, again.status_code],
            "in quarantine": LateVisit.objects.filter(state="waiting").count(), "live": live,
            "acknowledged": len(set(map(str, ids(first)))), "customer bytes": leaked(items, first, again),
            "forged": LateVisit.objects.filter(written__contains="forged").count(),
            "token": token.get("/api/v1/customers").status_code,
            "forged alone": phone.sends([forged]).status_code,
            "told": told("late_visits.waiting"), "after 72 h": too_late(phone, items, cast),
            "told of that": told("late_visits.refused"),
        }  # fmt: skip
    wanted = [[202, 202], VISITS, 0, VISITS, 0, 0, 401, 401, ["lead.east"], [410, 0], ["lead.east"]]
    return list(figures.values()) == wanted, figures


def ids(answer):
    return answer.json().get("ids", []) if answer.status_code == 202 else []


def seen(cast):
    """How often the timeline, as the supervisor reads it, says something of what was sent."""
    page = frame.browser(cast.he).get(f"/customers/{cast.huadong.pk}/timeline")
    assert page.status_code == 200
    return page.content.decode().count("secret-")


def leaked(items, *answers):
    """Bytes of the answers beside the numbers that the phone itself made."""
    known = [json.loads(item["written"])["client_uuid"] for item in items]
    left = 0
    for answer in answers:
        said = json.loads(answer.content)
        said["ids"] = [number for number in said.get("ids", []) if number not in known]
        left += len(json.dumps(said)) - len('{"ids": []}')
    return left


def told(code):
    while outbox.relay(10_000):
        pass
    return sorted(set(Notice.objects.filter(code=code).values_list("person__username", flat=True)))


def too_late(phone, items, cast):
    """[status, rows more] of another visit of the phone that comes after three days."""
    before = LateVisit.objects.count()
    ahead = database_now() + timedelta(hours=72, minutes=1)
    with mock.patch("crm.services.late_visits.database_now", lambda: ahead):
        answer = phone.sends([phone.wrote(cast.huadong)])
    return [answer.status_code, LateVisit.objects.count() - before]


def straight_in(*, found, person, **rest):
    """What arrives late is logged as always."""
    from accounts import audit

    rows = [late_visits.row_of(person, rest["device"], number, item, rest["ended"])
            for number, item in found.items()]  # fmt: skip
    with audit.verb("tests.b10", person):
        for row in rows:
            if Activity.objects.filter(client_uuid=row["client_uuid"]).exists():
                continue
            Activity.objects.create(
                customer=row["customer"], author=person, client_uuid=row["client_uuid"],
                happened_at=row["happened_at"], note=json.loads(row["written"])["note"],
            )  # fmt: skip
    return sorted(map(str, found))


def with_words(device, found):
    """The answer says what was kept, and where."""
    return [
        {"id": number, "customer": "华东机电"} for number in RECEIVE(device, found)
    ]  # a helpful answer


RECEIVE = late_visits.receive
MUTANTS = [
    patched("who is frozen is refused everywhere", "crm.services.late_visits.OPEN_FOR", timedelta(0)),
    Mutant("what arrives late is logged as always",
           lambda: mock.patch("crm.services.late_visits.keep", straight_in)),
    patched("any signature will do", "kit.signatures.holds", lambda *given: True),
    patched("there is no end to it", "crm.services.late_visits.OPEN_FOR", timedelta(days=900)),
    patched("the answer says which customer", "crm.services.late_visits.receive", with_words),
    patched("nobody is told", "crm.services.late_visits.tell", lambda *given: None),
]  # fmt: skip
