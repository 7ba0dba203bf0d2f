"""Takes on the people of the demo company, through the services."""

from datetime import timedelta

from django.contrib.auth.hashers import make_password
from django.utils import timezone
from psycopg2.extras import DateTimeTZRange

from accounts import audit
from accounts.models import Membership, Person
from accounts.services import calendar, org, people
from config.demo.company import (
    ABSENCES,
    BEFORE,
    COMPANY,
    LEFT,
    ON_NOTICE,
    PASSWORD,
    PEOPLE,
    UNITS,
)

DAY = timedelta(days=1)


def make(system, days):
    """Create units and people with their places, of today and before. Returns login → person."""
    calendar.edit_company(actor=system, values=COMPANY)
    units = make_units(system, days.morning(2_000))
    made = {}
    for login, (name, latin, roles, _unit, _head, language, ago) in PEOPLE.items():
        made[login] = Person(**people.sound(system, {
            "username": login, "name": name, "latin_name": latin, "roles": roles,
            "language": language, "joined_on": days.morning(ago).date(),
            "email": f"{login}@lianhe.example",
        }))  # fmt: skip
    places = [place for login in PEOPLE for place in places_of(made[login], units, days)]
    joined = {login: days.morning(row[-1]) for login, row in PEOPLE.items()}
    with audit.verb("people.create", system):
        people.insert(
            list(made.values()), places,
            when=lambda row: joined[row.username] if isinstance(row, Person) else row.period.lower,
        )  # fmt: skip
    give_passwords(made)
    return made


def make_units(system, founded):
    """Departments and teams, as old as the company."""
    units = {}
    with audit.happened(founded):
        for position, (key, (name, name_zh, parent, kind, function)) in enumerate(UNITS.items()):
            units[key] = org.create_unit(
                actor=system, parent=units.get(parent),
                values={"name": name, "name_zh": name_zh, "kind": kind, "function": function,
                        "position": position},
            )  # fmt: skip
    return units


def places_of(person, units, days):
    """The units somebody belonged to or headed since they joined, the last one without an end."""
    _name, _latin, _roles, unit, head, _language, joined = PEOPLE[person.username]
    start = days.morning(joined)
    if person.username in BEFORE:
        before, headed, ago = BEFORE[person.username]
        until = days.morning(ago)
        yield place(person, units[before], headed, start, until)
        start = until
    gone = days.morning(LEFT[1]) if person.username == LEFT[0] else None
    yield place(person, units[unit], head, start, gone)


def place(person, unit, head, start, end):
    post = Membership.Post.HEAD if head else Membership.Post.MEMBER
    period = DateTimeTZRange(start, end, "[)")
    return Membership(person=person, unit=unit, post=post, period=period)


def give_passwords(made):
    """One well-known password for the whole demo."""
    keys = [person.pk for person in made.values()]
    with audit.verb("shell.seed_demo", Person.objects.system()):
        Person.objects.filter(pk__in=keys).update(password=make_password(PASSWORD))


def change_state(made, days):
    """Who is away, has given notice, has left: after everybody has got their customers."""
    hr = made["hr"]
    for login, kind, first, last, note in ABSENCES:
        people.record_absence(
            actor=hr, person=made[login], starts_at=days.midnight(days.today + first * DAY),
            ends_at=days.midnight(days.today + (last + 1) * DAY), kind=kind, note=note,
        )  # fmt: skip
    with audit.happened(days.morning(9)):
        people.set_state(actor=hr, person=made[ON_NOTICE], state="on_notice", reason="Resignation")
    login, ago = LEFT
    with audit.happened(days.morning(ago)):
        people.set_state(actor=hr, person=made[login], state="left", reason="End of contract")


def instant():
    """Now, to the second."""
    return timezone.now().replace(microsecond=0)
