"""B02: a freeze that was a mistake is lifted: everything is as before, and no session lives again.

All rows of all tables are compared with those before the freeze, but for the trail and the history,
the epoch of the person, sessions and tokens, and what tells of the freeze itself. Rights are compared
too: what the person sees and may do at every customer.
"""

from contextlib import contextmanager
from unittest import mock

from django.apps import apps
from django.db import connection

from accounts.access import Action, can
from accounts.models import Person
from crm.models import Customer
from crm.services import shares
from handover.services import emergency
from kit.clock import database_now
from tests.accept import frame
from tests.accept.frame import Mutant, patched
from tests.cast import Cast
from tests.crm.changesets_world import drafted, held, proposed, task

STATES = ("active", "on_notice")
GIVEN = {"trigger": "no_contact", "reason": "Cannot be reached"}
# What a freeze may leave behind: the trail, what was told, and the freeze itself.
LEFT = {
    "accounts.trailentry", "accounts.notice", "accounts.apitoken", "kit.effect", "kit.disclosure",
    "kit.counter", "handover.freeze", "handover.emergencycall", "sessions.session",
    "usersessions.usersession",
}  # fmt: skip


def run():
    changed, revived, rights = {}, 0, 0
    for state in STATES:
        with frame.undone():
            cast = world(state)
            browsers = [frame.browser(cast.li) for _number in range(3)]
            client = frame.api(cast.li)
            opened = all(one.get("/").status_code == 200 for one in browsers)
            before, may = snapshot(), powers(cast.li)
            row = emergency.freeze(actor=cast.he, person=cast.li, **GIVEN)
            emergency.lift(
                actor=cast.zhao, person=row.person, freeze=row, reason="It was a mistake"
            )
            changed |= differences(before, snapshot())
            li = Person.objects.get(pk=cast.li.pk)
            rights += powers(li) != may or li.state != state
            revived += sum(one.get("/").status_code == 200 for one in browsers)
            revived += client.get("/api/v1/me").status_code == 200
            revived += not opened
    figures = {"states": len(STATES), "tables": len(tables()), "changed": changed,
               "rights changed": rights, "sessions that live again": revived}  # fmt: skip
    return not changed and not rights and not revived, figures


def world(state):
    """Li with customers, tasks, a share, a proposal that waits and an offer to answer."""
    from accounts.services import people

    cast = Cast()
    ids = held(cast, 6)
    task(cast, ids[0], "li")
    shares.grant(
        actor=cast.sun, customer=cast.nanqiao, person=cast.li, right="read_customer",
        until=database_now() + shares.LONGEST / 2, why="Audit",
    )  # fmt: skip
    proposed(cast, ids[:2], actor="zhao", taker="chen")
    drafted(cast, ids[2:4])
    if state != "active":
        people.set_state(actor=cast.system, person=cast.li, state=state, reason="Resigned")
    return Cast()


def tables():
    """The tables that are compared: all but LEFT and the histories."""
    models = apps.get_models(include_auto_created=True)
    return {
        one._meta.db_table for one in models
        if one._meta.managed and one._meta.label_lower not in LEFT
        and not one._meta.model_name.endswith("event") and not one._meta.proxy
    }  # fmt: skip


def snapshot():
    """Table → the rows as text."""
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(tables()):
            cursor.execute(
                f'SELECT (to_jsonb(t) - %s)::text FROM "{table}" t ORDER BY 1', [hidden(table)]
            )
            found[table] = [row[0] for row in cursor.fetchall()]
    return found


def hidden(table):
    """The column that may differ: the epoch of a person, and when somebody signed in last."""
    return ["auth_epoch", "last_login"] if table == "accounts_person" else []


def differences(before, after):
    """Table → how many rows are not as before."""
    pairs = {name: len(set(before[name]) ^ set(after[name])) for name in before}
    return {name: number for name, number in pairs.items() if number}


def powers(person):
    """What a person may do with each customer."""
    rows = list(Customer.objects.order_by("pk"))
    acts = [Action.CUSTOMER_VIEW, Action.CUSTOMER_EDIT, Action.ACTIVITY_LOG, Action.SEAT_HISTORY]
    return [(row.pk, act, can(person, act, row)) for row in rows for act in acts]


def state_only(person):
    """As is_active alone: the sessions stay where they are, and so does the epoch."""


@contextmanager
def shares_end():
    """A freeze ends for good what was given by name."""
    whole = emergency.stop_jobs

    def both(person):
        whole(person)
        shares.end_all_of(person)

    with mock.patch("handover.services.emergency.stop_jobs", both):
        yield


MUTANTS = [
    patched("only the state is set", "accounts.services.people.cut_access", state_only),
    Mutant("a freeze ends the shares", shares_end),
    patched("a lift makes everybody active", "handover.services.emergency.state_after",
            lambda freeze: Person.State.ACTIVE),
]  # fmt: skip
