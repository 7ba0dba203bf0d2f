"""Who made this customer: read from what is recorded, added to with evidence, each by one's own sight."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from crm.models import Activity, Contribution, Customer, Order, Payment
from crm.selectors import contributions as asked
from crm.services import contributions
from kit.dates import today
from kit.errors import Conflict, NotAllowed, Refused
from tests.crm.contacts_world import wang

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def lines(viewer, customer, kind):
    return next(rows for one, rows in asked.ledger(viewer, customer) if one == kind)


def note(cast, actor="li", **more):
    values = {
        "kind": "served",
        "who": cast.chen,
        "happened_on": today(),
        "evidence": "Repair report",
    }
    return contributions.note(actor=cast[actor], customer=cast.huadong, **values | more)


def test_visits_count_for_who_made_them_with_the_first_and_the_last_day(cast):
    for days in (40, 3):
        Activity.objects.create(customer=cast.huadong, author=cast.li, kind="visit",
                                happened_at=timezone.now() - days * DAY, note="x")  # fmt: skip
    [line] = lines(cast.li, cast.huadong, "served")
    assert (line.person, line.count, (line.last - line.first).days) == (cast.li, 2, 37)
    assert line.unit == cast.units["east"]


def test_orders_and_payments_count_for_who_sees_them(cast):
    order = Order.objects.create(customer=cast.huadong, number="1", ordered_on=today(), currency="CNY",
                                 amount=900, person=cast.li)  # fmt: skip
    Order.objects.create(customer=cast.huadong, number="2", ordered_on=today(), currency="CNY",
                         amount=50, person=cast.li, state="cancelled")  # fmt: skip
    Payment.objects.create(customer=cast.huadong, order=order, paid_on=today(), currency="CNY",
                           amount=400, person=cast.chen)  # fmt: skip
    [sold], [paid] = (lines(cast.li, cast.huadong, kind) for kind in ("sold", "collected"))
    assert (sold.person, sold.amount, sold.count) == (cast.li, Decimal(900), 1)
    assert (paid.person, paid.amount) == (cast.chen, Decimal(400))
    assert lines(cast.gao, cast.huadong, "sold") == lines(cast.gao, cast.huadong, "collected") == []


def test_who_knew_a_contact_first_has_introduced_it(cast):
    from crm.models import Link

    contact = wang(cast)
    Link.objects.create(person=cast.chen, contact=contact, since_on=today() - 9 * DAY)
    Link.objects.create(person=cast.gao, contact=contact, since_on=today() - 2 * DAY)
    found = lines(cast.li, cast.huadong, "introduced")
    assert cast.chen in [line.person for line in found]
    assert cast.gao not in [line.person for line in found]


def test_who_brought_the_customer_stands_first_and_for_good(cast):
    made = Customer.objects.create(name="Brought", origin="brought", origin_person=cast.chen,
                                   home_unit=cast.units["east"])  # fmt: skip
    [line] = lines(cast.sun, made, "brought")
    assert line.person == cast.chen


def test_what_no_record_tells_is_noted_with_evidence_and_taken_back(cast):
    row = note(cast)
    [line] = lines(cast.li, cast.huadong, "served")
    assert (line.person, line.noted) == (cast.chen, row)
    contributions.take_back(actor=cast.li, customer=cast.huadong, contribution=row)
    assert lines(cast.li, cast.huadong, "served") == []
    with pytest.raises(Conflict):
        contributions.take_back(actor=cast.li, customer=cast.huadong, contribution=row)


def test_a_department_is_noted_as_well(cast):
    note(cast, who=cast.units["hr"], kind="introduced")
    [line] = lines(cast.li, cast.huadong, "introduced")
    assert (line.person, line.unit) == (None, cast.units["hr"])


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "paid"}, "kind"),
        ({"who": None}, "who"),
        ({"happened_on": None}, "happened_on"),
        ({"evidence": " "}, "evidence"),
        ({"evidence": "x" * 301}, "evidence"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(cast, change, field):
    with pytest.raises(Refused) as refused:
        note(cast, **change)
    assert set(refused.value.fields) == {field} and not Contribution.objects.exists()


def test_a_day_ahead_is_refused(cast):
    with pytest.raises(Refused):
        note(cast, happened_on=today() + DAY)


def test_who_only_reads_notes_nothing(cast, client):
    with pytest.raises(NotAllowed):
        note(cast, actor="gao")
    client.force_login(cast.gao)
    page = client.get(f"/customers/{cast.huadong.pk}/made-by")
    assert page.status_code == 200 and "Note it" not in page.text
    assert not Contribution.objects.exists()


def test_a_rep_notes_and_takes_back_on_the_page(cast, client):
    client.force_login(cast.li)
    url = f"/customers/{cast.huadong.pk}/made-by"
    given = {"kind": "served", "who": cast.chen.username, "happened_on": today().isoformat(),
             "evidence": "Repair <b>report</b>"}  # fmt: skip
    assert client.post(url, given | {"who": "Nobody"}).status_code == 422
    assert client.post(url, given | {"evidence": ""}).status_code == 422
    assert client.post(url, given).status_code == 303
    assert "Repair &lt;b&gt;report" in client.get(url).text
    row = Contribution.objects.get()
    assert client.post(f"{url}/{row.pk}/take-back").status_code == 303
    assert "Repair" not in client.get(url).text


def test_the_same_is_noted_once(cast):
    note(cast)
    with pytest.raises(Conflict):
        note(cast)
    assert Contribution.objects.count() == 1


def test_a_contribution_is_of_one_person_or_of_one_department(cast):
    with pytest.raises(IntegrityError), transaction.atomic():
        Contribution.objects.create(customer=cast.huadong, kind="sold", happened_on=today(),
                                    evidence="x", noted_by=cast.li)  # fmt: skip
