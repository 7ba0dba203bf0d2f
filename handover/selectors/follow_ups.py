"""The calls of the service line after handovers: what is to be called, what was said."""

from accounts.selectors.content import content, said
from handover.models import FollowUp

MOST = 200


def with_names(rows):
    """Calls with their customers and people."""
    return rows.select_related(
        "handover__customer", "handover__successor", "handover__departure__person", "called_by"
    )


def to_call(person):
    """Calls that a person sees and nobody has made, the oldest day first; MOST at most."""
    rows = with_names(FollowUp.objects.visible_to(person)).filter(called_at__isnull=True)
    return list(rows.order_by("due_on", "pk")[:MOST])


def made(person):
    """The latest calls whose results a person reads."""
    rows = with_names(FollowUp.objects.visible_to(person)).filter(called_at__isnull=False)
    return list(rows.order_by("-called_at")[:30])


def questions(days):
    """[(id, question)] of the call after so many days, in the reader's language."""
    for row in content("departure")["follow_up_calls"]:
        if row["days"] == days:
            return [(one["id"], said(one["question"])) for one in row["questions"]]
    return []


def told(row):
    """[(question, answer)] of a call, in the order of the questions; answers to old ones last."""
    known = dict(questions(row.days))
    pairs = [(known[key], row.answers[key]) for key in known if key in row.answers]
    return pairs + [(key, text) for key, text in row.answers.items() if key not in known]
