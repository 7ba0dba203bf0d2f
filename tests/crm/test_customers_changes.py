"""Customers are created and changed: who may, what is known already, what arrives twice."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import InternalError, connection, transaction
from django.http import Http404
from django.test.utils import CaptureQueriesContext

from accounts.models import TrailEntry
from crm.models import Assignment, Customer
from crm.seats import Seat
from crm.selectors.ownership import holder
from crm.services import customers, duplicates
from kit.errors import Conflict, NotAllowed, OverBudget, Refused
from kit.outbox import Effect


def new(actor, name="Boli", manager=None, anyway=False, client_uuid=None, **values):
    return customers.create(
        actor=actor, values={"name": name} | values, manager=manager, anyway=anyway,
        client_uuid=client_uuid,
    )  # fmt: skip


def refusal(*args, **values):
    """What a refused creation says, and at which field."""
    before = Customer.objects.count(), TrailEntry.objects.count(), Effect.objects.count()
    with pytest.raises(Refused) as refused:
        new(*args, **values)
    assert (Customer.objects.count(), TrailEntry.objects.count(), Effect.objects.count()) == before
    return refused.value


# -- creating ------------------------------------------------------------------------------------
def test_rep_creates_a_customer_and_looks_after_it(cast):
    customer = new(cast.li, legal_name="Boli Ltd")
    assert customer.tier == "C"
    assert holder(customer) == cast.li and customer.home_unit == cast.units["east"]
    entry = TrailEntry.objects.get(verb="customers.create", subject_type="crm.customer")
    assert entry.actor_id == cast.li.pk and entry.changes["name"] == [None, "Boli"]


def test_lead_gives_a_new_customer_to_one_of_the_own_people(cast):
    assert holder(new(cast.he, manager=cast.chen)) == cast.chen
    assert refusal(cast.he, name="Other", manager=cast.wu).fields.keys() == {"manager"}


def test_rep_does_not_set_the_tier_of_a_new_customer_and_the_lead_does(cast):
    assert refusal(cast.li, tier="A").fields.keys() == {"tier"}
    assert new(cast.li, tier="C").tier == "C"
    assert new(cast.he, manager=cast.li, name="Big", tier="A").tier == "A"


def test_characters_that_nobody_sees_are_no_part_of_a_name(cast):
    assert "name" in refusal(cast.li, name="\u202e\u200b").fields
    customer = new(cast.li, name="\u202eBo\u200bli")
    assert customer.name == "Boli"
    customers.edit(actor=cast.li, customer=customer, values={"name": "Bo\u2066li"}, version=1)
    assert not TrailEntry.objects.filter(verb="customers.edit").get().changes


def test_rep_cannot_give_a_new_customer_to_somebody_else(cast):
    assert "manager" in refusal(cast.li, manager=cast.chen).fields


@pytest.mark.parametrize("who", ["ren", "bai", "mo"])
def test_nobody_on_the_way_out_receives_a_customer(cast, who):
    assert "manager" in refusal(cast.he, manager=cast[who]).fields


@pytest.mark.parametrize("name", ["sun", "gao", "lin", "tang", "hu", "fang", "yu", "mo", "ming"])
def test_others_cannot_create_customers(cast, name):
    with pytest.raises(NotAllowed):
        new(cast[name])
    assert not Customer.objects.filter(name="Boli").exists()


@pytest.mark.parametrize(("values", "field"), [
    ({"name": ""}, "name"), ({"name": "  "}, "name"), ({"name": "x" * 121}, "name"),
    ({"tier": "Z"}, "tier"), ({"kind": "robot"}, "kind"), ({"status": "gone"}, "status"),
    ({"legal_name": "x" * 201}, "legal_name"), ({"origin": "found"}, "origin"),
    ({"origin": "referral"}, "origin_person"), ({"version": 7}, ""), ({"home_unit": 1}, ""),
])  # fmt: skip
def test_wrong_values_are_refused_at_their_field(cast, values, field):
    values = {"name": "Boli"} | values
    assert field in refusal(cast.li, **values).fields


def test_only_a_referral_names_a_colleague(cast):
    assert "origin_person" in refusal(cast.li, origin="advert", origin_person=cast.ming).fields
    made = new(cast.li, origin="referral", origin_person=cast.ming)
    assert made.origin_person == cast.ming


def test_a_private_person_is_sealed_in_the_trail(cast):
    customer = new(cast.li, name="Margaret Holt", kind="person", address="1 Quay")
    changes = TrailEntry.objects.get(subject_id=str(customer.pk), verb="customers.create",
                                     subject_type="crm.customer").changes  # fmt: skip
    assert customer.key is not None
    assert set(changes["name"]) == set(changes["address"]) == {"sealed"}
    assert changes["kind"] == [None, "person"]


# -- known already -------------------------------------------------------------------------------
def test_own_customer_is_named(cast):
    refused = refusal(cast.li, legal_name=" 华东机电有限公司 ")
    assert refused.code == duplicates.YOURS and "You already look after" in refused.message
    assert "华东机电有限公司" in refused.message


def test_visible_customer_of_a_colleague_is_said_to_be_one(cast):
    assert "is a customer already" in refusal(cast.chen, legal_name="华东机电有限公司").message


def test_own_customer_of_the_same_short_name_may_be_another(cast):
    assert refusal(cast.li, name="华东机电").code == duplicates.SAME_NAME
    assert new(cast.li, name="华东机电", legal_name="华东机电（苏州）有限公司", anyway=True).pk


@pytest.mark.parametrize("spelling", ["Nanqiao Hardware Ltd", "NANQIAO hardware ltd",
                                      "Ｎａｎｑｉａｏ Hardware Ltd", "Nanqiao-Hardware, Ltd.",
                                      "NanqiaoHardware　Ltd", "Nanqiao (Hardware) Ltd"])  # fmt: skip
def test_full_legal_name_of_a_foreign_customer_says_ask_your_manager(cast, spelling):
    refused = refusal(cast.li, legal_name=spelling)
    assert (refused.code, str(refused.message)) == ("known", "Already known. Ask your manager.")
    assert list(refused.fields) == ["legal_name"]


@pytest.mark.parametrize(("stored", "typed"), [
    ("华东机电（苏州）有限公司", "华东机电(苏州)有限公司"), ("华东机电（苏州）有限公司", "华东机电【苏州】 有限公司"),
    ("ABC·德国 股份公司", "ａｂｃ德国股份公司。"), ("Müller & Söhne", "muller söhne"),
])  # fmt: skip
def test_signs_blanks_width_and_brackets_make_no_other_legal_name(cast, stored, typed):
    made = new(cast.li, name="One", legal_name=stored)
    refused = refusal(cast.li, name="Two", legal_name=typed)
    assert refused.code == duplicates.YOURS and list(refused.tells) == [made.pk]


def test_people_may_be_called_alike(cast):
    new(cast.wu, name="Anna Li", legal_name="Anna Li", kind="person")
    assert new(cast.li, name="Anna Li", legal_name="Anna Li", kind="person").legal_key == ""


def rename(actor, customer, legal, anyway=False):
    customer.refresh_from_db()
    return customers.edit(actor=actor, customer=customer, values={"legal_name": legal},
                          version=customer.version, anyway=anyway)  # fmt: skip


def test_a_known_legal_name_is_answered_alike_when_a_customer_is_renamed(cast):
    mine = new(cast.li, name="Boli", legal_name="Boli Ltd")
    for name, code in (("华东机电 有限公司", "yours"), ("NANQIAO HARDWARE, LTD", "known")):
        with pytest.raises(Refused) as refused:
            rename(cast.li, mine, name)
        assert (refused.value.code, list(refused.value.fields)) == (code, ["legal_name"])
        mine.refresh_from_db()
        assert mine.legal_name == "Boli Ltd"
    assert rename(cast.li, mine, "BOLI, Ltd.").legal_name == "BOLI, Ltd."  # its own name
    rename(cast.li, mine, "Nanqiao Hardware Ltd", anyway=True)
    entry = TrailEntry.objects.get(verb="customers.dispute")
    assert entry.changes == {"entered_again_as": [None, mine.pk]}
    rename(cast.li, mine, "Nanqiao Hardware Ltd")  # known to be disputed; nothing new to ask
    assert TrailEntry.objects.filter(verb="customers.dispute").count() == 1


def test_renaming_spends_the_same_checks_as_creating(cast):
    mine = new(cast.li, name="Boli")
    for number in range(duplicates.CHECKS):
        rename(cast.li, mine, f"Boli {number} Ltd")
    with pytest.raises(OverBudget):
        rename(cast.li, mine, "Nanqiao Hardware Ltd")
    with pytest.raises(OverBudget):
        new(cast.li, legal_name="Unknown Ltd")
    mine.refresh_from_db()
    edit = {"address": "1 Quay", "legal_name": mine.legal_name}
    assert customers.edit(actor=cast.li, customer=mine, values=edit, version=mine.version)


def test_the_check_looks_at_namesakes_alone(cast):
    with CaptureQueriesContext(connection) as asked:
        refusal(cast.li, legal_name="Nanqiao Hardware Ltd")
    asked = [q["sql"] for q in asked]
    (namesakes,) = (sql for sql in asked if '"legal_key" =' in sql)
    assert "crm_customeraccess" not in namesakes
    assert not any('"id" IN (SELECT' in sql for sql in asked)


@pytest.mark.parametrize("values", [
    {"legal_name": "Nanqiao Hardware"}, {"legal_name": "Nanqiao"}, {"name": "Nanqiao Hardware"},
    {"name": "Nanqiao Hardware Ltd"}, {"legal_name": "nqhl"}, {"legal_name": ""},
])  # fmt: skip
def test_a_part_of_a_foreign_name_is_as_unknown_as_any(cast, values):
    assert new(cast.li, **({"name": "Boli"} | values)).pk


def test_entering_it_anyway_files_a_dispute_that_its_author_cannot_see(cast):
    made = new(cast.li, legal_name="Nanqiao Hardware Ltd", anyway=True)
    entry = TrailEntry.objects.get(verb="customers.dispute")
    assert entry.actor_id == cast.system.pk and entry.customer_id == cast.nanqiao.pk
    assert entry.changes == {"entered_again_as": [None, made.pk]}
    mine = TrailEntry.objects.visible_to(cast.li)
    assert entry not in mine
    assert not any(str(cast.nanqiao.pk) == e.subject_id for e in mine.filter(actor_id=cast.li.pk))
    notice = Effect.objects.latest("pk").payload
    assert (notice["code"], notice["to"]) == ("customer.dispute", cast.qian.pk)
    assert notice["values"] == {"customer": cast.nanqiao.pk}


def test_insisting_on_an_unknown_name_files_nothing(cast):
    new(cast.li, legal_name="Quite Unknown Ltd", anyway=True)
    assert not TrailEntry.objects.filter(verb="customers.dispute").exists()


def test_thirty_checks_an_hour_and_no_more(cast):
    for number in range(duplicates.CHECKS):
        if number % 2:
            refusal(cast.li, legal_name="Nanqiao Hardware Ltd")
        else:
            new(cast.li, name=f"Boli {number}", legal_name=f"Boli {number} Ltd")
    with pytest.raises(OverBudget):
        new(cast.li, legal_name="Nanqiao Hardware Ltd")
    with pytest.raises(OverBudget):
        new(cast.li, legal_name="Unknown Ltd")
    assert new(cast.chen, legal_name="Unknown Ltd").pk


def test_fifty_checks_at_once_get_thirty_answers(committed):
    def probe(number):
        try:
            customers.create(actor=committed.li, values={
                "name": "Boli", "legal_name": "Nanqiao Hardware Ltd"})  # fmt: skip
        except OverBudget:
            return "spent"
        except Refused as refused:
            return refused.code
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(probe, range(50)))
    assert answers.count("known") == duplicates.CHECKS and answers.count("spent") == 20


# -- twice ---------------------------------------------------------------------------------------
def test_a_form_sent_twice_creates_one_customer(cast):
    key = uuid4()
    first = new(cast.li, client_uuid=key, legal_name="Boli Ltd")
    assert new(cast.li, client_uuid=key, legal_name="Boli Ltd") == first
    assert Customer.objects.filter(name="Boli").count() == 1
    assert Assignment.objects.filter(customer=first).count() == 1


def test_a_form_of_somebody_else_made_nothing_here(cast):
    key = uuid4()
    new(cast.li, client_uuid=key)
    with pytest.raises(Http404):
        new(cast.wu, client_uuid=key)


def test_a_form_sent_many_times_at_once_creates_one_customer(committed):
    key = uuid4()

    def send(_number):
        try:
            return new(committed.li, client_uuid=key).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(send, range(16)))
    assert len(keys) == 1 and Customer.objects.filter(name="Boli").count() == 1


# -- changing ------------------------------------------------------------------------------------
def test_whoever_saves_second_is_told_and_nothing_is_lost(cast):
    seen = cast.huadong.version
    customers.edit(actor=cast.li, customer=cast.huadong, values={"address": "1 Quay"}, version=seen)
    with pytest.raises(Conflict):
        customers.edit(
            actor=cast.he, customer=cast.huadong, values={"address": "2 Quay"}, version=seen
        )
    cast.huadong.refresh_from_db()
    assert (cast.huadong.address, cast.huadong.version) == ("1 Quay", seen + 1)


@pytest.mark.parametrize("field", ["tier", "kind", "origin", "home_unit", "last_activity_at", "id"])
def test_editing_takes_no_other_field(cast, field):
    with pytest.raises(Refused):
        customers.edit(
            actor=cast.li, customer=cast.huadong, values={field: "C"}, version=cast.huadong.version
        )


def test_a_new_name_is_found_at_once(cast):
    customers.edit(actor=cast.li, customer=cast.huadong, values={"name": "Renamed"},
                   version=cast.huadong.version)  # fmt: skip
    assert Customer.objects.visible_to(cast.li).get().name == "Renamed"
    assert set(cast.huadong.access.values_list("name_key", flat=True)) == {"renamed"}


def test_origin_stays_as_it_was_recorded(cast):
    with pytest.raises(InternalError, match="origin_once"), transaction.atomic():
        Customer.objects.filter(pk=cast.huadong.pk).update(origin="advert")


def test_seats_of_a_refused_creation_do_not_exist(cast):
    refusal(cast.he, manager=cast.wu)
    assert Assignment.objects.filter(seat=Seat.ACCOUNT_MANAGER).count() == 2
