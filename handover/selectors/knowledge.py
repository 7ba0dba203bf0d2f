"""What is passed on in a case: the write-up, the steps of the apprenticeship with their days, the talk."""

from dataclasses import dataclass
from datetime import date

from accounts.models import Person
from accounts.selectors.calendar import add_working_days
from accounts.selectors.content import content, said
from accounts.selectors.org import able_head_above
from handover.models import ApprenticeStep, TeamTalk, WriteUp
from handover.selectors.documents import reads_all
from handover.selectors.documents import runs as answers_for
from handover.selectors.sign_offs import successors
from kit.dates import company_zone, today

SPREAD = (10, 9, 8, 7, 6, 5, 3, 1)  # working days before the last day, one for each step


@dataclass
class Step:
    """One step of the apprenticeship of one successor."""

    key: str
    text: str
    led_by: str
    due_on: date
    row: ApprenticeStep | None = None

    @property
    def done(self):
        return bool(self.row and self.row.leaver_at and self.row.successor_at)


def write_up(person, departure):
    """The write-up of a case as far as a person may read it, or None."""
    return WriteUp.objects.visible_to(person).filter(departure=departure).first()


def prompts():
    """[(id, prompt)] of the write-up, in the reader's language."""
    return [(row["id"], said(row["prompt"])) for row in content("departure")["post_write_up"]]


def may_read(person, departure):
    """Who reads the write-up: who leads the leaver, who takes over, who runs the case, the leaver."""
    return (
        person.pk == departure.person_id
        or answers_for(person, departure)
        or person.pk in {one.pk for one in successors(departure)}
    )


def may_accept(person, departure):
    """Whether somebody accepts the write-up: the able head above the leaver."""
    head = able_head_above(departure.person)
    return head is not None and head.pk == person.pk


def steps(departure, successor):
    """The steps of one successor with their days; no day lies before today."""
    rows = {
        row.key: row
        for row in ApprenticeStep.objects.filter(departure=departure, successor=successor)
    }
    first = today(company_zone())
    library = sorted(content("departure")["apprenticeship"], key=lambda row: row["order"])
    return [
        Step(row["id"], said(row["task"]), row["led_by"],
             max(first, add_working_days(departure.last_day, -before)), rows.get(row["id"]))
        for row, before in zip(library, spread(len(library)), strict=True)
    ]  # fmt: skip


def spread(number):
    """Working days before the last one for so many steps."""
    return [SPREAD[min(place * len(SPREAD) // max(number, 1), len(SPREAD) - 1)]
            for place in range(number)]  # fmt: skip


def learners(person, departure):
    """The successors whose apprenticeship a person sees: their own, or all of them."""
    found = successors(departure)
    whole = reads_all(person, departure)
    return [one for one in found if whole or one.pk == person.pk]


def learner(person, departure, pk):
    """The successor of this key among them, or None."""
    found = [one for one in learners(person, departure) if str(one.pk) == str(pk)]
    return found[0] if found else None


def talk(person, departure):
    """The talk with the team, or None; for who holds it and who runs the case."""
    if not may_talk(person, departure) and not answers_for(person, departure):
        return None
    return TeamTalk.objects.visible_to(person).filter(departure=departure).first()


def may_talk(person, departure):
    """Whether somebody talks to the team: the able head above the leaver."""
    return may_accept(person, departure)


def points():
    """[(id, text)] of what the talk is about."""
    return [(row["id"], said(row["text"])) for row in content("departure")["team_talk"]]


def is_leaver(person: Person, departure):
    """Whether it is this person's own case."""
    return person.pk == departure.person_id
