"""G01: every way to write a row of every tracked model leaves exactly one event that says who and how."""

import io
import uuid
from datetime import UTC, date, datetime

from django.db import connection, models, transaction
from django.utils import timezone
from psycopg2.extras import DateTimeTZRange

from accounts import audit
from accounts.models import Person
from accounts.services.trail import event_models
from crm.models import Contact
from kit import crypto
from kit.middleware import request_id
from kit.models import SubjectKey
from tests import cast as casting
from tests.accept import frame
from tests.accept.frame import Mutant

REQUEST = "00000000-0000-4000-8000-0000000000a1"
COUNTER = iter(range(1, 10**9))


def run():
    missed, tried = [], 0
    with frame.undone():
        world = casting.Cast()
        factories = Factories(world)
        for event in event_models():
            model = event.pgh_tracked_model
            for way in [*WAYS, *MORE.get(model._meta.label, ())]:
                tried += 1
                try:
                    problem = one(way, event, model, factories, world.he)
                except Exception as error:
                    problem = f"{type(error).__name__}: {error}"[:200]
                if problem:
                    missed.append(f"{model._meta.label} {way.__name__}: {problem}")
    return not missed, {
        "models": len(event_models()),
        "ways": tried,
        "missed": len(missed),
        "first": missed[:5],
    }


def one(way, event, model, factories, actor):
    """Write in one way; the sentence of what is wrong with the events, or ""."""
    with transaction.atomic():
        token = request_id.set(REQUEST)
        try:
            with audit.verb("accept.setup", actor):
                row = factories.saved(model) if way not in FRESH else factories.fresh(model)
                last = newest(event)
                audit.announce(actor.pk, "accept.g01")
                expected = way(model, row, factories)
        finally:
            request_id.reset(token)
        problem = "" if expected is None else wrong(event, last, expected, actor, way)
        transaction.set_rollback(True)
    return problem


def newest(event):
    return event.objects.order_by("-pgh_id").values_list("pgh_id", flat=True).first() or 0


def wrong(event, last, expected, actor, way):
    events = list(event.objects.filter(pgh_id__gt=last))
    if [e.pgh_label for e in events] != [expected]:
        return f"events {[e.pgh_label for e in events]} instead of one {expected}"
    found = events[0]
    if (found.actor_id, found.request_id, found.verb) != (actor.pk, REQUEST, "accept.g01"):
        return f"says {found.actor_id}, {found.request_id}, {found.verb}"
    if expected != "insert":
        before = event.objects.filter(pgh_obj_id=found.pgh_obj_id, pgh_id__lt=found.pgh_id)
        if not before.exists():
            return "no copy from before"
    if expected == "update":
        name = "key_id" if way is key_erased else changed_field(event.pgh_tracked_model)
        old = before.order_by("-pgh_id").first()
        if getattr(found, name) == getattr(old, name):
            return f"before and after of {name} are equal"
    return ""


# -- the ways ----------------------------------------------------------------------------------


def save_new(model, row, factories):
    row.save(force_insert=True)
    return "insert"


def bulk_create(model, row, factories):
    prepare(row)
    model.objects.bulk_create([row])
    return "insert"


def raw_insert(model, row, factories):
    columns, values = columns_of(row)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {model._meta.db_table} ({columns}) VALUES ({', '.join(['%s'] * len(values))})",
            values,
        )
    return "insert"


def copy_from(model, row, factories):
    columns, values = columns_of(row)
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMP TABLE copied ON COMMIT DROP AS SELECT {columns} FROM {model._meta.db_table} LIMIT 0"
        )
        cursor.execute(f"INSERT INTO copied VALUES ({', '.join(['%s'] * len(values))})", values)
        file = io.StringIO()
        cursor.copy_expert("COPY copied TO STDOUT", file)
        file.seek(0)
        cursor.copy_expert(f"COPY {model._meta.db_table} ({columns}) FROM STDIN", file)
        cursor.execute("DROP TABLE copied")
    return "insert"


def save_again(model, row, factories):
    change(row)
    row.save()
    return "update"


def queryset_update(model, row, factories):
    name = changed_field(model)
    change(row)
    model.objects.filter(pk=row.pk).update(**{name: getattr(row, name)})
    return "update"


def bulk_update(model, row, factories):
    change(row)
    model.objects.bulk_update([row], [changed_field(model)])
    return "update"


def raw_update(model, row, factories):
    field = model._meta.get_field(changed_field(model))
    change(row)
    value = field.get_db_prep_save(getattr(row, field.attname), connection)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {model._meta.db_table} SET {field.column} = %s WHERE {model._meta.pk.column} = %s",
            [value, row.pk],
        )
    return "update"


def delete(model, row, factories):
    return gone(model, lambda: row.delete())


def queryset_delete(model, row, factories):
    return gone(model, lambda: model.objects.filter(pk=row.pk).delete())


def raw_delete(model, row, factories):
    def act():
        with connection.cursor() as cursor:
            cursor.execute(
                f"DELETE FROM {model._meta.db_table} WHERE {model._meta.pk.column} = %s", [row.pk]
            )

    return gone(model, act)


def gone(model, act):
    """What may be deleted leaves an event; people and customers may not be deleted at all."""
    try:
        with transaction.atomic():
            act()
    except Exception:
        if kept(model):
            return None
        raise
    if kept(model):
        raise AssertionError(f"{model._meta.label} was deleted")
    return "delete"


def kept(model):
    """Whether a trigger refuses to delete its rows."""
    return any(
        str(one.when) == "BEFORE" and "DELETE" in str(one.operation).upper()
        for one in model._meta.triggers
    )


def many_to_many(model, row, factories):
    """The rows between an activity and its contacts, written through the field."""
    activity, contact = factories._logged(), factories.theirs()
    activity.contacts.add(contact)
    return "insert"


def key_erased(model, row, factories):
    """A row that loses what it points to, because that is deleted."""
    row.key.delete()
    return "update"


INSERTS = (save_new, bulk_create, raw_insert, copy_from)
WAYS = [*INSERTS, save_again, queryset_update, bulk_update, raw_update, delete, queryset_delete,
        raw_delete]  # fmt: skip


FRESH = (*INSERTS, many_to_many)
MORE = {"crm.ActivityContact": [many_to_many], "crm.Contact": [key_erased]}


def prepare(row):
    """Keys that save() derives; bulk writes bring them along."""
    for name in ("sort_key", "search_key"):
        if hasattr(row, name) and not getattr(row, name):
            setattr(row, name, f"key{next(COUNTER)}")


def columns_of(row):
    prepare(row)
    fields = [
        f for f in row._meta.concrete_fields
        if not f.generated and not (f.primary_key and row.pk is None)
        and not isinstance(getattr(row, f.attname), models.expressions.DatabaseDefault)
    ]  # fmt: skip
    values = [f.get_db_prep_save(getattr(row, f.attname), connection) for f in fields]
    return ", ".join(f.column for f in fields), values


# -- rows --------------------------------------------------------------------------------------

# A field that may change: the first text without choices, unless named here.
CHANGED = {
    "accounts.Membership": ("period", lambda: DateTimeTZRange(casting.START, later(), "[)")),
    "accounts.CalendarDay": ("is_working", None),
    "accounts.Absence": ("note", lambda: f"n{next(COUNTER)}"),
    "crm.ActivityVisitor": ("confirmed_at", timezone.now),
    "crm.ActivityContact": ("contact_id", None),
    "crm.Rate": ("rate", lambda: next(COUNTER)),
    "crm.Territory": ("ended_on", lambda: date(2031, 2, 1 + next(COUNTER) % 28)),
    "crm.ContactChannel": ("label", lambda: f"n{next(COUNTER)}"),
}


def later():
    return datetime(2031, 1, next(COUNTER) % 28 + 1, next(COUNTER) % 24, tzinfo=UTC)


def changed_field(model):
    if model._meta.label in CHANGED:
        return CHANGED[model._meta.label][0]
    return next(
        f.name for f in model._meta.concrete_fields
        if isinstance(f, models.CharField) and not f.choices and f.editable
        and f.name in {e.name for e in event_of(model)._meta.concrete_fields}
    )  # fmt: skip


def event_of(model):
    return next(e for e in event_models() if e.pgh_tracked_model is model)


def change(row):
    label = row._meta.label
    name = changed_field(type(row))
    if label == "accounts.CalendarDay":
        row.is_working = not row.is_working
    elif label == "crm.ActivityContact":
        row.contact = Contact.objects.create(name=f"C{next(COUNTER)}")
    elif label in CHANGED:
        setattr(row, name, CHANGED[label][1]())
    else:
        setattr(row, name, f"x{next(COUNTER)}")


class Factories:
    """The smallest valid row of every tracked model."""

    def __init__(self, world):
        self.w = world

    def saved(self, model):
        if model._meta.label == "accounts.Company":
            return model.objects.get(pk=1)
        row = self.fresh(model)
        row.save(force_insert=True)
        return row

    def fresh(self, model):
        return getattr(self, model.__name__.lower())(model)

    def company(self, model):
        model.objects.all().delete()  # there is exactly one
        return model(pk=1, name="C", time_zone="Asia/Shanghai")

    def calendarday(self, model):
        return model(day=date(2031, 1, 1 + next(COUNTER) % 28), is_working=False)

    def unit(self, model):
        return model(name=f"Unit {next(COUNTER)}", parent=self.w.units["root"])

    def person(self, model):
        n = next(COUNTER)
        return model(username=f"p{n}", name=f"P{n}", password="!")

    def someone(self):
        return self.saved(Person)

    def contact(self, model):
        key = SubjectKey.objects.create(wrapped=crypto.new_key())
        return model(name=f"C{next(COUNTER)}", key=key)

    def theirs(self):
        return self.saved(Contact)

    def membership(self, model):
        return model(person=self.someone(), unit=self.w.units["east"],
                     period=DateTimeTZRange(casting.START, None, "[)"))  # fmt: skip

    def absence(self, model):
        return model(person=self.someone(), period=DateTimeTZRange(casting.START, later(), "[)"))

    def customer(self, model):
        row = model(name=f"K{next(COUNTER)}", home_unit=self.w.units["east"])
        row.set_keys()
        return row

    def assignment(self, model):
        return model(customer=self.w.nanqiao, person=self.someone(), seat="key_account_member",
                     period=DateTimeTZRange(casting.START, None, "[)"), made_by=self.w.he)  # fmt: skip

    def share(self, model):
        from django.contrib.auth.models import Permission

        return model(content_object=self.w.nanqiao, user=self.someone(), granted_by=self.w.he,
                     permission=Permission.objects.get(codename="read_customer"), reason="r",
                     period=DateTimeTZRange(casting.START, later(), "[)"))  # fmt: skip

    def position(self, model):
        return model(contact=self.theirs(), customer=self.w.huadong)

    def contactchannel(self, model):
        contact = self.theirs()
        value = f"+86138{next(COUNTER):08}"
        return model(contact=contact, kind="phone", sealed=crypto.seal(contact.key.wrapped, value),
                     value_index=crypto.blind_index(value))  # fmt: skip

    def link(self, model):
        return model(person=self.someone(), contact=self.theirs())

    def activity(self, model):
        return model(customer=self.w.huadong, author=self.w.li, happened_at=timezone.now(),
                     client_uuid=uuid.uuid4(), note="n")  # fmt: skip

    def order(self, model):
        return model(customer=self.w.huadong, number=f"O{next(COUNTER)}", currency="CNY",
                     ordered_on=date(2031, 1, 1))  # fmt: skip

    def orderline(self, model):
        from crm.models import Order

        return model(order=self.saved(Order), product=f"P{next(COUNTER)}", quantity=1, unit_price=2)

    def payment(self, model):
        return model(customer=self.w.huadong, number=f"Z{next(COUNTER)}", currency="CNY",
                     paid_on=date(2031, 1, 1), amount=3)  # fmt: skip

    def rate(self, model):
        return model(currency=f"{next(COUNTER):03}"[-3:], since=date(2031, 1, 1), rate=2)

    def territory(self, model):
        from crm.models import Region

        region = Region.objects.create(name=f"R{next(COUNTER)}")
        return model(person=self.someone(), region=region, started_on=date(2031, 1, 1))

    def _logged(self):
        from crm.models import Activity

        return self.saved(Activity)

    def activityvisitor(self, model):
        return model(activity=self._logged(), person=self.someone())

    def activitycontact(self, model):
        return model(activity=self._logged(), contact=self.theirs())


def without_triggers():
    """The triggers of one table are off, as if it were not tracked."""
    from contextlib import contextmanager

    from django.db import connections

    @contextmanager
    def off():
        with connections["owner"].cursor() as cursor:
            cursor.execute("ALTER TABLE crm_contact DISABLE TRIGGER USER")
        try:
            yield
        finally:
            with connections["owner"].cursor() as cursor:
                cursor.execute("ALTER TABLE crm_contact ENABLE TRIGGER USER")

    return off()


MUTANTS = [
    Mutant("one table without its triggers", without_triggers),
    frame.patched(
        "services do not announce themselves", "accounts.audit.announce", lambda *a: None
    ),
]
