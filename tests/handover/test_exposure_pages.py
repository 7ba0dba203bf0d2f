"""The page of somebody who might leave: who may see it, what it says, what it begins."""

import uuid

import pytest
from django.urls import reverse

from crm.models import ChangeSet
from crm.seats import Seat
from tests.crm.changesets_world import held, task
from tests.crm.contacts_world import wang
from tests.crm.trade_world import order
from tests.handover.world import case

HUGE = 10**30
pytestmark = pytest.mark.django_db


def body(response):
    return " ".join(response.content.decode().split())


def of(person):
    return reverse("handover:exposure", args=[person.pk])


def test_a_lead_reads_what_the_team_would_lose_in_one_sentence(cast, as_):
    order(cast)
    page = body(as_(cast.he).get(of(cast.li)))
    assert (
        "If Li Wei left tomorrow, <strong>1 customer</strong> (¥100 in 12 months, 100% of the team)"
        in page
    )
    assert "1 has nobody else who knows them." in page and "华东机电" in page
    assert "Viewed by He Jun" in page and 'class="watermark"' in page


@pytest.mark.parametrize("name", ["he", "zhao", "sun", "fang", "hu"])
def test_who_may_see_what_depends_on_somebody_opens_the_page(cast, as_, name):
    assert as_(cast[name]).get(of(cast.li)).status_code == 200


@pytest.mark.parametrize("name", ["chen", "wu", "qian", "gao", "tang", "yu", "lin", "mo", "ming"])
def test_a_peer_gets_the_one_404(cast, as_, name):
    client = as_(cast[name])
    answer, missing = client.get(of(cast.li)), client.get(f"/people/{HUGE}/exposure")
    assert answer.status_code == missing.status_code == 404
    assert answer.content == missing.content
    assert client.get(f"/exposure/together?person={cast.li.pk}").status_code == 404


def test_hr_gets_counts_and_no_name_of_a_customer(cast, as_):
    order(cast)
    wang(cast)
    page = body(as_(cast.hu).get(of(cast.li)))
    assert "<strong>1 customer</strong> would need" in page and "Customers by tier" in page
    for secret in ("华东机电", "王芳", "Wang Fang", "¥100"):
        assert secret not in page
    assert "Reduce the risk" not in page


def test_hr_reads_names_while_a_case_is_open(cast, as_):
    departure = case(cast)
    page = body(as_(cast.hu).get(of(cast.li)))
    assert "华东机电" in page and reverse("crm:customer", args=[cast.huadong.pk]) not in page
    departure.state = "withdrawn"
    departure.save()
    assert "华东机电" not in body(as_(cast.hu).get(of(cast.li)))


def test_a_draft_shows_hr_no_names(cast, as_):
    case(cast, state="draft")
    assert "华东机电" not in body(as_(cast.hu).get(of(cast.li)))


def test_about_oneself_the_page_is_readiness(cast, as_):
    assert as_(cast.li).get(of(cast.li)).url == reverse("handover:readiness")
    page = body(as_(cast.li).get("/readiness"))
    assert "You look after <strong>1 customer</strong>." in page
    assert "1 is known to nobody but you." in page and "Plan a joint visit" in page
    assert "badge-danger" not in page and "of the team" not in page


@pytest.mark.parametrize("name", ["gao", "tang", "yu", "lin", "ming"])
def test_who_looks_after_nobody_has_no_readiness(cast, as_, name):
    assert as_(cast[name]).get("/readiness").status_code == 403


def test_on_notice_one_reads_the_own_figures_without_money(cast, as_):
    held(cast, 2, by="mo")
    page = body(as_(cast.mo).get("/readiness"))
    assert "You look after <strong>2 customers</strong>." in page and "Receivables" not in page


def test_without_customers_the_page_says_so(cast, as_):
    page = body(as_(cast.he).get(of(cast.chen)))
    assert "Chen Jie is account manager of no customer." in page and "Backup" in page
    assert "No customers are assigned to you." in body(as_(cast.chen).get("/readiness"))


@pytest.mark.parametrize(
    "view", ["alone", "single", "backup", "file", "keys", "open", "owed", "x", "٣"]
)
def test_each_figure_opens_its_customers(cast, as_, view):
    wang(cast)
    order(cast)
    task(cast, cast.huadong.pk, "li")
    for page in ("", "1", "-1", "999", "x"):
        asked = {"view": view, "page": page}
        assert as_(cast.he).get(of(cast.li), asked).status_code == 200
        assert as_(cast.li).get("/readiness", asked).status_code == 200


def test_key_persons_whom_nobody_else_knows_stand_in_the_picture(cast, as_):
    wang(cast)
    page = body(as_(cast.he).get(of(cast.li)))
    assert "1 key person would know nobody here" in page and "王芳" in page
    assert "Nobody else" in page and "for 1 key person" in page


def test_the_names_of_our_people_lead_there_for_whoever_may(cast, as_):
    listed = reverse("crm:customers")
    assert of(cast.li) in body(as_(cast.he).get(listed))
    assert of(cast.li) in body(as_(cast.he).get(reverse("crm:customer", args=[cast.huadong.pk])))
    assert of(cast.li) in body(as_(cast.hu).get(reverse("accounts:people")))
    assert of(cast.li) in body(as_(cast.he).get(cast.li.get_absolute_url()))
    own = body(as_(cast.li).get(reverse("crm:customer", args=[cast.huadong.pk])))
    assert "/exposure" not in own and reverse("handover:readiness") in own
    assert "/exposure" not in body(as_(cast.chen).get(listed))


def test_today_and_the_profile_lead_a_rep_to_readiness(cast, as_):
    assert "/readiness?panel=1" in body(as_(cast.li).get("/"))
    assert "9 have" not in body(as_(cast.li).get("/readiness?panel=1"))
    assert "You look after" in body(as_(cast.li).get("/readiness?panel=1"))
    assert "/readiness" in body(as_(cast.li).get("/profile"))
    assert "/readiness" not in body(as_(cast.tang).get("/profile"))


def test_what_the_registry_says_comes_after_the_page(cast, as_):
    task(cast, cast.huadong.pk, "li")
    page = body(as_(cast.he).get(of(cast.li)))
    assert "?panel=holds" in page and reverse("accounts:person-holdings", args=[cast.li.pk]) in page
    lines = body(as_(cast.he).get(f"{of(cast.li)}?panel=holds"))
    assert "Tasks" in lines and "Seats at customers" not in lines and "<html" not in lines
    assert as_(cast.chen).get(f"{of(cast.li)}?panel=holds").status_code == 404


# -- several at once -------------------------------------------------------------------------------
def test_several_leavers_do_not_know_customers_for_each_other(cast, as_):
    page = body(as_(cast.zhao).get(f"/exposure/together?person={cast.li.pk}&person={cast.chen.pk}"))
    assert "If these 2 people left tomorrow, <strong>1 customer</strong>" in page
    assert "No backup" in page and f'value="{cast.huadong.pk}"' in page


def test_the_picker_offers_whoever_holds_customers_within_sight(cast, as_):
    page = body(as_(cast.he).get("/exposure/together"))
    assert "Li Wei" in page and "Wu Hao" not in page
    assert "Li Wei" not in body(as_(cast.zhao).get("/exposure/together?q=wu&choose=1"))
    assert as_(cast.li).get("/exposure/together").status_code == 403


@pytest.mark.parametrize(
    "asked", ["person=x", f"person={HUGE}", "person=-1", "person=", "person=1e3"]
)
def test_a_person_who_is_none_is_the_one_404(cast, as_, asked):
    assert as_(cast.zhao).get(f"/exposure/together?{asked}").status_code == 404


def test_more_than_twenty_at_once_are_refused(cast, as_):
    asked = "&".join(f"person={number}" for number in range(1, 23))
    assert as_(cast.zhao).get(f"/exposure/together?{asked}").status_code == 404


# -- reduce the risk -------------------------------------------------------------------------------
def reduce(client, *people, **more):
    return client.post("/exposure/reduce", {"person": [one.pk for one in people]} | more)


def test_reducing_the_risk_begins_backups_for_all_that_lack_one(cast, as_):
    ids = held(cast, 3)
    answer = reduce(as_(cast.he), cast.li, client_uuid=str(uuid.uuid4()))
    draft = ChangeSet.objects.get()
    assert answer.url == reverse("crm:transfer-people", args=[draft.pk])
    assert {(row.customer_id, row.seat) for row in draft.changes.all()} == {
        (pk, Seat.BACKUP) for pk in ids
    }
    page = body(as_(cast.he).get(answer.url))
    assert "Chen Jie" in page
    assert f'value="{cast.li.pk}"' not in page  # nobody is backup of the own customers


def test_only_the_ticked_customers_get_one(cast, as_):
    ids = held(cast, 3)
    reduce(as_(cast.he), cast.li, pick=[ids[1], cast.nanqiao.pk, "x", HUGE])
    assert [row.customer_id for row in ChangeSet.objects.get().changes.all()] == [ids[1]]


def test_pressed_twice_it_is_one_draft(cast, as_):
    held(cast, 2)
    number = str(uuid.uuid4())
    first = reduce(as_(cast.he), cast.li, client_uuid=number)
    assert reduce(as_(cast.he), cast.li, client_uuid=number).url == first.url
    assert ChangeSet.objects.count() == 1


def test_without_anything_to_do_it_says_so(cast, as_):
    client = as_(cast.he)
    assert reduce(client, cast.li).url == of(cast.li)
    assert "None of these customers lacks a backup" in body(client.get(of(cast.li)))
    assert not ChangeSet.objects.exists()


@pytest.mark.parametrize(
    ("name", "status"), [("li", 403), ("hu", 403), ("fang", 403), ("qian", 404)]
)
def test_who_may_not_assign_begins_nothing(cast, as_, name, status):
    held(cast, 2)
    assert reduce(as_(cast[name]), cast.li).status_code == status
    assert not ChangeSet.objects.exists()


@pytest.mark.parametrize("number", ["", "x", "0" * 400])
def test_a_forged_key_does_no_harm(cast, as_, number):
    held(cast, 2)
    assert reduce(as_(cast.he), cast.li, client_uuid=number).status_code == 303
    assert as_(cast.he).post("/exposure/reduce").status_code == 404
