"""`@service`: the fixed order of every write. Transaction, lock, power, act, trail. No trail, no commit.

    @service(Action.CUSTOMER_EDIT, on="customer")
    def edit(*, actor, customer, values): ...

The verb's name is `<module>.<function>`, for example `customers.edit`. `on` names the argument that
is locked (and re-read) and asked about; other locks are taken by the function itself, people before
customers, customers by ascending key.
"""

from contextlib import contextmanager
from functools import wraps

from django.core.exceptions import ValidationError
from django.db import IntegrityError, OperationalError, connection, transaction
from django.http import Http404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.access import Reach, can, reach
from kit.cells.texts import INVISIBLE
from kit.errors import Conflict, NotAllowed, Refused

VERBS: dict[str, "Service"] = {}
# Constraints that a race may reach although the verb has checked first; other apps add theirs.
CONSTRAINTS = {
    "one_holder_per_seat": _("Somebody else has just taken this seat."),
    "member_once": _("This person is already in the key-account team."),
    "seats_are_different_people": _("Account manager and backup must be different people"),
    "one_pending_change": _("Another change of one of these seats is on its way."),
    "share_once": _("This person already has this right for that time."),
    "position_once": _("This contact already has a place at this customer."),
    "link_once": _("This link is already recorded."),
    "agreement_asked_once": _("This person is asked already."),
    "agreement_version_once": _("Somebody else has just published this agreement."),
    "absence_once": _("This person already has an absence in that time."),
    "one_head_per_unit": _("This unit already has a head in that time."),
    "one_home_per_person": _("This person already belongs to a unit in that time."),
    "person_email_once": _("This email address is already in use."),
    "saved_view_once": _("You have a view of this name already."),
    "crm_contact_client_uuid_key": _("This contact has been saved already."),
    "accounts_person_username_key": _("This user name is already in use."),
}


# What PostgreSQL says when somebody else holds the row: no lock in time, a deadlock.
HELD_BY_ANOTHER = {"55P03", "40P01"}


class Service:
    """What `show_powers` prints about a verb."""

    def __init__(self, name, action, on, function):
        self.name, self.action, self.on, self.function = name, action, on, function


def service(action, *, on=None, under=None, people=()):
    """Make the decorated function a verb that needs `action` on its argument `on`.

    `people` names arguments that are people whose state the verb rests on: they are locked first
    (shared), so that a freeze and this verb cannot pass each other. `under` names the row that `on`
    belongs to and whose state it rests on: locked next (shared), for the same reason.
    """

    def decorate(function):
        name = f"{function.__module__.rsplit('.', 1)[-1]}.{function.__name__}"
        VERBS[name] = Service(name, action, on, function)

        @wraps(function)
        def run(*, actor, reason="", on_behalf_of=None, **arguments):
            alone = not connection.in_atomic_block
            with (
                races_as_conflicts(),
                transaction.atomic(),
                audit.verb(name, actor, reason, on_behalf_of, alone) as running,
            ):
                running.action = action
                for argument in people:
                    arguments[argument] = lock(arguments.get(argument), shared=True)
                if on is not None:
                    if under is not None:
                        lock(getattr(arguments[on], under), shared=True)
                    arguments[on] = lock(arguments[on])
                allow(actor, action, arguments.get(on) if on else None)
                result = function(actor=actor, **arguments)
                if not running.entries:
                    raise RuntimeError(f"{name} left no trail; nothing was committed")
            return result

        run.verb = name
        return run

    return decorate


def only(values, allowed):
    """A copy of the values of a verb, without characters that nobody sees.

    A field that the verb does not take is refused, whoever sends it.
    """
    strange = sorted(set(values) - allowed)
    if strange:
        raise Refused(gettext("This field cannot be set here: %(name)s") % {"name": strange[0]})
    return {name: INVISIBLE.sub("", value) if isinstance(value, str) else value
            for name, value in values.items()}  # fmt: skip


def clean(row, fields, at=""):
    """Length, places and choices as the columns have them; what is wrong is told at `at`."""
    others = [field.name for field in row._meta.fields if field.name not in fields]
    try:
        row.clean_fields(exclude=others)
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise Refused(messages[0], field=at or field) from error


SHARED = "SELECT 1 FROM {table} WHERE id = %s FOR SHARE"


def lock(obj, shared=False):
    """Re-read a row under its lock, so that the verb decides on what is true now."""
    if obj is None:
        return None
    if shared:
        with connection.cursor() as cursor:
            cursor.execute(SHARED.format(table=obj._meta.db_table), [obj.pk])
        return obj.__class__._base_manager.get(pk=obj.pk)
    locked = obj.__class__._base_manager.select_for_update(of=("self",)).filter(pk=obj.pk).first()
    if locked is None:
        raise Http404
    return locked


@contextmanager
def races_as_conflicts():
    """What a constraint or another's lock refuses is a conflict, not a fault of the server."""
    try:
        yield
    except OperationalError as error:
        if getattr(error.__cause__, "pgcode", None) not in HELD_BY_ANOTHER:
            raise
        text = _("Somebody else is changing this right now. Try again in a moment.")
        raise Conflict(text, code="busy") from error
    except IntegrityError as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
        if name not in CONSTRAINTS:
            raise
        raise Conflict(CONSTRAINTS[name], code=name) from error


def allow(actor, action, subject):
    """404 where the subject is invisible, 403 where the act is not this person's."""
    if reach(actor, action) == Reach.NONE:
        if subject is not None and not can(actor, None, subject):
            raise Http404
        raise NotAllowed()
    if subject is None or can(actor, action, subject):
        return
    if can(actor, None, subject):
        raise NotAllowed()
    raise Http404
