"""Who may do what: role × action → reach. A business person can read this table.

`show_powers` prints it to docs/permissions.md. A person with several roles
has the widest reach of them. The state of employment lowers it for everything at once.
"""

from dataclasses import dataclass
from enum import IntEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    REP = "rep", _("Rep")
    TEAM_LEAD = "team_lead", _("Team lead")
    DEPARTMENT_HEAD = "department_head", _("Department head")
    HEAD_OF_SALES = "head_of_sales", _("Head of sales")
    DIRECTOR = "director", _("Director")
    SERVICE = "service", _("Service specialist")
    SUPPORT = "support", _("Supporting department")
    FINANCE = "finance", _("Finance")
    IT = "it", _("IT")
    LEGAL = "legal", _("Legal")
    HR = "hr", _("HR")
    AUDITOR = "auditor", _("Auditor")
    ADMINISTRATOR = "administrator", _("Administrator")
    EMPLOYEE = "employee", _("Employee")
    SYSTEM = "system", _("System")


class Reach(IntEnum):
    """How far a power reaches. OWN = through a seat, a share or acting."""

    NONE = 0
    OWN = 1
    TEAM = 2
    DEPARTMENT = 3
    ALL = 4


class Action(TextChoices):
    # customers
    CUSTOMER_VIEW = "customer.view", _("See the customer and its activities")
    CUSTOMER_CREATE = "customer.create", _("Create a customer")
    CUSTOMER_EDIT = "customer.edit", _("Edit the customer, its contacts and links")
    CUSTOMER_TIER = "customer.tier", _("Set the tier by hand")
    ACTIVITY_LOG = "activity.log", _("Log visits, calls and meetings")
    ACTIVITY_CONFIRM = "activity.confirm", _("Confirm a visit as its joint visitor")
    CHANNEL_VIEW = "channel.view", _("See contact channels, masked")
    CHANNEL_REVEAL = "channel.reveal", _("Reveal a contact channel")
    SETTLEMENT_VIEW = "settlement.view", _("See settlement traits and key persons")
    PRIVATE_VIEW = "private.view", _("See the private file")
    PRIVATE_SWITCH = "private.switch", _("Decide what may be kept of households")
    ERASURE_VIEW = "erasure.view", _("See erasures of personal data and holds on them")
    ERASURE_DECIDE = (
        "erasure.decide",
        _("Decide on erasures and holds, give people access to their data"),
    )
    EXAM_VIEW = "exam.view", _("See what file exams came to")
    SEAT_HISTORY = "seat.history", _("See who held which seat")
    SEAT_ASSIGN = "seat.assign", _("Assign, transfer and end seats")
    LOAD_VIEW = "load.view", _("See load and capacity")
    RULES_EDIT = "rules.edit", _("Change the rules of ownership")
    CHANGE_ACCEPT = "change.accept", _("Accept customers that one is to receive")
    SHARE_GRANT = "share.grant", _("Share a customer until a date")
    ACCESS_EXPLAIN = "access.explain", _("Ask why a person can see a customer")
    CALL_VIEW = "call.view", _("See check-in calls")
    COMPLAINT_VIEW = "complaint.view", _("See complaints")
    DEPARTURE_VIEW = "departure.view", _("See departure cases")
    DEPARTURE_RUN = "departure.run", _("Plan, open and close departure cases")
    DEPARTURE_WAIVE = "departure.waive", _("Waive what a departure asks for")
    EVIDENCE_TAKE = "evidence.take", _("Take the evidence of a closed departure case")
    EXIT_VIEW = "exit.view", _("Hold exit interviews and read them")
    FREEZE = "freeze", _("Freeze a person at once, and lift it")
    EXPOSURE_VIEW = "exposure.view", _("See what depends on a person")
    TRAIL_VIEW = "trail.view", _("Read the trail")
    TRADE_VIEW = "trade.view", _("See orders and payments")
    TRADE_EDIT = "trade.edit", _("Record orders and payments")
    RATE_EDIT = "rate.edit", _("Set the rates of currencies")
    IMPORT_RUN = "import.run", _("Import files of other systems")
    EXPORT_REQUEST = "export.request", _("Request an export")
    EXPORT_APPROVE = "export.approve", _("Approve an export")
    # people and organisation
    PERSON_VIEW = "person.view", _("See the directory of people")
    PERSON_EDIT = "person.edit", _("Create people, set their state")
    ROLES_EDIT = "roles.edit", _("Set the roles of people")
    EMPLOYMENT_VIEW = "employment.view", _("See the state of employment")
    ABSENCE_SET = "absence.set", _("Record an absence")
    ORG_EDIT = "org.edit", _("Change departments, teams, heads and calendar")
    PROFILE_EDIT = "profile.edit", _("Change one's own profile")
    TOKEN_ISSUE = "token.issue", _("Issue a personal API token")
    AGREEMENT_VIEW = "agreement.view", _("See agreements and who signed them")
    AGREEMENT_RUN = "agreement.run", _("Publish agreements and ask for signatures")
    CONTENT_EDIT = "content.edit", _("Change templates and standard texts")
    SYSTEM_VIEW = "system.view", _("See the state of the system")


@dataclass(frozen=True)
class Power:
    """One cell of the table: how far, and what limits it."""

    reach: Reach
    note: str = ""


NONE, OWN, TEAM, DEPARTMENT, ALL = Reach
A = Action


def powers(**cells):
    """A row of the table; a cell is a reach or a pair (reach, note). Everybody has the base."""
    row = {A.PERSON_VIEW: Power(ALL), A.PROFILE_EDIT: Power(OWN), A.TOKEN_ISSUE: Power(OWN)}
    row |= {A.ACTIVITY_CONFIRM: Power(OWN), A.AGREEMENT_VIEW: Power(OWN)}
    for name, cell in cells.items():
        reach, note = cell if isinstance(cell, tuple) else (cell, "")
        row[Action[name]] = Power(reach, note)
    return row


MASKED = _("masked, counted")
RESULTS = _("results")
UNLESS_NAMED = _("unless named in it")
BY_NAMED_RIGHT = _("by a named right")
ASKED_FOR = _("those one asked for")
LATER = _("after the account manager")

REP = powers(
    CUSTOMER_VIEW=OWN,
    CUSTOMER_CREATE=OWN,
    CUSTOMER_EDIT=(OWN, _("as account manager or acting")),
    ACTIVITY_LOG=OWN,
    CHANNEL_VIEW=(OWN, MASKED),
    CHANNEL_REVEAL=(OWN, MASKED),
    SETTLEMENT_VIEW=(OWN, _("as account manager or acting")),
    PRIVATE_VIEW=(OWN, _("as account manager or acting")),
    ERASURE_VIEW=(OWN, ASKED_FOR),
    EXAM_VIEW=(OWN, _("as account manager")),
    SEAT_HISTORY=OWN,
    CHANGE_ACCEPT=OWN,
    LOAD_VIEW=(OWN, _("of oneself")),
    TRADE_VIEW=OWN,
    TRADE_EDIT=(OWN, _("as account manager or acting")),
    COMPLAINT_VIEW=(OWN, UNLESS_NAMED),
    DEPARTURE_VIEW=(OWN, _("own tasks")),
    EXPOSURE_VIEW=(OWN, _("of oneself")),
    TRAIL_VIEW=(OWN, _("own acts")),
    EXPORT_REQUEST=OWN,
    ABSENCE_SET=(OWN, _("of oneself")),
)


def managing(reach, **more):
    """The row of somebody who leads people: a team, a department."""
    cells = dict(
        CUSTOMER_VIEW=reach,
        CUSTOMER_CREATE=reach,
        CUSTOMER_EDIT=reach,
        CUSTOMER_TIER=reach,
        ACTIVITY_LOG=reach,
        CHANNEL_VIEW=(reach, MASKED),
        CHANNEL_REVEAL=(reach, MASKED),
        SETTLEMENT_VIEW=reach,
        PRIVATE_VIEW=(OWN, BY_NAMED_RIGHT),
        ERASURE_VIEW=(OWN, ASKED_FOR),
        EXAM_VIEW=(reach, LATER),
        SEAT_HISTORY=reach,
        TRADE_VIEW=reach,
        TRADE_EDIT=reach,
        SEAT_ASSIGN=reach,
        CHANGE_ACCEPT=(reach, _("for silent receivers")),
        LOAD_VIEW=reach,
        SHARE_GRANT=reach,
        ACCESS_EXPLAIN=reach,
        CALL_VIEW=(reach, RESULTS),
        COMPLAINT_VIEW=(reach, UNLESS_NAMED),
        DEPARTURE_VIEW=(reach, _("unless the leaver")),
        EXPOSURE_VIEW=reach,
        FREEZE=reach,
        TRAIL_VIEW=reach,
        EXPORT_REQUEST=reach,
        EXPORT_APPROVE=(reach, _("not one's own request")),
        EMPLOYMENT_VIEW=reach,
        ABSENCE_SET=reach,
    )
    return powers(**(cells | more))


POWERS = {
    Role.REP: REP,
    Role.TEAM_LEAD: managing(TEAM),
    Role.DEPARTMENT_HEAD: managing(DEPARTMENT, IMPORT_RUN=DEPARTMENT),
    Role.HEAD_OF_SALES: managing(
        DEPARTMENT, IMPORT_RUN=DEPARTMENT, RULES_EDIT=ALL, CONTENT_EDIT=ALL
    ),
    Role.DIRECTOR: powers(
        CUSTOMER_VIEW=ALL,
        CHANNEL_VIEW=(ALL, MASKED),
        CHANNEL_REVEAL=(ALL, MASKED),
        SETTLEMENT_VIEW=ALL,
        PRIVATE_VIEW=(OWN, BY_NAMED_RIGHT),
        PRIVATE_SWITCH=ALL,
        ERASURE_VIEW=ALL,
        ERASURE_DECIDE=ALL,
        EXAM_VIEW=(ALL, LATER),
        SEAT_HISTORY=ALL,
        TRADE_VIEW=ALL,
        SEAT_ASSIGN=ALL,
        CHANGE_ACCEPT=(ALL, _("for silent receivers")),
        LOAD_VIEW=ALL,
        RULES_EDIT=ALL,
        SHARE_GRANT=ALL,
        ACCESS_EXPLAIN=ALL,
        CALL_VIEW=(ALL, RESULTS),
        COMPLAINT_VIEW=(ALL, UNLESS_NAMED),
        DEPARTURE_VIEW=ALL,
        DEPARTURE_WAIVE=ALL,
        AGREEMENT_VIEW=ALL,
        EXPOSURE_VIEW=ALL,
        FREEZE=ALL,
        CONTENT_EDIT=ALL,
        TRAIL_VIEW=ALL,
        EXPORT_APPROVE=ALL,
        EMPLOYMENT_VIEW=ALL,
        ROLES_EDIT=(ALL, _("director and auditor")),
    ),
    Role.SERVICE: powers(
        CUSTOMER_VIEW=(OWN, _("customers of the own line")),
        SEAT_HISTORY=OWN,
        CHANGE_ACCEPT=OWN,
        CALL_VIEW=(OWN, _("own calls")),
        COMPLAINT_VIEW=(OWN, _("assigned")),
        DEPARTURE_VIEW=(OWN, _("service tasks")),
        ABSENCE_SET=(OWN, _("of oneself")),
    ),
    Role.SUPPORT: powers(COMPLAINT_VIEW=(OWN, _("if assigned")), ABSENCE_SET=OWN),
    Role.FINANCE: powers(
        TRADE_VIEW=(ALL, _("orders, receivables")),
        TRADE_EDIT=ALL,
        RATE_EDIT=ALL,
        DEPARTURE_VIEW=(OWN, _("money tasks")),
        EXPORT_REQUEST=OWN,
        ABSENCE_SET=OWN,
    ),
    Role.IT: powers(DEPARTURE_VIEW=(OWN, _("own tasks")), ABSENCE_SET=OWN),
    Role.LEGAL: powers(
        DEPARTURE_VIEW=(OWN, _("own tasks")),
        AGREEMENT_VIEW=ALL,
        PRIVATE_SWITCH=ALL,
        ERASURE_VIEW=ALL,
        ERASURE_DECIDE=ALL,
        ABSENCE_SET=OWN,
    ),
    Role.HR: powers(
        DEPARTURE_VIEW=(ALL, _("names, tiers, task states")),
        DEPARTURE_RUN=ALL,
        AGREEMENT_VIEW=ALL,
        AGREEMENT_RUN=ALL,
        EVIDENCE_TAKE=ALL,
        EXIT_VIEW=ALL,
        FREEZE=ALL,
        CONTENT_EDIT=ALL,
        EXPOSURE_VIEW=(ALL, _("counts; names in an open case")),
        TRAIL_VIEW=(ALL, _("acts on people")),
        PERSON_EDIT=ALL,
        ROLES_EDIT=(ALL, _("but director and auditor")),
        EMPLOYMENT_VIEW=ALL,
        ABSENCE_SET=ALL,
        ORG_EDIT=ALL,
    ),
    Role.AUDITOR: powers(
        CUSTOMER_VIEW=(ALL, _("read")),
        CHANNEL_VIEW=(ALL, _("masked")),
        CHANNEL_REVEAL=(ALL, _("with a reason")),
        SETTLEMENT_VIEW=(ALL, _("with a reason")),
        ERASURE_VIEW=ALL,
        EXAM_VIEW=(ALL, LATER),
        SEAT_HISTORY=ALL,
        LOAD_VIEW=ALL,
        TRADE_VIEW=ALL,
        ACCESS_EXPLAIN=ALL,
        CALL_VIEW=ALL,
        COMPLAINT_VIEW=ALL,
        DEPARTURE_VIEW=(ALL, _("no exit notes")),
        EVIDENCE_TAKE=ALL,
        AGREEMENT_VIEW=ALL,
        EXPOSURE_VIEW=ALL,
        TRAIL_VIEW=ALL,
        EXPORT_REQUEST=(ALL, _("evidence")),
        EMPLOYMENT_VIEW=ALL,
    ),
    Role.ADMINISTRATOR: powers(
        TRAIL_VIEW=(ALL, _("technical")),
        PERSON_EDIT=ALL,
        ROLES_EDIT=(ALL, _("but director and auditor")),
        EMPLOYMENT_VIEW=ALL,
        ORG_EDIT=ALL,
        IMPORT_RUN=(ALL, _("writes, reads nothing back")),
        PRIVATE_SWITCH=ALL,
        SYSTEM_VIEW=ALL,
    ),
    Role.EMPLOYEE: powers(ABSENCE_SET=(OWN, _("of oneself"))),
    Role.SYSTEM: {action: Power(ALL) for action in Action},
}

# Who makes and unmakes whom, besides the company itself; the other roles are HR's and the
# administrator's. Whoever hands out accounts cannot hand out the sight of everything.
GRANTED_BY = {
    Role.ADMINISTRATOR: {Role.ADMINISTRATOR},
    Role.DIRECTOR: {Role.DIRECTOR},
    Role.AUDITOR: {Role.DIRECTOR},
}

# Filing a departure narrows every page, API and job at once, here and nowhere else.
ON_NOTICE = {
    A.CUSTOMER_VIEW,
    A.ACTIVITY_LOG,
    A.ACTIVITY_CONFIRM,
    A.CHANNEL_VIEW,
    A.SEAT_HISTORY,
    A.LOAD_VIEW,
    A.DEPARTURE_VIEW,
    A.EXPOSURE_VIEW,
    A.TRAIL_VIEW,
    A.PERSON_VIEW,
    A.PROFILE_EDIT,
    A.AGREEMENT_VIEW,
}

# What somebody on notice keeps at full reach: the directory. The rest is one's own, whatever the role.
OPEN_TO_ALL = {A.PERSON_VIEW}


def reach(person, action):
    """How far `person` may go for `action` now (Reach)."""
    if not person.has_access:
        return Reach.NONE
    if person.is_on_notice and action not in ON_NOTICE:
        return Reach.NONE
    widest = max((_of(role, action).reach for role in person.roles), default=Reach.NONE)
    return min(widest, Reach.OWN) if person.is_on_notice and action not in OPEN_TO_ALL else widest


def limits(person, action):
    """The notes that limit a person's power for an action, one per role that gives it."""
    return [note for role in person.roles if (note := _of(role, action).note)]


def _of(role, action):
    return POWERS.get(Role(role), {}).get(action, Power(Reach.NONE))


def can(person, action, obj=None):
    """Whether `person` may do `action` (to `obj`): the same rule as for lists, with the key added.

    Without an action: whether they may see `obj` at all.
    """
    if person is None or not person.is_authenticated:
        return False
    if obj is None:
        return reach(person, action) != Reach.NONE
    if action is not None and reach(person, action) == Reach.NONE:
        return False
    if not hasattr(obj, "scope"):
        raise TypeError(f"{type(obj).__name__} does not say who may see its rows (kit/scoping.py)")
    return obj.__class__._default_manager.visible_to(person, action).filter(pk=obj.pk).exists()
