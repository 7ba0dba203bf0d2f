"""A brief is filled in from the customer file, and a plan counts the files that are thin."""

from functools import partial

import pytest

from crm.models import Customer
from crm.services import contacts, customer_file
from handover.selectors import briefs, plan_page
from handover.services import briefs as writing
from tests.crm import changesets_world
from tests.handover import world
from tests.handover.exposure_world import TARGET, fullness

pytestmark = pytest.mark.django_db


def say(actor, customer, part, contact=None, **values):
    customer_file.save(
        actor=actor, customer=customer, part=part, contact=contact,
        values={name: {"value": value, "version": 0} for name, value in values.items()},
    )  # fmt: skip


@pytest.fixture
def handover(cast):
    """The row of 华东机电 in the case of Li, whose file says something."""
    wang = contacts.create(
        actor=cast.li, customer=cast.huadong, values={"name": "王芳"},
        place={"title": "采购经理", "function": "purchase", "is_key_person": True},
    )  # fmt: skip
    say(cast.li, cast.huadong, "key_persons", wang,
        decision_role="decides", attitude="critical", avoid="Never at noon")  # fmt: skip
    say(cast.li, cast.huadong, "settlement_traits", pay_runs="Fridays", terms_days=60)
    say(cast.li, cast.huadong, "business_situation", plans="A new line", competitors=["Dealer A"])
    return world.case(cast).customers.get()


def texts(viewer, handover):
    found = briefs.questions(viewer, handover, live=True)
    return {one.key: (one.text, one.source) for one in found}


def beside(viewer, handover):
    found = briefs.questions(viewer, handover, live=True)
    return {one.key: " ".join(one.from_file) for one in found}


SECRETS = ("Fridays", "Decides", "Critical", "Never at noon")


def test_the_brief_begins_with_what_the_file_says_and_where_it_is_from(cast, handover):
    found = texts(cast.li, handover)
    assert "王芳" in found["brief_decider"][0] and found["brief_supporter"][0] == ""
    assert "Dealer A" in found["brief_threat"][0]
    assert "A new line" in found["brief_advice"][0]
    assert found["brief_threat"][1] == "from the customer file"


def test_what_concerns_persons_or_settlement_stands_beside_the_brief_and_never_in_it(
    cast, handover
):
    found = beside(cast.li, handover)
    assert "Decides" in found["brief_decider"] and "王芳" in found["brief_decider"]
    assert "Fridays" in found["brief_pay"] and "60" in found["brief_pay"]
    assert "Critical" in found["brief_sceptic"] and "Never at noon" in found["brief_sensitive"]
    filled_in = texts(cast.li, handover)
    assert filled_in["brief_sensitive"][0] == "As the customer file says."
    for secret in SECRETS:
        assert secret not in str(filled_in)


def test_each_reader_of_a_brief_sees_beside_it_what_they_may_know(cast, handover, client):
    task = partial(world.task, cast, handover.departure)
    task(cast.li, key="brief", step=2, handover=handover)
    task(cast.gao, key="service_call", step=2, handover=handover)
    answers = {one.key: one.text or "-" for one in briefs.questions(cast.li, handover, live=True)}
    writing.write_and_submit(actor=cast.li, handover=handover, answers=answers)
    for name, knows in (("he", True), ("gao", False)):
        client.force_login(cast[name])
        page = client.get(handover.get_absolute_url()).content.decode()
        assert "Dealer A" in page
        assert [secret in page for secret in SECRETS] == [knows] * len(SECRETS), name


def test_what_the_writer_may_not_see_of_the_file_is_not_filled_in(cast, handover):
    text = str(texts(cast.chen, handover)) + str(beside(cast.chen, handover))
    assert "Dealer A" in text
    for secret in SECRETS:
        assert secret not in text
    assert "Dealer A" not in str(texts(cast.hu, handover))
    assert not any(beside(cast.hu, handover).values())


def test_a_file_of_many_long_values_fills_in_no_more_than_an_answer_holds(cast, handover):
    long = ["x" * 290 for _ in range(40)]
    say(cast.li, cast.huadong, "business_situation", criteria=long)
    assert len(texts(cast.li, handover)["brief_value"][0]) <= 2_000


def test_the_whole_brief_asks_for_the_file_once(cast, handover, django_assert_max_num_queries):
    with django_assert_max_num_queries(75):
        briefs.questions(cast.li, handover, live=True)


def test_a_plan_counts_the_files_below_the_target_of_their_tier(cast):
    ids = changesets_world.held(cast, 3)
    Customer.objects.filter(pk=ids[0]).update(kind="person")
    customers = [cast.huadong, *Customer.objects.filter(pk__in=ids)]
    departure = world.case(cast, customers=customers, state="draft")
    thin = [one for one in customers
            if one.kind == "organisation" and fullness(one) < TARGET[one.tier]]  # fmt: skip
    problem = next(one for one in plan_page.page(cast.hu, departure).problems if one.code == "thin")
    assert problem.count == len(thin) == 3
