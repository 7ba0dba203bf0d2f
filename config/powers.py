"""The table of powers as a page: what `show_powers` prints and docs/permissions.md holds."""

from django.utils.translation import override

from accounts.access import POWERS, Action, Power, Reach, Role
from accounts.service import VERBS

HEAD = """# Who may do what

Written by `python3 dev.py manage show_powers`; a test fails when it is stale. The source is
`accounts/access.py`. A person with several roles has the widest reach of them. Reach: **own** through
a seat, a share or acting; **team** and **department** through the people one leads; **all**. A dash is
no power. Somebody on notice keeps only what is marked below; a frozen person and one who has left
have nothing.
"""
# The columns a business person looks for first, then the rest.
GROUPS = {
    "Customers": [
        Action.CUSTOMER_VIEW, Action.CUSTOMER_CREATE, Action.CUSTOMER_EDIT, Action.CUSTOMER_TIER,
        Action.ACTIVITY_LOG, Action.CHANNEL_VIEW, Action.CHANNEL_REVEAL, Action.SETTLEMENT_VIEW,
        Action.PRIVATE_VIEW,
    ],
    "Seats, shares and oversight": [
        Action.SEAT_HISTORY, Action.SEAT_ASSIGN, Action.SHARE_GRANT, Action.ACCESS_EXPLAIN,
        Action.CALL_VIEW, Action.COMPLAINT_VIEW, Action.DEPARTURE_VIEW, Action.EXPOSURE_VIEW,
        Action.TRAIL_VIEW, Action.EXPORT_REQUEST, Action.EXPORT_APPROVE,
    ],
}  # fmt: skip
WORDS = {
    Reach.NONE: "–",
    Reach.OWN: "own",
    Reach.TEAM: "team",
    Reach.DEPARTMENT: "department",
    Reach.ALL: "all",
}


def page():
    """The whole page, in English, as text."""
    with override("en"):
        named = {action for group in GROUPS.values() for action in group}
        groups = GROUPS | {"People and the rest": [a for a in Action if a not in named]}
        parts = [HEAD]
        for title, actions in groups.items():
            parts += [f"## {title}\n", table(actions)]
        parts += ["## On notice\n", on_notice(), "## Verbs\n", verbs()]
        return "\n".join(parts).rstrip() + "\n"


def table(actions):
    """Roles × actions; what an action means stands below its table."""
    lines = ["| role | " + " | ".join(actions) + " |", "|---" * (len(actions) + 1) + "|"]
    for role in Role:
        if role != Role.SYSTEM:
            cells = " | ".join(cell(POWERS[role].get(action)) for action in actions)
            lines.append(f"| {role.label} | {cells} |")
    lines += ["", *(f"- `{action}`: {action.label}" for action in actions), ""]
    return "\n".join(lines)


def cell(power):
    power = power or Power(Reach.NONE)
    return f"{WORDS[power.reach]} ({power.note})" if power.note else WORDS[power.reach]


def on_notice():
    from accounts.access import ON_NOTICE

    return (
        "\n".join(f"- `{action}`: {action.label}" for action in Action if action in ON_NOTICE)
        + "\n"
    )


def verbs():
    """Every write of the system with the power it needs."""
    lines = ["| verb | needs | asked about |", "|---|---|---|"]
    for name, verb in sorted(VERBS.items()):
        if not verb.function.__module__.startswith("tests."):
            lines.append(f"| `{name}` | `{verb.action}` | {verb.on or '–'} |")
    return "\n".join(lines) + "\n"
