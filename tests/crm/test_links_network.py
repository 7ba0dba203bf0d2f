"""Who knows whom, how well, and who else could call."""

from datetime import date, timedelta

import pytest
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from accounts.models import TrailEntry
from crm.models import Activity, ActivityVisitor, Customer, Link
from crm.selectors import network
from crm.services import contacts, links
from kit.dates import company_zone, today
from kit.errors import Conflict, NotAllowed, Refused
from tests.crm.contacts_world import at_both, sign_in, wang


def happened(author, contact, customer, kind="visit", days=0, along=(), confirmed=True):
    """An activity `days` ago with a contact, proved unless said otherwise, as are who came along."""
    at = timezone.now() - timedelta(days=days)
    proof = {"proof": "location", "confirmed_at": at} if confirmed else {}
    row = Activity.objects.create(
        customer=customer, author=author, kind=kind, happened_at=at, **proof
    )
    row.contacts.add(contact)
    for person in along:
        ActivityVisitor.objects.create(
            activity=row, person=person, confirmed_at=at if confirmed else None
        )
    return row


def tier(viewer, contact, person):
    return {t.person.pk: t.tier for t in network.of_contact(viewer, contact)}.get(person.pk)


@pytest.mark.parametrize(
    ("visits", "expected"),
    [([0], "moderate"), ([60], "weak"), ([200], "none"), ([0, 14, 28, 42], "strong"), ([89, 89], "moderate"),
     ([-1], "moderate")],
)  # fmt: skip
def test_strength_fades_by_half_in_45_days(cast, visits, expected):
    contact = wang(cast)
    for days in visits:
        happened(cast.li, contact, cast.huadong, days=days)
    assert tier(cast.li, contact, cast.li) == expected


@pytest.mark.parametrize(
    ("kind", "count", "expected"),
    [
        ("message", 1, "weak"),
        ("call", 1, "weak"),
        ("message", 3, "moderate"),
        ("meeting", 2, "moderate"),
    ],
)
def test_kinds_weigh_differently(cast, kind, count, expected):
    contact = wang(cast)
    for _turn in range(count):
        happened(cast.li, contact, cast.huadong, kind=kind, days=1)
    assert tier(cast.li, contact, cast.li) == expected


def test_joint_visit_counts_for_both_and_for_more(cast):
    contact = wang(cast)
    for _turn in range(2):
        happened(cast.li, contact, cast.huadong, days=20, along=[cast.he])
    known = {t.person.pk: t for t in network.of_contact(cast.li, contact)}
    assert known[cast.li.pk].tier == known[cast.he.pk].tier == "strong"  # 2 × 5 × 0.73; visits: 5.9
    assert known[cast.he.pk].count == 2


def test_activities_one_may_not_see_add_nothing(cast):
    contact = at_both(cast)
    happened(cast.wu, contact, cast.nanqiao)
    assert network.of_contact(cast.li, contact) == []
    assert tier(cast.wu, contact, cast.wu) == "moderate"
    assert tier(cast.zhao, contact, cast.wu) == "moderate"


def test_link_is_recorded_with_its_trail_and_ended_once(cast):
    contact = wang(cast)
    link = links.add(actor=cast.li, customer=cast.huadong, contact=contact, person=cast.he,
                     values={"through": "event", "since_on": date(2024, 5, 1), "note": "fair"})  # fmt: skip
    entry = TrailEntry.objects.get(verb="links.add")
    assert entry.changes["person"] == [None, cast.he.pk]
    with pytest.raises(Conflict):
        links.add(
            actor=cast.li,
            customer=cast.huadong,
            contact=contact,
            person=cast.he,
            values={"through": "event"},
        )
    with pytest.raises(Refused):
        links.end(
            actor=cast.li,
            customer=cast.huadong,
            link=link,
            ended_on=today(company_zone()) + timedelta(days=2),
        )
    links.end(actor=cast.li, customer=cast.huadong, link=link)
    with pytest.raises(Conflict):
        links.end(actor=cast.li, customer=cast.huadong, link=link)
    assert Link.objects.get().ended_on is not None


@pytest.mark.parametrize(
    "values",
    [{}, {"through": "pigeon"}, {"through": "visit", "since_on": date(2199, 1, 1)},
     {"through": "visit", "since_on": date(1, 1, 1)}],
)  # fmt: skip
def test_bad_links_are_refused(cast, values):
    contact = wang(cast)
    with pytest.raises(Refused):
        links.add(
            actor=cast.li, customer=cast.huadong, contact=contact, person=cast.li, values=values
        )
    with pytest.raises(Refused):
        links.add(
            actor=cast.li,
            customer=cast.huadong,
            contact=contact,
            person=cast.ren,
            values={"through": "visit"},
        )
    assert not Link.objects.exists()


@pytest.mark.parametrize(
    ("name", "error"), [("chen", NotAllowed), ("gao", NotAllowed), ("wu", Http404)]
)
def test_whoever_may_not_edit_records_and_ends_no_link(cast, name, error):
    contact = wang(cast)
    link = links.add(
        actor=cast.li,
        customer=cast.huadong,
        contact=contact,
        person=cast.li,
        values={"through": "visit"},
    )
    through = {"actor": cast[name], "customer": cast.huadong}
    with pytest.raises(error):
        links.add(**through, contact=contact, person=cast.li, values={"through": "phone"})
    with pytest.raises(error):
        links.end(**through, link=link)
    assert Link.objects.get().ended_on is None


def test_a_contact_of_another_customer_is_unknown_here(cast):
    theirs = contacts.create(actor=cast.wu, customer=cast.nanqiao, values={"name": "黄河"})
    with pytest.raises(Http404):
        links.add(
            actor=cast.li,
            customer=cast.huadong,
            contact=theirs,
            person=cast.li,
            values={"through": "visit"},
        )
    assert not Link.objects.exists()


def test_map_says_when_one_person_only_knows_the_customer(cast, client):
    contact = wang(cast)
    sign_in(client, cast.li)
    page = reverse("crm:customer-map", args=[cast.huadong.pk])
    assert "Nobody here has been in touch lately." in client.get(page).content.decode()
    happened(cast.li, contact, cast.huadong)
    only = "Only one person here knows this customer: Li Wei. All contact runs through Wang Fang."
    assert only in client.get(page).content.decode()
    happened(cast.gao, contact, cast.huadong, kind="call")  # the service line is no second thread
    assert only in client.get(page).content.decode()
    happened(cast.chen, contact, cast.huadong)
    assert "Only one person" not in client.get(page).content.decode()


def test_who_else_could_call_leaves_out_the_account_manager_and_ranks_the_rest(cast):
    contact = wang(cast)
    happened(cast.li, contact, cast.huadong)
    happened(cast.chen, contact, cast.huadong, kind="message")
    happened(cast.he, contact, cast.huadong)
    known = network.of_customer(cast.li, cast.huadong)
    assert [thread.person for thread in known.others(contact.pk)] == [cast.he, cast.chen]


def test_score_is_never_shown(cast, client):
    contact = wang(cast)
    happened(cast.li, contact, cast.huadong, days=10)
    strength = network.of_contact(cast.li, contact)[0].order
    for page in (reverse("crm:customer-map", args=[cast.huadong.pk]), contact.get_absolute_url()):
        text = sign_in(client, cast.li).get(page).content.decode()
        assert f"{strength:.2f}" not in text
        assert "Moderate" in text
        assert "1 visit, last on" in text


def test_leaving_shows_only_to_who_may_see_employment(cast, client):
    contact = wang(cast)
    happened(cast.mo, contact, cast.huadong)
    page = reverse("crm:customer-map", args=[cast.huadong.pk])
    for name, told in [("li", False), ("chen", False), ("gao", False), ("he", True), ("sun", True)]:
        text = sign_in(client, cast[name]).get(page).content.decode()
        assert "Mo Fan" in text
        assert ("thread-leaving" in text) is told, name


def test_people_who_left_are_no_thread(cast):
    contact = wang(cast)
    happened(cast.ren, contact, cast.huadong)
    assert network.of_contact(cast.li, contact) == []


def test_panel_is_small_and_the_page_whole(cast, client):
    contact = wang(cast)
    happened(cast.li, contact, cast.huadong)
    sign_in(client, cast.li)
    page = reverse("crm:customer-map", args=[cast.huadong.pk])
    panel = client.get(page, {"panel": "1"}, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in panel
    assert 'class="relation-map"' in panel
    assert "Who else could call" in client.get(page).content.decode()
    assert sign_in(client, cast.wu).get(page, {"panel": "1"}).status_code == 404


def test_the_map_writes_every_name_in_full(cast, client):
    name = "Aleksandr Konstantinovich Przybylski-Wojciechowski"
    contacts.create(actor=cast.li, customer=cast.huadong, values={"name": name})
    page = reverse("crm:customer-map", args=[cast.huadong.pk])
    text = sign_in(client, cast.li).get(page).content.decode()
    assert f"<b>{name}</b>" in text and f'title="{name}' in text


def test_map_takes_few_statements_however_many_contacts(
    cast, client, django_assert_max_num_queries
):
    for number in range(15):
        contact = contacts.create(
            actor=cast.li, customer=cast.huadong, values={"name": f"Anna {number}"}
        )
        happened(cast.li, contact, cast.huadong)
    sign_in(client, cast.li)
    page = reverse("crm:customer-map", args=[cast.huadong.pk])
    client.get(page)
    with django_assert_max_num_queries(16):
        client.get(page)


def test_link_form_offers_oneself_and_says_what_is_wrong(cast, client):
    contact = wang(cast)
    sign_in(client, cast.li)
    page = reverse("crm:link-new", args=[contact.pk])
    assert "rep.east" in client.get(page).content.decode()
    for person in ("", "Nobody Here", "x" * 200):
        answer = client.post(page, {"person": person, "through": "visit"})
        assert answer.status_code == 422
        assert "person" in answer.context["form"].errors
    assert not Link.objects.exists()
    assert client.post(page, {"person": "Li Wei", "through": "visit"}).status_code == 303
    assert client.post(page, {"person": "李伟", "through": "visit"}).status_code == 409
    end = reverse("crm:link-end", args=[Link.objects.get().pk])
    assert client.get(end).status_code == 405
    assert client.post(end).status_code == 303
    assert Link.objects.get().ended_on is not None


def test_a_private_person_has_no_functions_to_know_somebody_in(cast, as_):
    wang(cast)
    Customer.objects.filter(pk=cast.huadong.pk).update(kind="person")
    known = network.of_customer(cast.li, Customer.objects.get(pk=cast.huadong.pk))
    assert known.places and known.gaps() == [] == known.unreached()
    text = as_(cast.li).get(f"/customers/{cast.huadong.pk}/map").content.decode()
    assert "Nobody known" not in text and "All contact runs" not in text
