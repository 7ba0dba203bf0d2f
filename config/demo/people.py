"""Takes on the people of the demo company, through the services."""

from datetime import timedelta

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from accounts import audit
from accounts.models import Person
from accounts.services import calendar, org, people
from config.demo.company import AWAY, COMPANY, ON_NOTICE, PASSWORD, PEOPLE, UNITS


def make(system, now):
    """Create units, people, heads, an absence and a notice. Returns login → person."""
    founded = now - timedelta(days=1500)
    calendar.edit_company(actor=system, values=COMPANY)
    units = {}
    for position, (key, (name, name_zh, parent, kind, function)) in enumerate(UNITS.items()):
        units[key] = org.create_unit(
            actor=system, parent=units.get(parent),
            values={"name": name, "name_zh": name_zh, "kind": kind, "function": function,
                    "position": position},
        )  # fmt: skip
    made = {}
    for number, (login, row) in enumerate(PEOPLE.items()):
        name, latin, roles, unit, head, language = row
        joined = founded + timedelta(days=23 * number)
        with audit.happened(joined):
            made[login] = person = people.create(
                actor=system,
                values={"username": login, "name": name, "latin_name": latin,
                        "roles": roles, "language": language, "joined_on": joined.date(),
                        "email": f"{login}@lianhe.example"},
                unit=None if head else units[unit], since=joined,
            )  # fmt: skip
            if head:
                org.set_head(actor=system, unit=units[unit], person=person, since=joined)
    give_passwords(made)
    return made


def give_passwords(made):
    """One well-known password for the whole demo."""
    keys = [person.pk for person in made.values()]
    with audit.verb("seed_demo.passwords", Person.objects.system()):
        Person.objects.filter(pk__in=keys).update(password=make_password(PASSWORD))


def change_state(system, made, now):
    """One is on leave, one has given notice: after everybody has got their customers."""
    people.record_absence(
        actor=system, person=made[AWAY], starts_at=now - timedelta(days=2),
        ends_at=now + timedelta(days=8), note="Annual leave",
    )  # fmt: skip
    people.set_state(actor=system, person=made[ON_NOTICE], state="on_notice", reason="Resignation")


def instant():
    """Now, to the second."""
    return timezone.now().replace(microsecond=0)
