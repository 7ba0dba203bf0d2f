"""B09: who is going or gone neither gives, nor receives, nor approves, by no path and with no old token.

Each path is walked up to the step in question; then the person goes on notice, is frozen, or leaves,
and the step is tried as that person, with a token from before, and by others in that person's favour.
And the three roles are always three people.
"""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from django.db import transaction
from django.http import Http404

from accounts.models import Person
from accounts.services import people
from crm.models import Assignment, Change, ChangeSet, Customer, OwnershipRules, Share, Task
from crm.selectors import changesets as ask
from crm.services import approvals, changeset_undo, changesets, ownership, shares, tasks
from kit import jobs
from kit.clock import database_now
from kit.errors import Refused
from tests.accept import frame
from tests.accept.frame import patched
from tests.cast import Cast
from tests.crm.changesets_world import BACKUP, KEY, LINE, MANAGER, drafted, held, task
from tests.leaving import holding_on

STATES = ("on_notice", "frozen", "left")
GO = {"why": "workload"}


class World:
    """Two customers of Li's, and a change set of them from He to Chen, as far as a path needs it."""

    def __init__(self, stage, seat=MANAGER, taker="chen"):
        self.cast = Cast()
        OwnershipRules.objects.update(approval_rows=0)
        self.ids = held(self.cast, 2)
        self.customer = Customer.objects.get(pk=self.ids[0])
        self.task = task(self.cast, self.ids[0], "li")
        self.one = None
        stages = ["draft", "proposed", "approved", "silent", "scheduled", "applied"]
        for step in stages[: stages.index(stage) + 1] if stage else []:
            getattr(self, step)(seat, taker)
        if self.one:
            self.one.refresh_from_db()

    def draft(self, seat, taker):
        self.one = drafted(self.cast, self.ids, seat=seat, taker=taker)

    def proposed(self, *_terms):
        changesets.propose(
            actor=self.cast.he, change_set=self.one, seen=self.seen(), because="agreed"
        )

    def approved(self, *_terms):
        approvals.approve(actor=self.cast.zhao, change_set=self.one, seen=self.seen())

    def silent(self, *_terms):
        past = database_now() - timedelta(minutes=1)
        ChangeSet.objects.filter(pk=self.one.pk).update(accept_by=past)

    def scheduled(self, _seat, taker):
        approvals.accept(actor=self.cast[taker], change_set=self.one)

    def applied(self, *_terms):
        jobs.sweep()

    def seen(self):
        return ask.fingerprint(ChangeSet.objects.get(pk=self.one.pk))

    def facts(self):
        """What a refused act leaves as it is."""
        return [
            list(Assignment.objects.order_by("pk").values_list("pk", "person", "period")),
            list(ChangeSet.objects.order_by("pk").values_list("pk", "state", "version")),
            list(Change.objects.order_by("pk").values_list("pk", "state", "taker", "reserved")),
            list(Share.objects.order_by("pk").values_list("pk", "user", "period")),
            list(Task.objects.order_by("pk").values_list("pk", "person")),
        ]


@dataclass
class Path:
    """One step that must not be possible: who goes before it, how far things are, the step."""

    name: str
    gone: str
    stage: str
    act: object  # function of the world and the person who tries
    by: str = ""  # who tries, if not the one who goes
    door: tuple = ()  # address and body of the same step over the API
    quiet: bool = False  # the machine's own step: it may go on, but gives nothing to who is gone


def changeset(verb, service, **body):
    """A step on the change set of the world, as a service and over the API."""

    def act(w, who):
        return service(actor=who, change_set=w.one, **{k: v(w) for k, v in body.items()})

    return act, (f"/api/v1/changesets/{{one}}/{verb}", body)


SEEN = {"seen": lambda w: w.seen()}
WITH = SEEN | {"because": lambda w: "agreed"}
NOTE = {"note": lambda w: "Because"}


def on_set(name, gone, stage, step, by=""):
    act, door = step
    return Path(name, gone, stage, act, by, door)


def seat(which, person=None, **more):
    """A single change of a seat."""

    def act(w, who):
        return ownership.assign(
            actor=who, customer=w.customer, seat=which, person=w.cast[person], **more
        )

    return act, ("/api/v1/customers/{customer}/seats", {
        "seat": lambda w: str(which), "person": lambda w: w.cast[person].pk, "why": lambda w: "workload"})  # fmt: skip


def alone(name, gone, step, by="", door=True):
    act, address = step
    return Path(name, gone, "", act, by, address if door else ())


def later(w):
    return database_now() + timedelta(days=5)


def ended(w, who):
    return ownership.end(actor=who, customer=w.customer, seat=MANAGER)


def shared(to):
    def act(w, who):
        return shares.grant(actor=who, customer=w.customer, person=w.cast[to], right="read_customer",
                            until=later(w), why="Because")  # fmt: skip

    return act


def drafting(to):
    def act(w, who):
        return changesets.draft(actor=who, customers=w.ids, seat=MANAGER, taker=w.cast[to],
                                former="removed", **GO)  # fmt: skip

    return act


def given_and_proposed(w, who):
    """A draft is given to somebody else, and proposed."""
    changesets.give_to(actor=who, change_set=w.one, customers=w.ids, taker=w.cast.wu)
    return changesets.propose(actor=who, change_set=w.one, seen=w.seen(), because="agreed")


def swept(w, who):
    jobs.sweep()


def taken_back(w, who):
    changeset_undo.undo(actor=who, change_set=w.one)
    jobs.sweep()


def as_giver():
    """The lead who gives customers away, and who leads the silent receiver."""
    step = changeset
    return [
        Path("drafts", "he", "", drafting("chen")),
        on_set("gives a draft to another", "he", "draft", step(
            "give", changesets.give_to, customers=lambda w: w.ids, taker=lambda w: None)),
        on_set("leaves out of a draft", "he", "draft", step(
            "leave-out", changesets.leave_out, customers=lambda w: w.ids[:1])),
        on_set("proposes", "he", "draft", step("propose", changesets.propose, **WITH)),
        on_set("takes a proposal back", "he", "proposed", step("cancel", changesets.cancel)),
        on_set("takes an applied set back", "he", "applied", step("undo", changeset_undo.undo)),
        on_set("accepts for the silent", "he", "silent", step("accept", approvals.accept)),
        alone("assigns a seat", "he", seat(MANAGER, "chen", **GO)),
        alone("assigns a backup", "he", seat(BACKUP, "chen", **GO)),
        Path("ends a seat", "he", "", ended, "", (
            "/api/v1/customers/{customer}/seats/end",
            {"seat": lambda w: "account_manager", "why": lambda w: "workload"})),
        Path("plans a seat", "he", "", lambda w, who: seat(MANAGER, "chen", starts_at=later(w))[0](w, who)),
        Path("shares", "he", "", shared("chen")),
    ]  # fmt: skip


def as_approver():
    step = changeset
    return [
        on_set("approves", "zhao", "proposed", step("approve", approvals.approve, **SEEN)),
        on_set("refuses", "zhao", "proposed", step("refuse", approvals.refuse, **NOTE)),
        on_set("stops what is approved", "zhao", "approved", step("cancel", changesets.cancel)),
        on_set("stops what is scheduled", "zhao", "scheduled", step("cancel", changesets.cancel)),
        on_set(
            "takes back what was approved", "zhao", "applied", step("undo", changeset_undo.undo)
        ),
        on_set(
            "approves as director", "sun", "proposed", step("approve", approvals.approve, **SEEN)
        ),
    ]


def as_receiver():
    step = changeset
    return [
        on_set("accepts", "chen", "approved", step("accept", approvals.accept)),
        on_set("is proposed", "chen", "draft", step("propose", changesets.propose, **WITH), "he"),
        on_set("is approved", "chen", "proposed", step("approve", approvals.approve, **SEEN), "zhao"),
        on_set("is accepted for", "chen", "silent", step("accept", approvals.accept), "he"),
        Path("is put into a draft", "wu", "draft", given_and_proposed, "he"),
        alone("is assigned", "chen", seat(MANAGER, "chen", **GO), "he"),
        alone("is assigned as backup", "chen", seat(BACKUP, "chen", **GO), "he"),
        alone("is assigned to the team", "chen", seat(KEY, "chen", **GO), "he"),
        alone("is assigned for the service line", "gao", seat(LINE, "gao", **GO), "he"),
        Path("is planned", "chen", "",
             lambda w, who: seat(MANAGER, "chen", starts_at=later(w))[0](w, who), "he"),
        Path("is given a share", "chen", "", shared("chen"), "he"),
        Path("is given a task", "chen", "", lambda w, who: tasks.give(
            actor=who, customer=w.customer, task=w.task, person=w.cast.chen), "he"),
        Path("has agreed, then goes", "chen", "scheduled", swept, "he", quiet=True),
        Path("would get it back", "li", "applied", taken_back, "zhao", quiet=True),
    ]  # fmt: skip


def paths():
    return as_giver() + as_approver() + as_receiver()


def run():
    tried, open_paths = 0, []
    for state in STATES:
        for path in paths():
            with frame.undone():
                tried += 1
                found = walked(path, state)
                open_paths += [f"{path.gone} ({state}) {path.name}: {found}"] if found else []
    same = one_in_two_roles()
    figures = {"paths": len(paths()), "states": len(STATES), "tried": tried, "open": open_paths[:6],
               "one person in two roles": same}  # fmt: skip
    return tried >= 90 and not open_paths and not same, figures


def walked(path, state):
    """How a path let somebody through who is gone; "" if it did not."""
    world = World(path.stage)
    who = world.cast[path.by or path.gone]
    client = frame.api(who)
    with holding_on():
        people.set_state(
            actor=world.cast.system, person=world.cast[path.gone], state=state, reason="Test"
        )
    world.cast = Cast()
    who = Person.objects.get(pk=who.pk)
    if path.quiet:
        return quietly(path, world, who)
    before = world.facts()
    if passed(lambda: path.act(world, who)):
        return "the service let it pass"
    if world.facts() != before:
        return "refused, but written"
    if path.door and over_the_api(path, world, client) < 400:
        return "the API let it pass"
    return "" if world.facts() == before else "the API refused, but wrote"


def passed(act):
    try:
        with transaction.atomic():
            act()
    except (Refused, Http404):
        return False
    return True


def over_the_api(path, world, client):
    address, body = path.door
    where = address.format(one=world.one and world.one.pk, customer=world.customer.pk)
    said = {name: value(world) for name, value in body.items()}
    return client.post(where, said, content_type="application/json").status_code


def quietly(path, world, who):
    """The machine goes on, but nothing arrives with who is gone."""
    gone = world.cast[path.gone]
    path.act(world, who)
    new = Assignment.objects.at().filter(customer__in=world.ids, person=gone)
    return "the seat arrived" if new.exists() else ""


def one_in_two_roles():
    """Proposer, giver and receiver each try to approve; the giver to receive."""
    wrong = []
    for name, proposer, giver, taker, approver in [
        ("own proposal", "he", "li", "chen", "he"),
        ("own proposal, as head", "zhao", "li", "chen", "zhao"),
        ("the giver", "he", "zhao", "chen", "zhao"),
        ("the receiver", "he", "li", "zhao", "zhao"),
        ("the receiver below", "zhao", "li", "he", "he"),
    ]:
        with frame.undone():
            cast = Cast()
            OwnershipRules.objects.update(approval_rows=0)
            ids = held(cast, 1, by=giver)
            one = drafted(cast, ids, taker=taker, actor=proposer if giver != "zhao" else "sun")
            actor = Person.objects.get(pk=one.made_by_id)
            one = changesets.propose(
                actor=actor, change_set=one, seen=ask.fingerprint(one), because="x"
            )
            before = ChangeSet.objects.get(pk=one.pk).state
            act = partial(approvals.approve, actor=cast[approver], change_set=one,
                          seen=ask.fingerprint(one))  # fmt: skip
            if passed(act) or ChangeSet.objects.get(pk=one.pk).state != before:
                wrong.append(name)
    with frame.undone():
        cast = Cast()
        one = drafted(cast, held(cast, 1), taker="li")
        if passed(lambda: changesets.propose(actor=cast.he, change_set=one, seen=ask.fingerprint(one),
                                             because="x")):  # fmt: skip
            wrong.append("to oneself")
    return wrong


MUTANTS = [
    patched("nobody asks who approves", "crm.services.changesets.ask.may_approve", lambda *who: True),
    patched("a leaver has what the role gives", "accounts.models.Person.is_on_notice", False),
    patched("nobody asks whether the receiver stays", "crm.services.changesets.refuse_stops",
            lambda *rest: None),
]  # fmt: skip
