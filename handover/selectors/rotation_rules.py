"""The numbers of the rotation policy, and what other numbers would change today."""

import hashlib
import json
from copy import deepcopy
from dataclasses import dataclass

from accounts.models import Person
from crm.models import Customer
from handover.selectors import rotation

TIERS = Customer.Tier.values
# field → the least and the most that can be meant
FIELDS = {
    **{f"tenure_{tier.lower()}": (30, 3_650) for tier in TIERS},
    **{f"overlap_{tier.lower()}": (0, 60) for tier in TIERS},
    "pause": (7, 365),
    "exempt_days": (7, 366),
}


def numbers(body=None):
    """Field → number of a policy, by default of the one in force."""
    body = body or rotation.policy()
    tiers = rotation.tier_rules(body)
    found = {f"tenure_{tier.lower()}": tiers[tier]["tenure_days"] for tier in TIERS}
    found |= {f"overlap_{tier.lower()}": tiers[tier]["overlap_working_days"] for tier in TIERS}
    return found | {"pause": body["clock"]["paused_by_absence_over_days"],
                    "exempt_days": body["exemptions"]["max_days"]}  # fmt: skip


def changed(body, values):
    """A copy of a policy with other numbers."""
    body = deepcopy(body)
    for tier, part in rotation.tier_rules(body).items():
        part["tenure_days"] = values.get(f"tenure_{tier.lower()}", part["tenure_days"])
        part["overlap_working_days"] = values.get(f"overlap_{tier.lower()}", part["overlap_working_days"])  # fmt: skip
    clock, exemptions = body["clock"], body["exemptions"]
    clock["paused_by_absence_over_days"] = values.get("pause", clock["paused_by_absence_over_days"])
    exemptions["max_days"] = values.get("exempt_days", exemptions["max_days"])
    return body


def mark(body=None):
    """A short mark of a policy, to tell whether it has changed since it was seen."""
    text = json.dumps(body or rotation.policy(), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass
class Effect:
    """How many rotations of one person would be overdue, now and with other numbers."""

    person: Person
    before: int
    after: int


def simulated(viewer, values):
    """(totals before and after, Effects by person): overdue rotations with other numbers, unsaved."""
    among = rotation.within(viewer)
    other = changed(rotation.policy(), values)
    now = rotation.overdue_by_person(*among)
    then = rotation.overdue_by_person(*among, rules=other)
    people = Person.objects.in_bulk(now.keys() | then.keys())
    rows = [Effect(one, now.get(pk, 0), then.get(pk, 0)) for pk, one in people.items()]
    rows.sort(key=lambda row: (-abs(row.after - row.before), -row.before, row.person.sort_key))
    return (sum(now.values()), sum(then.values())), rows
