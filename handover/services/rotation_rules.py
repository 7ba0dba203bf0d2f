"""The numbers of the rotation policy are changed here; the document is the company's own then."""

from django.utils.translation import gettext as _

from accounts.access import Action
from accounts.audit import record
from accounts.models import Content
from accounts.service import service
from accounts.services import content
from handover.selectors import rotation_rules as ask
from kit.errors import Conflict, Refused


@service(Action.RULES_EDIT)
def change(*, actor, values, version):
    """Set numbers of the policy: fields of rotation_rules.FIELDS. They count from now on.

    version: mark of the policy as it was seen; another one is a Conflict. Returns the policy.
    """
    sound(values)
    before = ask.numbers()

    def put(body):
        if ask.mark(body) != version:
            raise Conflict(_("Somebody else has changed this meanwhile. Look at it again."))
        return ask.changed(body, values)

    after = content.edit(actor=actor, name="rotation", change=put)
    row = Content.objects.get(name="rotation")
    record(row, {name: (before[name], values[name]) for name in values if before[name] != values[name]})  # fmt: skip
    return after


def sound(values):
    """Refuse, at its field, a number that cannot be meant."""
    for name, value in values.items():
        least, most = ask.FIELDS[name]
        if not isinstance(value, int) or not least <= value <= most:
            text = _("Enter a number between %(least)s and %(most)s.")
            raise Refused(text % {"least": least, "most": most}, field=name)
