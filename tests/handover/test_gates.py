"""What must hold before a case closes, and who sees which part of one."""

from accounts import audit
from accounts.models import Person
from crm.models import ChangeSet
from handover import gates
from handover.models import BriefAnswer, CustomerHandover, HandoverTask, Waiver
from kit.clock import database_now
from tests.handover.world import case, task


def names(departure):
    return {one.gate for one in gates.unmet(departure)}


def put(row, **values):
    with audit.verb("tests.case", Person.objects.system()):
        type(row).objects.filter(pk=row.pk).update(**values)


def test_a_new_case_names_all_that_its_customer_lacks(cast):
    departure = case(cast)
    assert names(departure) == {"receiver", "told", "reaction", "brief", "call", "sign_offs"}
    assert all("华东机电" in one.text for one in gates.unmet(departure) if one.handover)


def test_what_is_done_no_longer_keeps_the_case_open(cast):
    departure = case(cast)
    row = departure.customers.get()
    now = database_now()
    put(row, told_at=now, told_by=cast.li, reaction="neutral", reaction_by=cast.li,
        brief="accepted", called_at=now, called_by=cast.gao)  # fmt: skip
    assert names(departure) == {"receiver", "sign_offs"}


def test_a_customer_who_declines_is_not_safe_and_one_not_reached_is_not_known(cast):
    departure = case(cast)
    put(departure.customers.get(), reaction="declines")
    assert "declined" in names(departure) and "reaction" not in names(departure)
    put(departure.customers.get(), reaction="unreachable")
    assert "reaction" in names(departure)


def test_only_blocking_tasks_that_are_open_keep_it_open(cast):
    departure = case(cast)
    blocking = task(cast, departure, cast.li)
    task(cast, departure, cast.li, key="other", blocking=False)
    assert [one.task for one in gates.unmet(departure, {"tasks"})] == [blocking]
    put(blocking, state="done", closed_at=database_now(), closed_by=cast.li)
    assert gates.unmet(departure, {"tasks"}) == []


def test_what_a_director_waived_no_longer_counts(cast):
    departure = case(cast)
    with audit.verb("tests.case", cast.sun):
        Waiver.objects.create(departure=departure, gate="told", handover=departure.customers.get(),
                              reason="客户已停业", by=cast.sun)  # fmt: skip
    assert "told" not in names(departure)


def test_two_hundred_customers_cost_no_statement_each(cast, django_assert_max_num_queries):
    departure = case(cast)
    with django_assert_max_num_queries(15):
        gates.unmet(departure)


# -- sight -----------------------------------------------------------------------------------------


def seen(model, person):
    return set(model.objects.visible_to(person).values_list("pk", flat=True))


def test_each_sees_the_tasks_that_are_theirs_and_who_leads_all_of_them(cast):
    departure = case(cast)
    row = departure.customers.get()
    own = task(cast, departure, cast.li)
    money = task(cast, departure, cast.tang, key="open_money", who="finance")
    brief = task(cast, departure, cast.li, key="brief", handover=row)
    everything = {own.pk, money.pk, brief.pk}
    assert seen(HandoverTask, cast.li) == {own.pk, brief.pk}
    assert seen(HandoverTask, cast.tang) == {money.pk}
    assert seen(HandoverTask, cast.chen) == {brief.pk}  # of the customer she takes
    for name in ("he", "zhao", "sun", "hu", "fang"):
        assert seen(HandoverTask, cast[name]) == everything, name
    for name in ("wu", "qian", "ren", "bai", "ming", "yu"):
        assert seen(HandoverTask, cast[name]) == set(), name
    assert seen(CustomerHandover, cast.tang) == set()
    assert seen(CustomerHandover, cast.chen) == seen(CustomerHandover, cast.li) == {row.pk}


def test_the_leaver_sees_nothing_of_a_case_that_is_confidential(cast):
    from datetime import timedelta

    departure = case(cast, confidential_until=database_now() + timedelta(days=3))
    task(cast, departure, cast.li)
    for model in (HandoverTask, CustomerHandover):
        assert seen(model, cast.li) == seen(model, cast.he) == set()
    assert seen(CustomerHandover, cast.hu) == {departure.customers.get().pk}


def test_hr_reads_states_but_never_what_was_written_about_a_customer(cast):
    departure = case(cast)
    row = departure.customers.get()
    task(cast, departure, cast.li, key="brief", handover=row)
    with audit.verb("tests.case", cast.li):
        BriefAnswer.objects.create(handover=row, question="brief_pay", text="月底付款")
    assert not seen(BriefAnswer, cast.hu) and not seen(BriefAnswer, cast.qian)
    for name in ("li", "chen", "he", "sun"):
        assert len(seen(BriefAnswer, cast[name])) == 1, name


def test_a_yes_to_a_transfer_that_came_to_nothing_is_no_yes(cast):
    departure = case(cast)
    row = departure.customers.get()
    change_set = ChangeSet.objects.create(
        origin="departure", reason="departure", former="removed", made_by=cast.hu, state="approved"
    )
    change = change_set.changes.create(
        customer=row.customer, seat="account_manager", giver=cast.li, taker=cast.chen,
        accepted_at=database_now(),
    )  # fmt: skip
    put(row, change=change)
    assert "receiver" not in names(departure)
    ChangeSet.objects.filter(pk=change_set.pk).update(state="cancelled")
    assert "receiver" in names(departure)
    ChangeSet.objects.filter(pk=change_set.pk).update(state="scheduled")
    put(row, successor=cast.he)  # another receiver, who has said nothing
    assert "receiver" in names(departure)
