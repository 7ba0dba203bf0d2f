"""The tasks of a departure plan: which, who, and by when, out of the templates of the kind.

Offsets are working days from the last day; nothing is due on the last day itself. Where the notice
is too short, tasks move to today in the order of value × danger, and what does not fit is marked.
"""

from collections import Counter, defaultdict

from accounts.access import Role
from accounts.models import Membership, Person
from accounts.selectors.calendar import working_calendar
from accounts.selectors.content import content
from accounts.selectors.org import able_at, able_head_above
from crm.models import Assignment
from crm.seats import Seat
from handover.models import HandoverTask
from handover.selectors import final_pay
from kit.dates import company_zone, today

ROLES = {"finance": Role.FINANCE, "it": Role.IT, "legal": Role.LEGAL, "sales_head": Role.HEAD_OF_SALES,
         "service_specialist": Role.SERVICE, "hr": Role.HR}  # fmt: skip
# What one introduction takes of a day of the leaver: three visits fill one, or eight calls.
DAY, TAKES = 24, {"joint_visit": 8, "joint_visit_or_video": 3}
NO_TIER = "C"


class Desk:
    """Who does what of a case: from the word of a template to a person."""

    def __init__(self, leaver, opener, customers=()):
        """customers: ids, for the specialists of the service line who look after them."""
        self.leaver, self.opener = leaver, opener
        self.supervisor = able_head_above(leaver)
        self.found = {}
        held = Assignment.objects.at().filter(customer__in=customers, seat=Seat.SERVICE_LINE)
        held = held.filter(person__state=Person.State.ACTIVE).exclude(person=leaver)
        self.specialists = {row.customer_id: row.person for row in held.select_related("person")}

    def who(self, word, customer=None, successor=None):
        """The person for a word of the templates, or None where nobody is there for it."""
        if word == "service_specialist" and customer in self.specialists:
            return self.specialists[customer]
        own = {"leaver": self.leaver, "hr": self.opener, "supervisor": self.supervisor,
               "successor": successor}  # fmt: skip
        if word in own:
            return own[word]
        if word not in self.found:
            self.found[word] = self.of_role(ROLES[word]) if word in ROLES else None
        return self.found[word]

    def of_role(self, role):
        """Whoever has a role: the head above the leaver, a head, else the first by name, who is here."""
        if role == Role.HEAD_OF_SALES:
            above = able_head_above(self.leaver, lambda head: head.has_role(role))
            if above is not None:
                return above
        people = Person.objects.filter(state=Person.State.ACTIVE, roles__contains=[role])
        heads = Membership.objects.at().filter(post=Membership.Post.HEAD).values("person")
        people = list(people.exclude(pk=self.leaver.pk).order_by("sort_key", "pk"))
        leading = set(Person.objects.filter(pk__in=heads).values_list("pk", flat=True))
        people.sort(key=lambda one: one.pk not in leading)
        return next((one for one in people if able_at(one)), people[0] if people else None)


class Dates:
    """Days of a plan: today, the last day, and how full the days of the leaver are."""

    def __init__(self, last_day, day=None):
        self.calendar, self.last = working_calendar(), last_day
        self.today = self.calendar.add_working_days(day or today(company_zone()), 0)
        self.full = Counter()

    def due(self, row):
        """(day, whether it is in time) of a row of a template."""
        offset = row["offset_working_days"]
        if row.get("immediate"):
            return self.no_last_day(self.today), True
        wanted = self.calendar.add_working_days(self.last, offset or -1)
        if wanted >= self.today:
            return wanted, True
        return self.no_last_day(self.today), False

    def no_last_day(self, day):
        """A day that is not the last one: then the next one on which people work."""
        return self.calendar.add_working_days(day, 1) if day == self.last else day

    def place(self, due, takes):
        """The day by which an introduction can be held, no sooner than due; None where none is left."""
        day = self.today
        while day < self.last:
            if self.full[day] + takes <= DAY:
                self.full[day] += takes
                return max(day, due)
            day = self.calendar.add_working_days(day, 1)
        return None


def template(kind):
    """The template of a kind of departure; LookupError where there is none."""
    for one in content("departure")["templates"]:
        if one["id"] == kind:
            return one
    raise LookupError(kind)


def tasks(departure, handovers, opener=None, day=None):
    """The HandoverTasks of a case, not saved, for a departure and its CustomerHandovers in order.

    opener: who does what is HR's, default whoever opened it. day: counts as today. Nothing is
    written; the rows point to the handovers they belong to.
    """
    library = {one["id"]: one for one in content("departure")["tasks"]}
    rows, dates = template(departure.kind), Dates(departure.last_day, day)
    desk = Desk(
        departure.person, opener or departure.opened_by, [one.customer_id for one in handovers]
    )
    made = [task(departure, library, row, desk, dates) for row in rows["case_tasks"]]
    for one in handovers:
        for row in rows["customer_tasks"][one.tier or NO_TIER]:
            if applies(row, one.customer):
                made.append(task(departure, library, row, desk, dates, one))
    return made


def applies(row, customer):
    """Whether a task of a template is one for this kind of customer."""
    return row.get("applies_to") in (None, customer.kind)


def task(departure, library, row, desk, dates, handover=None):
    """One task of a template."""
    basis, who = library[row["task"]], row.get("who") or library[row["task"]]["who"]
    due, _in_time = dates.due(row)
    fits = True
    if row["task"] in TAKES:
        day = dates.place(due, TAKES[row["task"]])
        due, fits = day or due, day is not None
    elif who == "leaver" and due > dates.last:
        fits = row["offset_working_days"] > 0
    elif row["task"] == final_pay.TASK and (ready := final_pay.ready_by(departure)):
        due = min(due, ready)
    note = row.get("note") or {}
    return HandoverTask(
        departure=departure, handover=handover, key=row["task"], step=basis["step"],
        title=basis["title"]["en"], title_zh=basis["title"]["zh"],
        evidence=basis["evidence"]["en"], evidence_zh=basis["evidence"]["zh"],
        note=note.get("en") or "", note_zh=note.get("zh") or "", who=who, due_on=due, fits=fits,
        person=desk.who(who, handover and handover.customer_id, handover and handover.successor),
        blocking=row.get("blocking", basis["blocking"]),
    )  # fmt: skip


def by_person(rows):
    """Person → how many of some tasks are theirs, the most first; people who must free time."""
    found = defaultdict(int)
    for row in rows:
        if row.person is not None:
            found[row.person] += 1
    return sorted(found.items(), key=lambda pair: (-pair[1], pair[0].sort_key))
