"""Exit interviews as HR reads them, and what may leave HR: counts from five up."""

from collections import Counter

from accounts.selectors.content import content, said
from handover.models import Departure, ExitInterview

LEAST = 5  # interviews that agree before a theme is shown


def are_held(departure):
    """Whether an interview is held in a case: one that was opened and not withdrawn."""
    return departure.state in (Departure.State.OPEN, Departure.State.CLOSED)


def of_case(person, departure):
    """The interview of a case as far as a person may read it, or None."""
    rows = ExitInterview.objects.visible_to(person).filter(departure=departure)
    return rows.select_related("key", "held_by").first()


def questions():
    """[(id, question, what to check it against)] in the reader's language."""
    rows = content("departure")["exit_interview"]["questions"]
    return [(row["id"], said(row["question"]), said(row["cross_check_with"])) for row in rows]


def rules():
    """How an exit interview is held, in the reader's language."""
    return [said(rule) for rule in content("departure")["exit_interview"]["rules"]]


def themes(person):
    """[(question, number)] of what interviews confirmed, each from LEAST up; fewer show nowhere."""
    rows = ExitInterview.objects.visible_to(person).filter(held_at__isnull=False)
    counts = Counter(
        key
        for row in rows.select_related("key")
        for key, one in row.answers.items()
        if one["theme"]
    )
    texts = {key: text for key, text, _check in questions()}
    return [
        (texts[key], number)
        for key, number in counts.most_common()
        if number >= LEAST and key in texts
    ]


def losses(person):
    """(regretted, not regretted) among closed cases, or None where that would tell of single people."""
    rows = Departure.objects.visible_to(person).filter(state="closed", regretted__isnull=False)
    counts = Counter(rows.values_list("regretted", flat=True))
    if min(counts[True], counts[False]) < LEAST:
        return None
    return counts[True], counts[False]
