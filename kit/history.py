"""Field history: database triggers see every change of a row, whatever path it came by.

`@history()` on a model adds a table of events with a copy of the row after each insert and change,
and before a delete. Actor, request and verb come from settings of the transaction
(`set_config(…, true)`), so bulk writes, raw SQL and COPY carry them too. A row event without a verb
was not made by a service: it says so by its null, and an alarm reports it.

The triggers write as the owner of the tables, and nobody else may (kit/grants.py): a role that
could add to the history could also invent it.
"""

import pghistory
from django.db import models
from django.db.models.functions import Cast, NullIf
from pghistory.trigger import Event
from pgtrigger import compiler, register


def setting(name, field):
    """Database default: the value of `holdfast.<name>` in the present transaction, or null."""
    current = models.Func(
        models.Value(f"holdfast.{name}"),
        models.Value(True),
        function="current_setting",
        output_field=models.TextField(),
    )
    return Cast(NullIf(current, models.Value("")), field)


class OwnerSql(compiler.UpsertTriggerSql):
    """A trigger whose function runs as the owner, finds only our tables and serves no other table.

    Migrations refer to it: what it says now it must say for ever.
    """

    RIGHTS = "SECURITY DEFINER SET search_path = public, pg_temp"
    CLOSED = "REVOKE EXECUTE ON FUNCTION {pgid}() FROM PUBLIC"

    def get_template(self):
        head, end, tail = super().get_template().rpartition("$$ LANGUAGE plpgsql")
        return f"{head}{end} {self.RIGHTS};\n{self.CLOSED}{tail}"


def as_owner(trigger):
    """The same compiled trigger, writing as the owner."""
    return compiler.Trigger(name=trigger.name, sql=OwnerSql(**trigger.sql.kwargs))


class OwnerEvent(Event):
    """pghistory's trigger, writing as the owner."""

    def compile(self, model):
        return as_owner(super().compile(model))


class Tracker(pghistory.core.RowEvent):
    """pghistory's tracker with our trigger."""

    def add_event_trigger(self, event_model):
        given = {name: getattr(self, name) for name in
                 ("label", "row", "operation", "condition", "level")}  # fmt: skip
        one = OwnerEvent(event_model=event_model, name=self.trigger_name, **given)
        register(one)(event_model.pgh_tracked_model)


class Insert(Tracker, pghistory.InsertEvent):
    pass


class Update(Tracker, pghistory.UpdateEvent):
    pass


class Delete(Tracker, pghistory.DeleteEvent):
    pass


class RowEvent(pghistory.models.Event):
    """What every row of history says besides the copy: who, by which request, by which verb."""

    pgh_id = models.BigAutoField(primary_key=True)
    actor_id = models.BigIntegerField(
        null=True, db_default=setting("actor", models.BigIntegerField())
    )
    request_id = models.CharField(
        max_length=40, null=True, db_default=setting("request", models.TextField())
    )
    verb = models.CharField(
        max_length=80, null=True, db_default=setting("verb", models.TextField())
    )

    class Meta:
        abstract = True


def without_verb(model):
    """Index of the rows no service made: empty in normal life, so that the alarm costs nothing."""
    return models.Index(
        fields=["pgh_id"],
        condition=models.Q(verb__isnull=True),
        name=f"{model.__name__.lower()[:20]}_noverb",
    )


def history(*, exclude=()):
    """Class decorator: keep the history of every field but those in `exclude`."""

    def track(model):
        return pghistory.track(
            Insert(),
            Update(),
            Delete(),
            base_model=RowEvent,
            exclude=list(exclude) or None,
            context_field=None,
            obj_field=pghistory.ObjForeignKey(related_name="events"),
            model_name=f"{model.__name__}Event",
            meta={"indexes": [without_verb(model)]},
        )(model)

    return track
