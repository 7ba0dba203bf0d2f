"""The palette finds what one may see, in both languages, and nothing of the rest."""

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from accounts import audit
from accounts.access import Role
from accounts.models import Person
from crm.filters import palette
from crm.models import Contact, Customer, Position
from crm.seats import Reason, Seat
from crm.services import channels, customers, ownership, saved_views
from kit import bulk, names
from kit.disclosure import Disclosure
from tests.cast import Cast, build


@pytest.fixture
def cast(db):
    build()
    return Cast()


def contact(customer, name, latin=""):
    person = Contact(name=name, latin_name=latin)
    bulk.give_keys([person])
    person.save()
    Position.objects.create(contact=person, customer=customer)
    return person


def owned(cast, name, person=None, legal=""):
    """A customer of `person` (li)."""
    with transaction.atomic(), audit.verb("tests.own", cast.system):
        made = Customer.objects.create(
            name=name, legal_name=legal, home_unit=cast.units["east"], origin="company_lead"
        )
        ownership.put(cast.system, made, Seat.ACCOUNT_MANAGER, person or cast.li, Reason.FIRST)
    return made


def labels(person, text, group=None, here=""):
    """What the palette says to a person, of a group or of all."""
    answer = palette.groups(palette.read(person, text, here))
    return [str(entry.label) for one in answer if group in (None, one.key) for entry in one.entries]


def urls(person, text, group, here=""):
    answer = palette.groups(palette.read(person, text, here))
    return [entry.url for one in answer if one.key == group for entry in one.entries]


# -- matching ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "term",
    ["华东", "华东机电", "hdjd", "hd", "huadongjidian", "HUADONG", "ｈｄｊｄ", "有限公司", "h"],
)
def test_a_rep_finds_a_customer_by_name_legal_name_pinyin_and_initials(cast, term):
    assert labels(cast.li, term, "customers") == ["华东机电"]


@pytest.mark.parametrize("term", ["unknown", "%", "_", "|", "d", "'; drop", "华 东 机 电 西"])
def test_what_no_name_has_finds_no_customer(cast, term):
    assert labels(cast.li, term, "customers") == []


@pytest.mark.parametrize("name, latin, terms", [
    ("单小明", "", ["单", "shan", "sxm", "小明"]), ("曾玲", "", ["zeng", "zl"]),
    ("仇英", "", ["qiu", "qy"]), ("尉迟敬德", "", ["yuchi", "ycjd"]), ("Maria Rossi", "", ["ros", "mr"]),
])  # fmt: skip
def test_contacts_are_found_by_the_reading_of_their_surname(cast, name, latin, terms):
    contact(cast.huadong, name, latin)
    for term in terms:
        assert labels(cast.li, term, "contacts") == [name], term
        assert labels(cast.sun, term, "contacts") == [name], term


def test_what_is_the_word_comes_before_what_begins_with_it_and_what_holds_it(cast):
    for name in ["安华机电", "华机", "华机贸易"]:
        owned(cast, name)
    wanted = ["华机", "华机贸易", "安华机电"]
    assert labels(cast.li, "华机", "customers") == wanted
    assert labels(cast.sun, "华机", "customers") == wanted


def test_a_company_is_found_by_the_name_it_had_before(cast):
    edited = customers.edit(
        actor=cast.li,
        customer=cast.huadong,
        values={"name": "华新机电"},
        version=cast.huadong.version,
    )
    for person in (cast.li, cast.he, cast.sun):
        assert labels(person, "hdjd 有限", "customers") == ["华新机电"]
        with override("en"):
            entry = palette.groups(palette.read(person, "huadongjidian"))[0].entries[0]
            assert "formerly 华东机电" not in entry.note  # the legal name has it still
    values = {"legal_name": "华新机电有限公司"}
    customers.edit(actor=cast.li, customer=edited, values=values, version=edited.version)
    with override("en"):
        entry = palette.groups(palette.read(cast.li, "huadong"))[0].entries[0]
    assert entry.note.startswith("formerly 华东机电")
    assert labels(cast.wu, "huadong", "customers") == []


def test_the_former_names_of_private_persons_are_not_kept(cast):
    person = owned(cast, "王芳")
    Customer.objects.filter(pk=person.pk).update(kind="person")
    person.refresh_from_db()
    customers.edit(actor=cast.li, customer=person, values={"name": "王方"}, version=person.version)
    person.refresh_from_db()
    assert person.former_names == [] and "芳" not in person.search_key


# -- sight ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("who, finds", [
    ("li", True), ("chen", True), ("he", True), ("zhao", True), ("sun", True), ("gao", True),
    ("fang", True), ("wu", False), ("qian", False), ("lin", False), ("tang", False), ("hu", False),
    ("yu", False), ("ming", False), ("bai", False), ("ren", False), ("mo", False),
])  # fmt: skip
def test_customers_and_contacts_are_found_by_those_only_who_see_them(cast, who, finds):
    contact(cast.huadong, "宋秋萍")
    assert bool(labels(cast[who], "hdjd", "customers")) is finds
    assert bool(labels(cast[who], "songqiuping", "contacts")) is finds


def test_what_others_hold_answers_like_what_does_not_exist(cast):
    contact(cast.nanqiao, "宋秋萍")
    browser = Client()
    browser.force_login(cast.li, backend="accounts.backends.SignIn")
    answers = []
    for term in ("nanqiao", "nothing", "宋秋萍"):
        with CaptureQueriesContext(connection) as asked:
            answer = browser.get(reverse("crm:palette"), {"q": term}, HTTP_HX_REQUEST="true")
        answers.append((answer.content.decode().replace(term, "…"), len(asked)))
    assert answers[0] == answers[1] == answers[2]


def test_a_contact_with_places_elsewhere_is_told_with_the_visible_place_only(cast):
    person = contact(cast.nanqiao, "宋秋萍")
    Position.objects.create(contact=person, customer=cast.huadong)
    with override("en"):
        entry = palette.groups(palette.read(cast.li, "sqp"))[0].entries[0]
    assert entry.note == "华东机电" and entry.customers == (cast.huadong.pk,)


def test_the_end_of_a_phone_finds_who_may_be_reached_and_shows_no_number(cast):
    person = contact(cast.huadong, "宋秋萍")
    channels.add(actor=cast.li, customer=cast.huadong, contact=person,
                 values={"kind": "phone", "value": "+86 138 1234 5678"})  # fmt: skip
    with override("en"):
        entry = palette.groups(palette.read(cast.li, "5678"))[0].entries[0]
        assert entry.label == "宋秋萍" and "1234" not in entry.note and "5678" in entry.note
    for who in ("gao", "wu", "hu", "yu"):
        assert labels(cast[who], "5678", "contacts") == []


def test_colleagues_who_have_left_and_the_system_are_not_found(cast):
    assert labels(cast.li, "chen", "people") == ["Chen Jie 陈洁"]
    assert labels(cast.li, "ren", "people") == [] == labels(cast.li, "system", "people")
    assert Person.objects.get(roles__contains=[Role.SYSTEM]).name not in labels(cast.li, "s")


def test_saved_views_are_found_by_name_and_pinyin_by_who_sees_them(cast):
    values = {"name": "华东重点", "filters": {"tier": ["A"]}}
    view = saved_views.save(actor=cast.li, values=values)
    for term in ("重点", "hdzd", "zhongdian"):
        assert urls(cast.li, term, "views") == [f"/customers?tier=A&saved={view.pk}"]
    assert labels(cast.wu, "zhongdian", "views") == []


# -- verbs and acts ------------------------------------------------------------------------------
@pytest.mark.parametrize("text", ["log hua", "记 华东", "记华东", "LOG hdjd"])
def test_log_and_a_name_leads_to_logging_there(cast, text):
    assert urls(cast.li, text, "here") == [f"/log?customer={cast.huadong.pk}"]
    assert urls(cast.wu, text, "here") == []


def test_a_verb_offers_only_what_may_be_done(cast):
    assert urls(cast.gao, "log hua", "here") == []  # sees it, does not log there
    assert urls(cast.li, "transfer hua", "here") == []
    assert urls(cast.he, "transfer hua", "here") == [f"/transfers/new?customer={cast.huadong.pk}"]
    assert urls(cast.he, "移交华东", "here") == [f"/transfers/new?customer={cast.huadong.pk}"]


@pytest.mark.parametrize("text", ["if li", "若 李", "若李", "if liwei"])
def test_if_and_a_name_leads_to_what_depends_on_the_person(cast, text):
    assert urls(cast.he, text, "here") == [f"/people/{cast.li.pk}/exposure"]
    assert urls(cast.li, text, "here") == ["/readiness"]
    assert urls(cast.qian, text, "here") == [] or str(cast.li.pk) not in urls(
        cast.qian, text, "here"
    )


FILE = [("man", "判断", "man"), ("depth", "关系", "depth"), ("dates", "日子", "dates"),
        ("tier", "等级", "tier"), ("docs", "资料", "documents"), ("made", "贡献", "made-by")]  # fmt: skip


@pytest.mark.parametrize("word, chinese, page", FILE)
def test_what_a_file_holds_is_reached_by_its_word_in_both_languages(cast, word, chinese, page):
    wanted = [f"/customers/{cast.huadong.pk}/{page}"]
    for text in (f"{word} hua", f"{chinese} 华东", f"{chinese}华东"):
        assert urls(cast.chen, text, "here") == wanted
        assert urls(cast.wu, text, "here") == [] == urls(cast.hu, text, "here")
    assert not any(label.startswith("MAN") for label in labels(cast.li, "", "help"))


def test_the_page_of_a_customer_offers_its_file_when_asked_for(cast):
    page = f"/customers/{cast.huadong.pk}"
    for text, to in (
        ("money", "man"),
        ("重要", "dates"),
        ("deep", "depth"),
        ("made", "made-by"),
        ("why", "tier"),
    ):
        assert f"{page}/{to}" in urls(cast.chen, text, "here", page), text
        assert f"{page}/{to}" not in urls(cast.wu, text, "here", page)
    assert f"{page}/documents/new" in urls(cast.li, "add document", "here", page)
    assert f"{page}/documents/new" not in urls(cast.chen, "add document", "here", page)


def test_the_page_of_a_contact_offers_how_deep_the_relations_are(cast):
    person = contact(cast.huadong, "宋秋萍")
    page = f"/contacts/{person.pk}"
    assert urls(cast.li, "depth", "here", page) == [f"{page}/depth"]
    assert urls(cast.wu, "depth", "here", page) == []


def test_lists_without_an_entry_in_the_rail_are_places_of_those_who_may(cast):
    assert urls(cast.he, "late visits", "places") == ["/late-visits"]
    assert urls(cast.li, "late visits", "places") == []
    assert urls(cast.li, "zyrz", "places") == ["/important-dates"]
    assert urls(cast.li, "formula", "places") == []


def test_the_acts_of_a_page_are_those_its_reader_may_do(cast):
    page = f"/customers/{cast.huadong.pk}"
    assert f"{page}/edit" in urls(cast.li, "", "here", page)
    assert f"{page}/edit" not in urls(cast.chen, "", "here", page)
    for who in ("wu", "hu", "ming"):
        assert labels(cast[who], "", "here", page) == labels(
            cast[who], "", "here", "/customers/9" + "9" * 30
        )
    assert urls(cast.he, "", "here", f"/people/{cast.li.pk}")[0] == f"/people/{cast.li.pk}/exposure"


@pytest.mark.parametrize(
    "here", ["/nowhere", "//example.com", "x", "/customers/\x00", "http://[::1", "/" * 5_000]
)
def test_a_strange_page_below_has_no_acts_of_its_own(cast, here):
    assert labels(cast.li, "", "here", here) == labels(cast.li, "", "here")


def test_places_are_found_in_both_languages_by_who_has_a_use_for_them(cast):
    for text in ("inbox", "收件箱", "sjx"):
        assert urls(cast.li, text, "places") == ["/inbox"]
    assert urls(cast.he, "rotation", "places") == ["/rotation"]
    assert urls(cast.hu, "shares", "places") == []


def test_nothing_typed_offers_what_one_had_open_and_still_sees(cast):
    person = contact(cast.huadong, "宋秋萍")
    browser = Client()
    browser.force_login(cast.li, backend="accounts.backends.SignIn")
    for page in (f"/contacts/{person.pk}", f"/customers/{cast.huadong.pk}"):
        browser.get(page)
    assert labels(cast.li, "", "recent") == ["华东机电", "宋秋萍"]
    assert labels(cast.chen, "", "recent") == []
    ownership.end(actor=cast.he, customer=cast.huadong, seat=Seat.ACCOUNT_MANAGER, why="other")
    assert labels(Person.objects.get(pk=cast.li.pk), "", "recent") == []


# -- the page ------------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["li", "he", "zhao", "gao"])
@pytest.mark.parametrize("text", ["hua", "log hua", "dates hua", "5678", "no such thing"])
def test_a_search_asks_six_statements_at_most(cast, who, text):
    browser = Client()
    browser.force_login(cast[who], backend="accounts.backends.SignIn")
    ask = {"q": text, "here": "/"}
    browser.get(reverse("crm:palette"), ask, HTTP_HX_REQUEST="true")
    with CaptureQueriesContext(connection) as asked:
        browser.get(reverse("crm:palette"), ask, HTTP_HX_REQUEST="true")
    said = [
        q["sql"]
        for q in asked
        if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "SELECT set_config"))
    ]
    assert len(said) <= 6 + (text == "5678"), "\n".join(sql[:120] for sql in said)


def test_what_is_found_counts_as_disclosed(cast):
    browser = Client()
    browser.force_login(cast.li, backend="accounts.backends.SignIn")
    browser.get(reverse("crm:palette"), {"q": "hdjd"})
    shown = Disclosure.objects.filter(person_id=cast.li.pk).latest("pk")
    assert shown.customer_ids == [cast.huadong.pk] and shown.kind == "list"


def test_names_are_shown_as_text(cast):
    owned(cast, "<script>alert(1)</script>")
    browser = Client()
    browser.force_login(cast.li, backend="accounts.backends.SignIn")
    html = browser.get(reverse("crm:palette"), {"q": "script"}).content.decode()
    assert "<script>alert" not in html and "&lt;<mark>script</mark>&gt;" in html


@pytest.mark.parametrize("text", ["x" * 100_000, "\x07", "%" * 50, "’ OR 1=1 --", "华" * 3_000])
def test_a_strange_term_is_answered(cast, text):
    browser = Client()
    browser.force_login(cast.he, backend="accounts.backends.SignIn")
    assert browser.get(reverse("crm:palette"), {"q": text[:5_000]}).status_code == 200
    assert labels(cast.he, text, "customers") == []


@pytest.mark.parametrize("name, word, parts", [
    ("华东机电", "华东", [(0, 2)]), ("华东机电", "hd", [(0, 1), (1, 2)]),
    ("华东机电", "jid", [(2, 3), (3, 4)]), ("华东机电", "huad", [(0, 1), (1, 2)]),
    ("Linden Bakery", "bak", [(7, 10)]), ("Linden Bakery", "lb", [(0, 1), (7, 8)]),
    ("华东Delta", "hdd", [(0, 1), (1, 2), (2, 3)]), ("华东机电", "xyz", []), ("", "a", []),
])  # fmt: skip
def test_the_signs_that_a_word_hits_are_known(name, word, parts):
    assert names.spans(name, word) == parts
