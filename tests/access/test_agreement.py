"""The access index, `visible_to` and an independent computation give one answer."""

from datetime import timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from accounts.access import Action, can
from crm.access import NEEDS
from crm.models import Customer
from crm.selectors import customer_page
from crm.selectors.access_index import faults
from crm.selectors.explain import as_of, explain, permits
from kit.clock import database_now
from tests.access.histories import CUSTOMERS, HOLDERS, PEOPLE_NAMES, happen, histories, undone

some_people = st.lists(
    st.sampled_from(HOLDERS * 3 + PEOPLE_NAMES), min_size=4, max_size=6, unique=True
)
some_actions = st.lists(st.sampled_from(list(NEEDS)), min_size=3, max_size=4, unique=True)
some_days = st.lists(st.integers(-21, 21), min_size=2, max_size=2, unique=True)


def seen(person, action, at=None):
    rows = Customer.objects.visible_to(person, action, at)
    return set(rows.values_list("pk", flat=True))


def on_page(cast, name, actions):
    """(customer, action) as the page of each customer lets a person act."""
    return {
        (customer.pk, action)
        for customer in (getattr(cast, key) for key in CUSTOMERS)
        for action in customer_page.powers(cast[name], customer, actions)
    }


def explained(cast, name, at):
    return {c.pk: explain(cast[name], c, at) for c in (getattr(cast, key) for key in CUSTOMERS)}


ACTING = [Action.CUSTOMER_EDIT, Action.PRIVATE_VIEW]
TEAM = ["li", "chen", "he", "wu", "qian", "gao", "pan"]


def told(*history, actions=ACTING):
    """An example that must be tried every time."""
    return example(history=list(history), names=TEAM, actions=actions)


@given(history=histories, names=some_people, actions=some_actions)
@told(("absence", "li", -1, 7))
@told(("absence", "li", -1, 7), ("absence", "chen", -2, 3))
@told(("absence", "li", -5, 3))
@told(("state", "li", "frozen"))
@told(("state", "chen", "on_notice"), ("absence", "li", -1, 7))
@told(("clear", "huadong", "account_manager"))
@told(("clear", "huadong", "account_manager"), ("unit", "huadong", "south"))
@told(("seat", "nanqiao", "key_account_member", "li", -1, None), actions=[Action.CUSTOMER_VIEW])
@told(("share", "nanqiao", "edit_customer", "chen", -1, 7))
@told(
    ("share", "nanqiao", "edit_customer", "chen", 1, 7),
    ("share", "huadong", "private_customer", "he", -5, 3),
)
@told(
    ("leaves_unit", "li", -1),
    ("moves", "li", "south", False, -1, None),
    actions=[Action.SEAT_ASSIGN],
)
@told(
    ("clear", "nanqiao", "account_manager"), ("seat", "nanqiao", "account_manager", "chen", 1, None)
)
@told(("roles", "pan", ["rep"]), actions=[Action.CUSTOMER_VIEW])
@told(("roles", "he", []), ("roles", "gao", ["rep"]), actions=[Action.CUSTOMER_VIEW])
def test_now_the_index_shows_what_the_explanation_permits(cast, history, names, actions):
    with undone():
        happen(cast, history)
        assert not faults([getattr(cast, key).pk for key in CUSTOMERS])
        for name in names:
            why = explained(cast, name, database_now())
            for action in actions:
                allowed = {pk for pk, paths in why.items() if permits(paths, action)}
                assert seen(cast[name], action) == allowed, (name, action)
            assert on_page(cast, name, actions) == {
                (pk, action) for pk, paths in why.items() for action in actions
                if permits(paths, action)
            }, name  # fmt: skip


@given(history=histories, names=some_people, actions=some_actions, when=some_days)
def test_at_any_instant_visible_to_is_what_the_explanation_permits(
    cast, history, names, actions, when
):
    with undone():
        happen(cast, history)
        for name in names[:3]:
            for day in when:
                at = database_now() + timedelta(days=day, hours=12)
                then, why = as_of(cast[name], at), explained(cast, name, at)
                for action in actions:
                    allowed = {pk for pk, paths in why.items() if permits(paths, action)}
                    assert seen(then, action, at) == allowed, (name, day, action)


@given(history=histories, names=some_people)
def test_django_asks_the_same_question(cast, history, names):
    with undone():
        happen(cast, history)
        for key in CUSTOMERS:
            customer = getattr(cast, key)
            for name in names:
                for perm, action in (("view", "customer.view"), ("change", "customer.edit")):
                    asked = cast[name].has_perm(f"crm.{perm}_customer", customer)
                    assert asked == can(cast[name], action, customer), (name, perm)
