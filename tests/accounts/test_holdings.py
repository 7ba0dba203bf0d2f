"""What a person holds: the registry refuses what is not declared, and counts what is."""

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse

from accounts.models import Absence, Membership, Notice
from accounts.selectors import holdings
from crm.models import Assignment, Share, Territory
from crm.seats import Seat
from crm.services import ownership, shares
from kit import registry
from kit.clock import database_now
from kit.registry import Held, Holding
from tests.accept.b03 import strangers
from tests.accept.frame import api


def lines(person, viewer):
    return {line.relation: line for line in holdings.held_by(person, viewer)}


def counts(person, viewer, relation):
    line = lines(person, viewer)[relation]
    return line.open, line.past


def body(response):
    return response.content.decode()


# -- the registry -------------------------------------------------------------------------------


def test_every_relation_to_a_person_has_words_unless_it_is_a_plain_number():
    silent = [
        relation.label for relation in registry.relations_to_people()
        if relation.field is not None and not relation.model._meta.swapped
        and not registry.declared(relation).label
    ]  # fmt: skip
    assert silent == []


def test_every_page_that_a_relation_names_exists(cast):
    for relation in registry.relations_to_people():
        holding = registry.declared(relation)
        if holding and holding.page:
            assert holding.address(cast.li).startswith("/")


@pytest.mark.parametrize("kind", ["key", "one to one", "many", "generic", "number", "proxy"])
def test_a_relation_nobody_declared_stops_the_start_up(kind):
    with strangers(kind) as label:
        assert label in registry.undeclared()
        assert "holdfast.E001" in {one.id for one in run_checks() if label in one.msg}
        with pytest.raises(ImproperlyConfigured, match=label):
            registry.refuse_undeclared()
    assert registry.undeclared() == []


def test_a_declaration_by_the_disposition_alone_is_enough(monkeypatch):
    monkeypatch.setattr(Territory, "held", {"person": Held.TRANSFER})
    found = [one for one in registry.relations_to_people() if one.model is Territory]
    assert [registry.declared(one) for one in found] == [Holding(Held.TRANSFER)]
    assert registry.undeclared() == []


# -- the counts ---------------------------------------------------------------------------------


def test_all_of_the_registry_is_counted_in_one_statement(cast, django_assert_num_queries):
    holdings.held_by(cast.li, cast.sun)
    with django_assert_num_queries(1):
        found = {line.relation for line in holdings.held_by(cast.li, cast.sun)}
    labelled = {one.label for one in registry.relations_to_people() if registry.declared(one).label}
    assert found == labelled


def test_seats_count_as_open_until_their_end_has_come(cast):
    assert counts(cast.li, cast.he, "crm.Assignment.person") == (1, 0)
    ownership.assign(
        actor=cast.he, customer=cast.huadong, seat=Seat.ACCOUNT_MANAGER, person=cast.chen
    )
    assert counts(cast.li, cast.he, "crm.Assignment.person") == (0, 1)
    assert counts(cast.chen, cast.he, "crm.Assignment.person") == (1, 1)


def test_what_the_viewer_does_not_see_is_not_counted(cast):
    later = database_now() + database_now().resolution * 86_400_000_000 * 9
    shares.grant(
        actor=cast.qian, customer=cast.nanqiao, person=cast.li, right="read_customer",
        until=later, why="A joint offer",
    )  # fmt: skip
    assert counts(cast.li, cast.li, "crm.Share.user") == (1, 0)
    assert counts(cast.li, cast.sun, "crm.Share.user") == (1, 0)
    assert counts(cast.li, cast.he, "crm.Share.user") == (0, 0)


def test_hr_gets_the_counts_although_no_customer_is_theirs_to_see(cast):
    assert Assignment.objects.visible_to(cast.hu).count() == 0
    assert counts(cast.li, cast.hu, "crm.Assignment.person") == (1, 0)
    assert lines(cast.li, cast.hu)["crm.Assignment.person"].url == ""


def test_the_counts_are_those_of_the_tables(cast):
    Notice.objects.create(person=cast.li, code="x")
    found = lines(cast.li, cast.fang)
    for relation, model, field in [
        ("accounts.Notice.person", Notice, "person"),
        ("accounts.Membership.person", Membership, "person"),
        ("accounts.Absence.person", Absence, "person"),
        ("crm.Share.granted_by", Share, "granted_by"),
        ("crm.Assignment.person", Assignment, "person"),
    ]:
        line = found[relation]
        assert line.open + line.past == model.objects.filter(**{field: cast.li}).count()


def test_a_generic_grant_about_a_person_is_counted(cast):
    from django.contrib.auth.models import Permission
    from guardian.models import UserObjectPermission

    permission = Permission.objects.filter(content_type__model="person").first()
    UserObjectPermission.objects.create(
        user=cast.chen, content_object=cast.li, permission=permission
    )
    held = "guardian.UserObjectPermission"
    assert counts(cast.li, cast.sun, f"{held}.content_object") == (1, 0)
    assert counts(cast.chen, cast.sun, f"{held}.content_object") == (0, 0)
    assert counts(cast.chen, cast.sun, f"{held}.user") == (1, 0)


# -- the page and the API -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "status"),
    [("li", 200), ("he", 200), ("zhao", 200), ("sun", 200), ("hu", 200), ("fang", 200),
     ("chen", 404), ("qian", 404), ("gao", 404), ("yu", 404), ("tang", 404)],
)  # fmt: skip
def test_who_may_see_what_depends_on_a_person_sees_the_page(cast, as_, who, status):
    page = reverse("accounts:person-holdings", args=[cast.li.pk])
    assert as_(cast[who]).get(page).status_code == status
    assert api(cast[who]).get(f"/api/v1/people/{cast.li.pk}/holdings").status_code == status


def test_the_page_groups_by_what_becomes_of_it_and_links_the_lists(cast, as_):
    shown = body(as_(cast.he).get(reverse("accounts:person-holdings", args=[cast.li.pk])))
    order = [shown.index(f"<h2>{title}</h2>") for title in
             ("To hand over", "To close", "To take away", "Stays as history")]  # fmt: skip
    assert order == sorted(order)
    assert f'href="/people/{cast.li.pk}/seats"' in shown
    assert "Second factors" in shown  # of another package, and named although there is none


def test_hr_has_no_link_to_customers(cast, as_):
    shown = body(as_(cast.hu).get(reverse("accounts:person-holdings", args=[cast.li.pk])))
    assert "Seats at customers" in shown and f"/people/{cast.li.pk}/seats" not in shown


def test_the_api_names_each_relation_and_its_counts(cast):
    answer = api(cast.he).get(f"/api/v1/people/{cast.li.pk}/holdings").json()
    seats = next(r for r in answer["holdings"] if r["relation"] == "crm.Assignment.person")
    assert seats == {
        "relation": "crm.Assignment.person", "label": "Seats at customers", "becomes": "transfer",
        "open": 1, "past": 0,
    }  # fmt: skip


@pytest.mark.parametrize("key", [0, 10**30, "x", -1])
def test_a_person_who_is_none_is_the_one_404(cast, as_, key):
    assert as_(cast.sun).get(f"/people/{key}/holdings").status_code == 404
    assert as_(cast.sun).get(f"/people/{cast.system.pk}/holdings").status_code == 404


def test_the_tasks_of_somebody_are_listed_from_what_they_hold(cast, as_):
    found = lines(cast.li, cast.he)
    assert found["crm.Task.person"].url == f"{reverse('crm:tasks')}?person={cast.li.pk}"
    assert found["crm.Share.user"].url == f"{reverse('crm:shares')}?person={cast.li.pk}"
