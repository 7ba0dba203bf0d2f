"""The map in its three shapes, gaps by function, badges and filters of single threads, contacts cut."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.models import Customer, Link, Position
from crm.services import contacts
from tests.api.conftest import Api
from tests.crm.contacts_world import at_both, wang
from tests.crm.test_links_network import happened


def text(response):
    return response.content.decode()


def map_of(customer, **given):
    return reverse("crm:customer-map", args=[customer.pk], query=given)


# -- the map ---------------------------------------------------------------------------------------
def test_the_map_is_a_picture_a_matrix_or_a_list_of_the_same_threads(cast, as_):
    happened(cast.li, wang(cast), cast.huadong)
    client = as_(cast.li)
    picture = text(client.get(map_of(cast.huadong, show="picture")))
    assert 'class="relation-map"' in picture and "1 visit, last on" not in picture
    matrix = text(client.get(map_of(cast.huadong, show="matrix")))
    assert "Our people and their key contacts" in matrix and "1 visit, last on" in matrix
    listed = text(client.get(map_of(cast.huadong, show="list")))
    assert "Who else could call" in listed and 'class="relation-map"' not in listed


def test_without_a_choice_a_wide_screen_gets_the_picture_and_a_phone_the_list(cast, as_):
    happened(cast.li, wang(cast), cast.huadong)
    for strange in ({}, {"show": "pie"}, {"show": "x" * 9000}):
        page = text(as_(cast.li).get(map_of(cast.huadong, **strange)))
        assert 'class="panel wide-only"' in page and 'class="card-list"' in page


def test_the_columns_are_key_persons_only_for_who_may_know_them(cast, as_):
    happened(cast.li, wang(cast), cast.huadong)
    contacts.create(actor=cast.li, customer=cast.huadong, values={"name": "Zhou Min"})
    told = text(as_(cast.li).get(map_of(cast.huadong, show="matrix")))
    assert "Key person" in told and "Zhou Min" not in told
    untold = text(as_(cast.gao).get(map_of(cast.huadong, show="matrix")))
    assert "Key person" not in untold and "Zhou Min" in untold


def test_functions_without_a_line_are_named_apart_from_those_without_a_person(cast, as_):
    contact = wang(cast)
    finance = contacts.create(actor=cast.li, customer=cast.huadong, values={"name": "Zhou Min"},
                              place={"function": "finance"})  # fmt: skip
    happened(cast.li, contact, cast.huadong)
    happened(cast.li, finance, cast.huadong, confirmed=False)
    page = text(as_(cast.li).get(map_of(cast.huadong)))
    assert "No line to: Finance." in page
    assert "Nobody known: Decides, Technical, Uses." in page
    assert "Functions known: 2; tier A asks for 3" in page


def test_who_cannot_sign_in_is_not_offered_to_call(cast, as_):
    contact = wang(cast)
    happened(cast.chen, contact, cast.huadong)
    happened(cast.he, contact, cast.huadong, kind="call")
    type(cast.chen).objects.filter(pk=cast.chen.pk).update(state="frozen")
    page = text(as_(cast.li).get(map_of(cast.huadong, show="list")))
    assert "1. He Jun" in page


@pytest.mark.parametrize("person", ["Wang Fang", "王芳", "999999", "-1", "' OR 1=1", "<script>"])
def test_a_contact_is_linked_to_nobody_but_one_of_ours(cast, as_, person):
    contact = wang(cast)
    given = {"person": person, "through": "visit", "contact": contact.pk, "to": contact.pk}
    assert as_(cast.li).post(reverse("crm:link-new", args=[contact.pk]), given).status_code == 422
    assert not Link.objects.exists()


# -- badges and filters ----------------------------------------------------------------------------
def test_the_badge_says_on_which_side_a_customer_hangs(cast, as_):
    client, both = as_(cast.li), [wang(cast), wang(cast, name="周敏", latin_name="Zhou Min")]
    page, lists = cast.huadong.get_absolute_url(), reverse("crm:customers")

    def said(badge):
        return [badge in text(client.get(url)) for url in (page, lists)]

    assert said("At most one of ours and one of theirs") == [True, True]
    for contact in both:
        happened(cast.li, contact, cast.huadong)
    assert said("Single-threaded: ours") == [True, True]
    happened(cast.gao, both[0], cast.huadong, kind="call")  # the service line is no second one
    assert said("Single-threaded: ours") == [True, True]
    happened(cast.chen, both[0], cast.huadong)
    assert said("At most one of") == [False, False]
    happened(cast.chen, both[0], cast.huadong)
    Position.objects.filter(contact=both[1]).update(
        ended_on=timezone.localdate() - timedelta(days=1)
    )
    assert said("Single-threaded: theirs") == [True, True]


def test_a_customer_of_tier_c_or_closed_wears_no_badge_of_it(cast, as_):
    for change in ({"tier": "C"}, {"tier": "A", "status": "closed"}):
        Customer.objects.filter(pk=cast.huadong.pk).update(**change)
        assert "At most one of" not in text(as_(cast.li).get(cast.huadong.get_absolute_url()))


def test_the_list_is_cut_by_the_side_that_hangs_on_one(cast, as_):
    for contact in (wang(cast), wang(cast, name="周敏", latin_name="Zhou Min")):
        happened(cast.li, contact, cast.huadong)
    client = as_(cast.li)
    ours = text(client.get("/customers?thread=ours"))
    assert "华东机电" in ours and "at most one of ours" in ours
    assert "华东机电" not in text(client.get("/customers?thread=theirs"))
    opened = text(client.get("/customers?thread=1-2&filter=open"))
    assert '<option value="1-2" selected>' in opened and '<option value="ours">' in opened


def test_programs_cut_the_list_and_the_contacts_likewise(cast):
    contact = wang(cast)
    happened(cast.li, contact, cast.huadong)
    api = Api(cast.li)

    def names(path, **cut):
        return [one["name"] for one in api.get(path, **cut).data["results"]]

    assert "华东机电" in names("customers", thread="ours")
    assert "华东机电" not in names("customers", thread="0-0")
    assert names("contacts", only="known-by-one") == ["王芳"]
    assert names("contacts", only="unreached") == []
    assert api.get("customers", thread="5-5").status_code == 400
    assert api.get("contacts", only="none").status_code == 400
    found = api.get(f"customers/{cast.huadong.pk}/map").data
    assert (found["ours"], found["theirs"], found["untouched"]) == (1, 1, [])
    assert found["threads"][0]["strength"] == "moderate" and "order" not in found["threads"][0]


# -- contacts --------------------------------------------------------------------------------------
def only(client, name):
    return text(client.get(reverse("crm:contacts"), {"only": name}))


def test_contacts_are_cut_by_who_was_not_reached_for_90_days(cast, as_):
    contact = wang(cast)
    client = as_(cast.li)
    happened(cast.li, contact, cast.huadong, days=91)
    happened(cast.li, contact, cast.huadong, days=2, confirmed=False)
    assert "Wang Fang" in only(client, "unreached")
    happened(cast.li, contact, cast.huadong, days=89)
    assert "Wang Fang" not in only(client, "unreached")


def test_contacts_are_cut_by_who_is_known_by_one_of_ours_alone(cast, as_):
    contact = wang(cast)
    client = as_(cast.li)
    assert "Wang Fang" not in only(client, "known-by-one")
    happened(cast.li, contact, cast.huadong, confirmed=False)
    happened(cast.gao, contact, cast.huadong, kind="call")  # the second line
    happened(cast.ren, contact, cast.huadong)  # has left
    assert "Wang Fang" in only(client, "known-by-one")
    assert "Known by one person only" in text(client.get(contact.get_absolute_url()))
    Link.objects.create(person=cast.chen, contact=contact)
    assert "Wang Fang" not in only(client, "known-by-one")
    assert "Known by one person only" not in text(client.get(contact.get_absolute_url()))


def test_what_one_may_not_see_makes_nobody_known(cast, as_):
    contact = at_both(cast)
    happened(cast.li, contact, cast.huadong)
    happened(cast.wu, contact, cast.nanqiao)
    assert "Wang Fang" in only(as_(cast.li), "known-by-one")
    assert "Wang Fang" not in only(as_(cast.sun), "known-by-one")


def test_who_moved_stays_one_person_with_a_history_where_both_places_are_seen(cast, as_):
    contact = wang(cast)
    happened(cast.li, contact, cast.huadong, days=5)
    place = Position.objects.get(contact=contact)
    contacts.move(actor=cast.system, customer=cast.nanqiao, contact=contact, position=place,
                  values={"title": "顾问"})  # fmt: skip
    page = contact.get_absolute_url()
    whole = text(as_(cast.sun).get(page))
    assert f"moved to {cast.nanqiao.name}" in whole
    assert "Wang Fang" in only(as_(cast.sun), "moved")
    assert "Wang Fang" not in only(as_(cast.wu), "moved")  # sees one of the two only
    assert "moved to" not in text(as_(cast.wu).get(page))
    assert contact.activities.get().customer == cast.huadong


def test_a_contact_is_logged_from_their_page_by_who_may_log(cast, as_):
    contact = wang(cast)
    url = f"/log?customer={cast.huadong.pk}&amp;contacts={contact.pk}"
    assert url in text(as_(cast.li).get(contact.get_absolute_url()))
    assert url not in text(as_(cast.fang).get(contact.get_absolute_url()))


@pytest.mark.parametrize("strange", ["", "x", "unreached'", "moved,unreached", "a" * 9000])
def test_a_strange_cut_narrows_nothing(cast, as_, strange):
    wang(cast)
    assert "Wang Fang" in only(as_(cast.li), strange)


@pytest.mark.parametrize("name", ["unreached", "known-by-one", "moved"])
def test_a_cut_list_takes_as_few_statements_as_the_whole(
    cast, as_, name, django_assert_max_num_queries
):
    for number in range(12):
        contact = wang(cast, name=f"王{number}")
        happened(cast.li, contact, cast.huadong)
    client = as_(cast.li)
    only(client, name)
    with django_assert_max_num_queries(10):
        only(client, name)
