"""The page of a customer, and the forms that create and change one."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import audit
from accounts.models import Person, TrailEntry
from crm.models import Activity, Contact, ContactChannel, Customer, Position
from crm.seats import Seat
from crm.services import ownership
from kit import crypto
from kit.dates import company_zone, today
from kit.models import Disclosure, SubjectKey


@pytest.fixture
def browse(client):
    """browse(person): a browser in which this person is signed in."""

    def enter(person):
        client.force_login(person, backend="accounts.backends.SignIn")
        return client

    return enter


@pytest.fixture
def filled(cast):
    """华东机电 with a contact, its phone, five visits and a next step."""
    key = SubjectKey.objects.create(wrapped=crypto.new_key())
    with audit.verb("tests.build", cast.system):
        contact = Contact.objects.create(name="王芳", latin_name="Wang Fang", key=key)
        Position.objects.create(contact=contact, customer=cast.huadong, is_key_person=True)
        ContactChannel.objects.create(
            contact=contact, kind="phone", sealed=crypto.seal(key.wrapped, "+8613812345678"),
            value_index=b"x",
        )  # fmt: skip
        for days in range(1, 8):
            Activity.objects.create(
                customer=cast.huadong, author=cast.li, note=f"note {days}",
                happened_at=timezone.now() - timedelta(days=days),
                next_step="Send the price list" if days == 1 else "",
                next_step_on=today(company_zone()) + timedelta(days=3) if days == 1 else None,
            )  # fmt: skip
    return cast.huadong


def page_of(client, customer):
    return client.get(customer.get_absolute_url())


def buttons(page):
    """Addresses of the acts in the identity bar."""
    bar = re.search(r'<div class="identity-acts">(.*?)</div>', page.text, re.S)[1]
    return {
        link.partition("?")[0].rpartition("/")[2]
        for link in re.findall(r'<a [^>]*href="([^"]+)"', bar)
    }


def panels_of(client, customer):
    """What the page fetches of what happened, what is to do and who held it, as far as one may."""
    paths = {"timeline": "timeline", "to do": "tasks", "ownership": "ownership"}
    answers = {
        name: client.get(f"{customer.get_absolute_url()}/{path}?panel=1")
        for name, path in paths.items()
    }
    return {name: answer.text for name, answer in answers.items() if answer.status_code == 200}


# -- sql -----------------------------------------------------------------------------------------
def test_list_reads_with_four_statements_and_counts_with_one(cast, browse):
    client = browse(cast.he)
    with CaptureQueriesContext(connection) as seen:
        client.get("/customers?tier=A&q=hua&sort=-activity")
    written = [q for q in seen if q["sql"].startswith("INSERT")]
    assert (len(seen) - len(written), len(written)) == (4, 1), [q["sql"][:90] for q in seen]


@pytest.mark.parametrize("name", ["li", "he", "sun", "gao"])
def test_customer_page_needs_at_most_seventeen_statements(cast, browse, absent, filled, name):
    absent(cast.li)
    absent(cast.chen)
    client = browse(cast[name])
    with CaptureQueriesContext(connection) as seen:
        page = page_of(client, filled)
    assert page.status_code == 200
    assert len(seen) <= 17, "\n".join(q["sql"][:90] + ".." + q["sql"][-90:] for q in seen)


# -- who sees what -------------------------------------------------------------------------------
@pytest.mark.parametrize(("name", "acts"), [
    ("li", {"log", "edit"}), ("chen", {"log"}), ("he", {"log", "edit", "tier", "new"}),
    ("zhao", {"log", "edit", "tier", "new"}), ("gao", set()), ("fang", set()), ("sun", {"new"}),
])  # fmt: skip
def test_each_is_offered_what_they_may_do(cast, browse, filled, name, acts):
    page = page_of(browse(cast[name]), filled)
    assert page.status_code == 200 and buttons(page) == acts


@pytest.mark.parametrize("name", ["wu", "qian", "lin", "tang", "hu", "yu", "ming", "mo"])
def test_strangers_get_the_404_of_a_customer_that_does_not_exist(cast, browse, name):
    client = browse(cast[name])
    foreign, missing = page_of(client, cast.huadong), client.get("/customers/999999999")
    assert foreign.status_code == missing.status_code == 404
    assert foreign.content == missing.content
    assert not Disclosure.objects.filter(person_id=cast[name].pk).exists()


@pytest.mark.parametrize("address", ["/customers/0", "/customers/99999999999999999999999"])
def test_keys_that_are_none_are_unknown(cast, browse, address):
    assert browse(cast.li).get(address).status_code == 404


def test_the_page_shows_contacts_without_their_numbers(cast, browse, filled):
    page = page_of(browse(cast.li), filled).text
    assert "Wang Fang" in page and "1 channel, masked" in page
    assert "5678" not in page and "1381234" not in page


def test_whoever_may_not_see_channels_is_not_told_how_many(cast, browse, filled):
    page = page_of(browse(cast.gao), filled).text
    assert "Wang Fang" in page and "channel" not in page


def test_service_specialist_reads_neither_remarks_nor_next_steps(cast, browse, filled):
    client = browse(cast.gao)
    panels = panels_of(client, filled)
    assert "timeline" in panels
    page = "".join([page_of(client, filled).text, *panels.values()])
    assert "note 1" not in page and "price list" not in page
    assert "price list" in panels_of(browse(cast.li), filled)["to do"]


def test_the_page_fetches_what_is_below_and_names_each_by_a_link(cast, browse, filled):
    client = browse(cast.li)
    page, panels = page_of(client, filled).text, panels_of(client, filled)
    for path in ("timeline", "ownership", "tasks"):
        address = f"{filled.get_absolute_url()}/{path}"
        assert f'hx-get="{address}?panel=1"' in page and f'href="{address}"' in page
    assert 'id="happened"' in page and 'id="happened"' in panels["timeline"]
    assert "note 1" in panels["timeline"] and "<html" not in "".join(panels.values())


@pytest.mark.parametrize("panel", ["timeline", "ownership", "tasks"])
def test_panels_of_a_foreign_customer_are_unknown(cast, browse, panel):
    client = browse(cast.wu)
    address = f"{cast.huadong.get_absolute_url()}/{panel}?panel=1"
    foreign, missing = client.get(address), client.get(f"/customers/999999999/{panel}?panel=1")
    assert foreign.status_code == missing.status_code == 404
    assert foreign.content == missing.content


def test_opening_a_customer_is_counted(cast, browse):
    page_of(browse(cast.li), cast.huadong)
    row = Disclosure.objects.get(person_id=cast.li.pk)
    assert (row.kind, row.customer_ids) == ("detail", [cast.huadong.pk])


def test_an_empty_seat_offers_its_remedy_to_those_who_assign(cast, browse):
    lead = page_of(browse(cast.qian), cast.nanqiao).text
    assert f"/customers/{cast.nanqiao.pk}/seats/backup/assign" in lead and "No backup" in lead
    assert "/assign" not in page_of(browse(cast.wu), cast.nanqiao).text


def test_who_answers_while_the_manager_is_away_is_said(cast, browse, absent):
    absent(cast.li)
    page = page_of(browse(cast.he), cast.huadong).text
    assert "Li Wei is away until" in page and "Chen Jie answers" in page and "Manager away" in page
    assert "You act for Li Wei until" in page_of(browse(cast.chen), cast.huadong).text


def test_a_vacant_customer_names_who_answers(cast, browse):
    ownership.end(actor=cast.qian, customer=cast.nanqiao, seat=Seat.ACCOUNT_MANAGER)
    page = page_of(browse(cast.qian), cast.nanqiao).text
    assert "Nobody holds this customer. Qian Li answers for it." in page and "Vacant" in page


def test_only_those_who_may_know_read_that_the_manager_leaves(cast, browse):
    Person.objects.filter(pk=cast.li.pk).update(state=Person.State.ON_NOTICE)
    for path in (cast.huadong.get_absolute_url(), "/customers"):
        assert "Manager leaving" in browse(cast.he).get(path).text
        assert "Manager leaving" not in browse(cast.chen).get(path).text


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_pages_stand_in_both_languages(cast, browse, filled, language):
    client = browse(cast.he)
    client.cookies["language"] = language
    for path in ("", f"/{filled.pk}", "/new", f"/{filled.pk}/edit", f"/{filled.pk}/tier",
                 "?filter=open", "?view=vacant", "?q=zzz"):  # fmt: skip
        page = client.get(f"/customers{path}")
        assert page.status_code == 200
        chinese = "客户" in page.text and "Account manager" not in page.text
        assert chinese == (language == "zh-hans"), path


# -- new -----------------------------------------------------------------------------------------
NEW = {
    "name": "Boli", "legal_name": "", "kind": "organisation", "tier": "B", "status": "prospect",
    "origin": "unknown", "region": "", "industry": "", "origin_person": "", "address": "",
}  # fmt: skip


def test_rep_creates_a_customer_on_the_page(cast, browse):
    page = browse(cast.li).post("/customers/new", NEW)
    made = Customer.objects.get(name="Boli")
    assert (page.status_code, page["Location"]) == (303, made.get_absolute_url())
    assert ownership.Assignment.objects.get(customer=made).person == cast.li


def test_rep_is_asked_for_no_tier_and_what_is_sent_as_one_is_ignored(cast, browse):
    assert 'name="tier"' not in browse(cast.li).get("/customers/new").text
    browse(cast.li).post("/customers/new", NEW | {"tier": "A"})
    assert Customer.objects.get(name="Boli").tier == "C"


def test_lead_sets_the_tier_of_a_new_customer(cast, browse):
    client, given = browse(cast.he), NEW | {"manager": cast.chen.pk}
    assert 'name="tier"' in client.get("/customers/new").text
    assert client.post("/customers/new", given | {"tier": "Z"}).status_code == 422
    assert client.post("/customers/new", given | {"tier": "A"}).status_code == 303
    assert Customer.objects.get(name="Boli").tier == "A"


def test_lead_must_choose_whose_it_is(cast, browse):
    client = browse(cast.he)
    assert client.post("/customers/new", NEW).status_code == 422
    assert client.post("/customers/new", NEW | {"manager": cast.wu.pk}).status_code == 422
    assert not Customer.objects.filter(name="Boli").exists()
    assert client.post("/customers/new", NEW | {"manager": cast.chen.pk}).status_code == 303


def test_referral_is_named_by_user_name(cast, browse):
    given = NEW | {"origin": "referral"}
    assert browse(cast.li).post("/customers/new", given).status_code == 422
    page = browse(cast.li).post("/customers/new", given | {"origin_person": "nobody"})
    assert page.status_code == 422 and "No colleague of this name" in page.text
    browse(cast.li).post("/customers/new", given | {"origin_person": "employee"})
    assert Customer.objects.get(name="Boli").origin_person == cast.ming


def test_the_form_sent_twice_creates_one(cast, browse):
    given = NEW | {"client_uuid": str(uuid4())}
    first, second = (browse(cast.li).post("/customers/new", given) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert Customer.objects.filter(name="Boli").count() == 1


def test_known_elsewhere_is_said_without_a_name_and_may_be_insisted_on(cast, browse):
    given = NEW | {"legal_name": "Nanqiao Hardware Ltd"}
    page = browse(cast.li).post("/customers/new", given)
    assert page.status_code == 422 and "Already known. Ask your manager." in page.text
    assert 'name="anyway"' in page.text and "Wu Hao" not in page.text
    assert f"/customers/{cast.nanqiao.pk}" not in page.text
    assert browse(cast.li).post("/customers/new", given | {"anyway": "on"}).status_code == 303
    assert "Already known" not in browse(cast.li).get("/customers").text


def test_an_edit_to_a_known_legal_name_is_answered_like_a_new_customer_of_it(cast, browse):
    path = f"/customers/{cast.huadong.pk}/edit"
    given = facts(cast.huadong, legal_name="Nanqiao-Hardware Ltd.")
    page = browse(cast.li).post(path, given)
    assert page.status_code == 422 and "Already known. Ask your manager." in page.text
    assert "Save anyway" in page.text and f"/customers/{cast.nanqiao.pk}" not in page.text
    assert browse(cast.li).post(path, given | {"anyway": "on"}).status_code == 303


@pytest.mark.parametrize(
    ("who", "legal"), [("li", "Nanqiao Hardware Ltd"), ("li", "华东机电有限公司")]
)
def test_what_a_refusal_tells_of_a_customer_is_counted(cast, browse, who, legal):
    browse(cast[who]).post("/customers/new", NEW | {"legal_name": legal})
    known = Customer.objects.get(legal_name=legal)
    row = Disclosure.objects.filter(person_id=cast[who].pk, path="/customers/new").get()
    assert row.customer_ids == [known.pk]


def test_answers_about_two_foreign_customers_are_alike(cast, browse):
    with audit.verb("tests.build", cast.system):
        Customer.objects.create(
            name="Vacant", legal_name="Vacant Hardware Ltd", home_unit=cast.units["south"]
        )
    client, pages = browse(cast.li), []
    for legal in ("Nanqiao Hardware Ltd", "Vacant Hardware Ltd"):
        page = client.post("/customers/new", NEW | {"legal_name": legal}).text.replace(legal, "")
        pages.append(
            re.sub(
                r'name="(csrfmiddlewaretoken|client_uuid)" value="[^"]*"|"X-CSRFToken": "[^"]*"',
                "",
                page,
            )
        )
    assert pages[0] == pages[1]


BAD = [
    {"name": ""}, {"name": "x" * 500}, {"kind": ""}, {"status": "x"},
    {"region": "77777777777777777777777"}, {"region": "abc"}, {"industry": "-1"},
    {"origin": "x"}, {"client_uuid": "no uuid"}, {"origin_person": "x" * 900},
    {"legal_name": "y" * 5000},
]  # fmt: skip


@pytest.mark.parametrize("wrong", BAD)
def test_bad_input_is_said_at_its_field_and_changes_nothing(cast, browse, wrong):
    page = browse(cast.li).post("/customers/new", NEW | wrong)
    assert page.status_code == 422 and Customer.objects.count() == 2
    assert not TrailEntry.objects.filter(verb="customers.create").exists()


def test_fields_of_the_model_that_no_form_has_are_ignored(cast, browse):
    browse(cast.li).post("/customers/new", NEW | {
        "version": "99", "home_unit": cast.units["south"].pk, "sort_key": "zzz", "id": "1",
        "last_confirmed_at": "2020-01-01", "manager": cast.wu.pk, "owner": cast.wu.pk,
    })  # fmt: skip
    made = Customer.objects.get(name="Boli")
    assert (made.version, made.home_unit, made.sort_key) == (1, cast.units["east"], "boli")
    assert ownership.Assignment.objects.get(customer=made).person == cast.li


@pytest.mark.parametrize("name", ["gao", "sun", "fang", "mo", "hu", "ming"])
def test_who_may_not_create_gets_a_403_and_makes_nothing(cast, browse, name):
    client = browse(cast[name])
    assert client.get("/customers/new").status_code == 403
    assert client.post("/customers/new", NEW).status_code == 403
    assert Customer.objects.count() == 2


# -- edit and tier -------------------------------------------------------------------------------
def facts(customer, **changed):
    given = {
        name: getattr(customer, name) or "" for name in ("name", "legal_name", "status", "address")
    }
    return given | {"region": "", "industry": "", "version": customer.version} | changed


def test_rep_edits_an_own_customer(cast, browse):
    path = f"/customers/{cast.huadong.pk}/edit"
    page = browse(cast.li).post(path, facts(cast.huadong, address="1 Quay"))
    assert page.status_code == 303
    cast.huadong.refresh_from_db()
    assert cast.huadong.address == "1 Quay" and cast.huadong.origin == "company_lead"


def test_whoever_saves_second_sees_theirs_and_mine_and_may_save_mine(cast, browse):
    path, before = f"/customers/{cast.huadong.pk}/edit", facts(cast.huadong)
    browse(cast.he).post(path, before | {"address": "1 Quay"})
    page = browse(cast.li).post(path, before | {"address": "2 Quay"})
    assert page.status_code == 409 and "1 Quay" in page.text and "2 Quay" in page.text
    assert "He Jun changed this at" in page.text and "Keep theirs" in page.text
    version = re.search(r'name="version" value="(\d+)"', page.text)[1]
    again = browse(cast.li).post(path, before | {"address": "2 Quay", "version": version})
    assert again.status_code == 303
    assert Customer.objects.get(pk=cast.huadong.pk).address == "2 Quay"


@pytest.mark.parametrize("name", ["chen", "gao", "sun", "fang"])
@pytest.mark.parametrize("page", ["edit", "tier"])
def test_who_sees_but_may_not_change_gets_a_403(cast, browse, name, page):
    path, client = f"/customers/{cast.huadong.pk}/{page}", browse(cast[name])
    assert client.get(path).status_code == (403 if page == "edit" else 200)  # why is for all
    given = facts(cast.huadong, name="Stolen") | {"tier": "C", "reason": "because"}
    assert client.post(path, given).status_code == 403
    assert Customer.objects.get(pk=cast.huadong.pk).name == "华东机电"


@pytest.mark.parametrize("page", ["edit", "tier"])
def test_strangers_cannot_even_tell_that_there_is_something_to_change(cast, browse, page):
    path = f"/customers/{cast.huadong.pk}/{page}"
    for answer in (browse(cast.wu).get(path), browse(cast.wu).post(path, facts(cast.huadong))):
        assert answer.status_code == 404
