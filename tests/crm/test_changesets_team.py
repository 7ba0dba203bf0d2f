"""Change sets of key-account teams: whoever is replaced hands on the duty, the others stay."""

import pytest

from accounts.models import Absence, TrailEntry
from crm.models import Assignment
from crm.selectors import changeset_preview as preview
from crm.selectors import ownership as ask
from crm.services import changeset_undo, company_changes, ownership
from kit.clock import database_now
from tests.crm.changesets_world import (
    BACKUP,
    KEY,
    accepted,
    approved,
    carried_out,
    proposed,
    run,
)


@pytest.fixture
def team(cast):
    """Wu is the technical member of the team of the customer, Qian is in it without a duty."""
    for name, duty in (("wu", "technical"), ("qian", "")):
        ownership.assign(
            actor=cast.he, customer=cast.huadong, seat=KEY, person=cast[name], duty=duty
        )
    return cast


def members(cast):
    rows = Assignment.objects.current().filter(customer=cast.huadong, seat=KEY)
    return dict(rows.values_list("person__name", "duty"))


def leaves(cast, taker):
    """Wu leaves: somebody, or nobody, comes into the team instead."""
    return company_changes.propose(
        actor=cast.hu, giver=cast.wu, takers={cast.huadong.pk: taker}, seat=KEY, effective_at=None
    )


def done(cast, one):
    one = approved(cast, one)
    run()
    one.refresh_from_db()
    assert one.state == "applied"
    return one


def undone(cast, one, by="zhao"):
    back = changeset_undo.undo(actor=cast[by], change_set=one)
    run()
    one.refresh_from_db()
    return back


def test_who_comes_instead_of_a_member_takes_over_the_duty(team):
    done(team, leaves(team, team.chen))
    assert members(team) == {"陈洁": "technical", "钱莉": ""}
    entry = TrailEntry.objects.filter(verb="changeset_run.apply", changes__has_key="duty").get()
    assert entry.changes["duty"] == [None, "technical"]


def test_a_duty_that_nobody_takes_over_is_named_before_and_after(team):
    one = leaves(team, None)
    [note] = [w for w in preview.plan(team.hu, one).warnings if w.code == "duty_open"]
    assert note.level == preview.NOTE and "Technical" in str(note.text)
    done(team, one)
    assert members(team) == {"钱莉": ""}
    entry = TrailEntry.objects.filter(verb="changeset_run.apply", changes__has_key=KEY).get()
    assert entry.changes["duty"] == ["technical", None]


def test_an_undo_puts_the_member_back_with_the_duty(team):
    one = done(team, leaves(team, team.chen))
    undone(team, one)
    assert one.state == "undone" and members(team) == {"吴昊": "technical", "钱莉": ""}


def test_an_undo_puts_back_a_member_whom_nobody_followed(team):
    one = done(team, leaves(team, None))
    undone(team, one)
    assert one.state == "undone" and members(team) == {"吴昊": "technical", "钱莉": ""}


def test_an_undo_of_one_who_joined_leaves_the_others_in_the_team(team):
    one = carried_out(team, [team.huadong.pk], seat=KEY, taker="chen")
    assert members(team) == {"吴昊": "technical", "钱莉": "", "陈洁": ""}
    undone(team, one, by="he")
    assert members(team) == {"吴昊": "technical", "钱莉": ""}


def test_a_member_who_has_gone_already_stops_the_row(team):
    one = leaves(team, team.chen)
    ownership.end(actor=team.he, customer=team.huadong, seat=KEY, person=team.wu)
    codes = [warned.code for warned in preview.plan(team.hu, one).of(preview.STOP)]
    assert codes == ["giver_changed"] and one.changes.get().state == "waiting"


@pytest.mark.parametrize("state", ["absent", "on_notice"])
def test_a_receiver_who_can_take_nothing_gets_no_backup_seat_back(cast, state):
    one = proposed(cast, [cast.huadong.pk])
    accepted(cast, approved(cast, one) if one.state == "proposed" else one)
    run()
    one.refresh_from_db()
    if state == "absent":
        Absence.objects.create(person=cast.chen, period=(database_now(), None), kind="sick")
    else:
        type(cast.chen).objects.filter(pk=cast.chen.pk).update(state=state)
    undone(cast, one, by="he")
    assert ask.holder(cast.huadong) == cast.li and ask.holder(cast.huadong, BACKUP) is None
    assert one.state == "undone" and one.changes.get().remark == {"code": "receiver_seat_gone"}
