"""G06: nothing of a household is kept before two people have said why and how long; no field for the
name or birth date of a child exists; what is past its days is read by nobody and gone within a day.
"""

from datetime import timedelta

from django.apps import apps
from django.db import IntegrityError, connection, transaction

from accounts import audit
from config.schedule import BEAT
from crm.models import Customer, PrivateFact, PrivateSwitch
from crm.models.private_file import Sight
from crm.seats import Reason, Seat
from crm.selectors import private_fields
from crm.selectors import private_file as files
from crm.services import ownership, private_file, private_switches
from kit import jobs
from kit.clock import database_now
from kit.errors import NotAllowed, Refused
from tests import cast as casting
from tests.accept import frame
from tests.accept.frame import patched

WHY = {"purpose": "Safety", "basis": "separate_consent", "retention_days": 30}
MARKER = "Plantedcare"
VALUES = {
    "household_adults": 2, "household_children": {"age_0_2": 1}, "household_seniors": {"age_80": 1},
    "occasions": {"own_birthday": ["02-29", True]}, "interests": [MARKER], "special_care": MARKER,
}  # fmt: skip
CHILDLIKE = (
    "child",
    "kid_",
    "minor",
    "daughter",
    "family",
    "birth_date",
    "birthdate",
    "birth_year",
)
NAMES = [{"age_0_2": "Anna"}, {"name": "Anna"}, {"born": "2020-01-01"}, "Anna", ["Anna"]]


def run():
    with frame.undone():
        cast = casting.Cast()
        family = household(cast)
        fields = [one for one in private_fields.fields() if one.guard == Sight.HOUSEHOLD]
        wrong = [f"{one.id}: {fault}" for one in fields for fault in switched(cast, family, one.id)]
        wrong += [f"a field {name}" for name in childlike()]
        wrong += [f"children as {value!r}" for value in NAMES if taken(cast, family, "household_children", value, 1)]  # fmt: skip
        wrong += over(cast, family)
    return not wrong, {
        "fields": len(fields), "values": len(NAMES), "wrong": len(wrong), "first": wrong[:6],
    }  # fmt: skip


def household(cast):
    """A private customer of li."""
    with audit.verb("tests.accept", cast.system):
        made = Customer.objects.create(
            name="Household", kind="person", home_unit=cast.units["east"]
        )
        ownership.put(cast.system, made, Seat.ACCOUNT_MANAGER, cast.li, Reason.FIRST)
    return made


def switched(cast, family, field):
    """What is wrong with how a field is switched on."""
    if taken(cast, family, field):
        yield "taken while off"
    for missing in WHY:
        if done(private_switches.ask, actor=cast.yu, field=field, values=WHY | {missing: ""}):
            yield f"on without {missing}"
    asked = private_switches.ask(actor=cast.yu, field=field, values=WHY)
    if taken(cast, family, field):
        yield "taken before a second person has agreed"
    if done(private_switches.agree, actor=cast.yu, switch=asked):
        yield "agreed by who asked"
    if written(asked, agreed_by=cast.yu, agreed_at=database_now()) or written(asked, purpose=""):
        yield "the database takes it"
    private_switches.agree(actor=cast.sun, switch=asked)
    private_file.save(actor=cast.li, customer=family, values={field: {"value": VALUES[field]}}, source="customer")  # fmt: skip


def taken(cast, family, field, value=None, version=0):
    """Whether a value is written. Undone."""
    given = {field: {"value": VALUES[field] if value is None else value, "version": version}}
    return done(private_file.save, actor=cast.li, customer=family, values=given, source="customer")


def done(verb, **arguments):
    """Whether a verb does its work. Undone."""
    with transaction.atomic():
        try:
            verb(**arguments)
        except (Refused, NotAllowed):
            return False
        finally:
            transaction.set_rollback(True)
    return True


def written(switch, **values):
    """Whether the database takes these values of a switch. Undone."""
    try:
        with transaction.atomic():
            PrivateSwitch.objects.filter(pk=switch.pk).update(**values)
            transaction.set_rollback(True)
    except IntegrityError:
        return False
    return True


def childlike():
    """Columns and fields of the file that could hold who a child is."""
    for model in apps.get_models():
        if model._meta.app_label in ("accounts", "crm", "handover", "kit"):
            for column in model._meta.get_fields():
                if any(word in column.name for word in CHILDLIKE) and column.concrete:
                    yield f"{model._meta.label}.{column.name}"
    for one in private_fields.fields():
        if "child" in one.id and one.kind != "bands":
            yield one.id


def over(cast, family):
    """What is left of values whose days are over: on the file, under its keys, in any table."""
    at = database_now() - timedelta(days=WHY["retention_days"], seconds=1)
    PrivateFact.objects.filter(customer=family).update(confirmed_at=at)
    shown = [cell.field.id for section in files.of_customer(cast.li, family)
             for cell in section.cells if cell.fact]  # fmt: skip
    yield from (f"{field} shown past its days" for field in shown)
    if BEAT["private"]["schedule"] > 24 * 3600 / 2:
        yield "the job runs too seldom"
    private_file.expire_all()
    while (job := jobs.claim()) is not None:
        jobs.run(job)
    for fact in PrivateFact.objects.filter(customer=family).select_related("key"):
        if fact.key or fact.value is not None:
            yield f"{fact.field} kept past its days"
    yield from (f"a trace in {table}" for table in traces())


def traces():
    """Tables with the marker in them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(
                f'SELECT 1 FROM "{table}" t WHERE t::text LIKE %s LIMIT 1', [f"%{MARKER}%"]
            )
            if cursor.fetchone():
                yield table


MUTANTS = [
    patched("who asks need not wait for a second person", "crm.models.private_file.PrivateSwitch.is_on",
            property(lambda self: self.ended_at is None)),
    patched("of children anything is taken", "crm.services.private_file.bands",
            lambda one, value: value),
    patched("nothing is ever over", "crm.services.private_file.past",
            lambda facts: facts.none()),
    patched("readers see what is over", "crm.selectors.private_file.kept",
            lambda facts, fields=None: facts.extra(select={"contact_at": "confirmed_at"})),
]  # fmt: skip
