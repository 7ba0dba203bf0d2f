"""People are taken on, changed, frozen and leave; nobody is deleted."""

import threading
from datetime import date, timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import DatabaseError, close_old_connections, connection, transaction
from django.db.models import ProtectedError
from django.http import Http404
from django.test import Client
from django.utils import timezone

from accounts.access import Role
from accounts.models import Absence, ApiToken, Membership, Person, TrailEntry
from accounts.services import people, sessions
from kit.errors import Conflict, NotAllowed, Refused


def new(actor, **more):
    values = {"username": "New.One", "name": "新人", "email": "new@example.com"} | more
    return people.create(actor=actor, values=values)


@pytest.mark.parametrize("name", ["hu", "yu"])
def test_hr_and_administrator_take_somebody_on(cast, name):
    person = people.create(
        actor=cast[name],
        values={"username": "New.One", "name": "新人", "roles": [Role.REP]},
        unit=cast.units["east"],
    )
    assert person.username == "new.one"
    assert not person.has_usable_password()
    assert Membership.objects.at().get(person=person).unit == cast.units["east"]
    assert TrailEntry.objects.filter(verb="people.create", subject_id=str(person.pk)).exists()


@pytest.mark.parametrize("name", ["li", "he", "zhao", "sun", "fang", "gao", "ming", "mo", "bai"])
def test_others_take_nobody_on(cast, name):
    before = Person.objects.count()
    with pytest.raises(NotAllowed):
        new(cast[name])
    assert Person.objects.count() == before


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"username": "REP.east"}, "username"),
        ({"username": "a@b.example"}, "username"),
        ({"username": " "}, "username"),
        ({"name": "  "}, "name"),
        ({"email": "REP.EAST@example.com"}, "email"),
        ({"roles": ["system"]}, "roles"),
        ({"roles": ["emperor"]}, "roles"),
        ({"auth_epoch": 7}, ""),
        ({"state": "left"}, ""),
        ({"password": "x"}, ""),
    ],
)
def test_bad_values_are_refused_at_their_field(cast, values, field):
    with pytest.raises(Refused) as refused:
        new(cast.hu, **values)
    assert list(refused.value.fields) == [field]
    assert not Person.objects.filter(name="新人").exists()


def test_hr_edits_a_person_and_the_trail_tells_before_and_after(cast):
    people.edit(actor=cast.hu, person=cast.li, values={"title": "Senior rep"})
    entry = TrailEntry.objects.filter(verb="people.edit").first()
    assert entry.changes == {"title": ["", "Senior rep"]}


def test_lead_sees_a_rep_and_may_not_edit_them(cast):
    with pytest.raises(NotAllowed):
        people.edit(actor=cast.he, person=cast.li, values={"name": "X"})
    cast.li.refresh_from_db()
    assert cast.li.name == "李伟"


# -- roles ----------------------------------------------------------------------------------------


def test_hr_changes_roles_with_a_reason(cast):
    people.set_roles(actor=cast.hu, person=cast.li, roles=["team_lead"], reason="Promoted")
    cast.li.refresh_from_db()
    assert cast.li.roles == ["team_lead"]
    assert TrailEntry.objects.filter(verb="people.set_roles").first().reason == "Promoted"


def test_without_a_reason_nothing_changes(cast):
    for act in (
        lambda: people.set_roles(actor=cast.hu, person=cast.li, roles=["team_lead"]),
        lambda: people.set_state(actor=cast.hu, person=cast.li, state="frozen", reason="  "),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert list(refused.value.fields) == ["reason"]
    cast.li.refresh_from_db()
    assert (cast.li.roles, cast.li.state) == (["rep"], "active")


@pytest.mark.parametrize("name", ["hu", "yu"])
def test_nobody_changes_their_own_roles_or_state(cast, name):
    me = cast[name]
    roles = list(me.roles)
    with pytest.raises(NotAllowed):
        people.set_roles(actor=me, person=me, roles=[*roles, "director"], reason="I like it")
    with pytest.raises(NotAllowed):
        people.set_state(actor=me, person=me, state="on_notice", reason="Bye")
    me.refresh_from_db()
    assert (me.roles, me.state) == (roles, "active")


def test_only_an_administrator_appoints_administrators(cast):
    with pytest.raises(Refused):
        people.set_roles(actor=cast.hu, person=cast.ming, roles=["administrator"], reason="Friend")
    cast.ming.refresh_from_db()
    assert cast.ming.roles == ["employee"]
    people.set_roles(actor=cast.yu, person=cast.ming, roles=["administrator"], reason="Second one")


def test_the_last_administrator_stays(cast):
    with pytest.raises(Refused) as refused:
        people.set_state(actor=cast.hu, person=cast.yu, state="left", reason="Gone")
    assert refused.value.code == "last_administrator"
    people.set_roles(actor=cast.yu, person=cast.ming, roles=["administrator"], reason="Second one")
    people.set_state(actor=cast.hu, person=cast.yu, state="left", reason="Gone")
    cast.ming.refresh_from_db()
    with pytest.raises(Refused):
        people.set_state(actor=cast.system, person=cast.ming, state="frozen", reason="Gone too")


def test_two_administrators_cannot_be_removed_at_the_same_moment(committed):
    cast = committed
    people.set_roles(actor=cast.yu, person=cast.ming, roles=["administrator"], reason="Second one")
    start, outcomes = threading.Barrier(2), []

    def remove(person):
        close_old_connections()
        start.wait()
        try:
            people.set_state(actor=cast.hu, person=person, state="left", reason="Gone")
            outcomes.append("removed")
        except Refused:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=remove, args=[p]) for p in (cast.yu, cast.ming)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["refused", "removed"]
    assert Person.objects.with_access().filter(roles__contains=["administrator"]).count() == 1


# -- state ----------------------------------------------------------------------------------------


def signed_in(person):
    client = Client()
    client.force_login(person)
    UserSession.objects.create(
        user=person, ip="127.0.0.1", session_key=client.session.session_key, user_agent="x"
    )
    return client


@pytest.mark.parametrize("state", ["frozen", "left"])
def test_freezing_ends_sessions_and_tokens_in_the_same_transaction(cast, state):
    client = signed_in(cast.ming)
    sessions.issue_token(actor=cast.ming, name="mine", days=5)
    epoch = cast.ming.auth_epoch
    assert client.get("/profile").status_code == 200
    people.set_state(actor=cast.system, person=cast.ming, state=state, reason="Lost phone")
    cast.ming.refresh_from_db()
    assert (cast.ming.state, cast.ming.auth_epoch) == (state, epoch + 1)
    assert not ApiToken.objects.filter(user=cast.ming).exists()
    assert not UserSession.objects.filter(user=cast.ming).exists()
    assert not Session.objects.filter(session_key=client.cookies["sessionid"].value).exists()
    assert client.get("/profile").status_code == 302


@pytest.mark.parametrize("name", ["hu", "yu"])
@pytest.mark.parametrize(("who", "to"), [("li", "frozen"), ("bai", "active"), ("bai", "on_notice")])
def test_nobody_freezes_or_restores_by_hand(cast, name, who, to):
    before = cast[who].state
    with pytest.raises(Refused) as refused:
        people.set_state(actor=cast[name], person=cast[who], state=to, reason="Phone lost")
    assert list(refused.value.fields) == ["state"]
    cast[who].refresh_from_db()
    assert cast[who].state == before


def test_lifting_a_freeze_revives_no_session(cast):
    client = signed_in(cast.ming)
    key = client.session.session_key
    kept = Session.objects.get(session_key=key)
    people.set_state(actor=cast.system, person=cast.ming, state="frozen", reason="Lost phone")
    people.set_state(actor=cast.system, person=cast.ming, state="active", reason="Found")
    kept.save(force_insert=True)  # as if a copy of the session had survived somewhere
    cast.ming.refresh_from_db()
    assert cast.ming.auth_epoch == 2
    assert client.get("/profile").status_code == 302


def test_going_on_notice_keeps_the_session(cast):
    client = signed_in(cast.ming)
    people.set_state(actor=cast.hu, person=cast.ming, state="on_notice", reason="Resigned")
    cast.ming.refresh_from_db()
    assert cast.ming.auth_epoch == 0
    assert client.get("/profile").status_code == 200


def test_who_has_left_can_only_come_back(cast):
    with pytest.raises(Conflict):
        people.set_state(actor=cast.hu, person=cast.ren, state="frozen", reason="Late")
    people.set_state(actor=cast.hu, person=cast.ren, state="active", reason="Came back")
    cast.ren.refresh_from_db()
    assert (cast.ren.state, cast.ren.auth_epoch) == ("active", 1)


@pytest.mark.parametrize("name", ["he", "zhao", "sun", "fang", "li"])
def test_others_freeze_nobody(cast, name):
    with pytest.raises(NotAllowed):
        people.set_state(actor=cast[name], person=cast.chen, state="frozen", reason="Enemy")
    cast.chen.refresh_from_db()
    assert cast.chen.state == "active"


def test_the_account_of_the_company_is_nobodys_to_change(cast):
    for act in (
        lambda: people.edit(actor=cast.hu, person=cast.system, values={"name": "X"}),
        lambda: people.set_state(actor=cast.yu, person=cast.system, state="frozen", reason="X"),
        lambda: people.set_roles(actor=cast.yu, person=cast.system, roles=["rep"], reason="X"),
    ):
        with pytest.raises(NotAllowed):
            act()


# -- nobody is deleted ----------------------------------------------------------------------------


def test_nobody_is_deleted_by_the_orm(cast):
    for delete in (cast.ming.delete, Person.objects.filter(pk=cast.ming.pk).delete):
        with pytest.raises((DatabaseError, ProtectedError)), transaction.atomic():
            delete()
    assert Person.objects.filter(pk=cast.ming.pk).exists()


@pytest.mark.parametrize("alias", ["default", "owner"])
def test_nobody_is_deleted_by_sql(committed, alias):
    from django.db import connections

    with pytest.raises(DatabaseError), connections[alias].cursor() as cursor:
        cursor.execute("DELETE FROM accounts_person WHERE username = 'system'")
    connections[alias].close()
    assert Person.objects.filter(username="system").exists()


# -- absences -------------------------------------------------------------------------------------


def days(count):
    return timezone.now() + timedelta(days=count)


@pytest.mark.parametrize("name", ["li", "he", "zhao", "hu"])
def test_oneself_the_lead_and_hr_record_an_absence(cast, name):
    absence = people.record_absence(
        actor=cast[name], person=cast.li, starts_at=days(-1), ends_at=days(3), kind="sick"
    )
    assert abs((absence.period.lower - timezone.now()).total_seconds()) < 60
    entry = TrailEntry.objects.filter(verb="people.record_absence").first()
    assert "sick" not in str(entry.changes)


@pytest.mark.parametrize("name", ["chen", "wu", "qian", "yu", "fang", "ming"])
def test_peers_and_other_teams_record_none(cast, name):
    with pytest.raises((NotAllowed, Http404)):
        people.record_absence(actor=cast[name], person=cast.li, starts_at=days(0), ends_at=days(3))
    assert not Absence.objects.filter(person=cast.li).exists()


def test_absences_do_not_overlap_and_end_in_the_future(cast):
    people.record_absence(actor=cast.li, person=cast.li, starts_at=days(0), ends_at=days(3))
    with pytest.raises(Conflict):
        people.record_absence(actor=cast.li, person=cast.li, starts_at=days(1), ends_at=days(2))
    for starts, ends in ((-5, -2), (1, 5000)):
        with pytest.raises(Refused):
            people.record_absence(
                actor=cast.chen, person=cast.chen, starts_at=days(starts), ends_at=days(ends)
            )


def test_ending_an_absence_brings_somebody_back_now(cast, absent):
    absence = absent(cast.li)
    assert cast.li in Person.objects.unavailable()
    with pytest.raises(Http404):
        people.end_absence(actor=cast.chen, absence=absence)
    people.end_absence(actor=cast.he, absence=absence)
    assert cast.li not in Person.objects.unavailable()


def test_an_absence_that_has_not_begun_is_taken_back(cast):
    row = people.record_absence(actor=cast.li, person=cast.li, starts_at=days(5), ends_at=days(9))
    people.end_absence(actor=cast.li, absence=row)
    assert not Absence.objects.filter(person=cast.li).exists()


# -- days that cannot be meant ---------------------------------------------------------------------


@pytest.mark.parametrize("day", [date(1899, 12, 31), date(1, 1, 1), date(2190, 1, 1), date.max])
def test_nobody_joined_before_1900_or_joins_in_a_far_future(cast, day):
    for act in (
        lambda: people.edit(actor=cast.hu, person=cast.li, values={"joined_on": day}),
        lambda: new(cast.hu, joined_on=day),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert list(refused.value.fields) == ["joined_on"]
    cast.li.refresh_from_db()
    assert cast.li.joined_on is None


def test_no_absence_begins_in_a_far_future(cast):
    with pytest.raises(Refused) as refused:
        people.record_absence(actor=cast.li, person=cast.li, starts_at=days(800), ends_at=days(803))
    assert list(refused.value.fields) == ["first_day"]
    assert not Absence.objects.exists()


# -- who grants which role -------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.AUDITOR])
@pytest.mark.parametrize("name", ["hu", "yu"])
def test_neither_hr_nor_the_administrator_grants_sight_of_everything(cast, name, role):
    with pytest.raises(Refused, match="director") as refused:
        people.set_roles(actor=cast[name], person=cast.li, roles=["rep", role], reason="Friend")
    assert list(refused.value.fields) == ["roles"]
    with pytest.raises(Refused):
        new(cast[name], roles=[role])
    cast.li.refresh_from_db()
    assert cast.li.roles == ["rep"] and not Person.objects.filter(name="新人").exists()


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.AUDITOR])
def test_a_director_grants_and_takes_it(cast, role):
    people.set_roles(actor=cast.sun, person=cast.li, roles=["rep", role], reason="Trusted")
    people.set_roles(actor=cast.sun, person=cast.li, roles=["rep"], reason="Done")
    cast.li.refresh_from_db()
    assert cast.li.roles == ["rep"]


def test_a_director_sets_no_other_role(cast):
    for roles in (["team_lead"], ["rep", "administrator"], ["rep", "hr"]):
        with pytest.raises(Refused):
            people.set_roles(actor=cast.sun, person=cast.li, roles=roles, reason="Quick")
    cast.li.refresh_from_db()
    assert cast.li.roles == ["rep"]


def test_hr_changes_the_other_roles_of_a_director(cast):
    people.set_roles(actor=cast.hu, person=cast.fang, roles=["auditor", "employee"], reason="Both")
    cast.fang.refresh_from_db()
    assert set(cast.fang.roles) == {"auditor", "employee"}
