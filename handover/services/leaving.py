"""Nobody's account is closed while something is held that somebody else has to take first."""

from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.selectors.holdings import to_hand_over
from kit import guards
from kit.templatetags.words import grouped


def what_is_held(*, person, **rest):
    """The message: what is still to be handed over, with counts; of secrets, that there is something."""
    held = to_hand_over(person, Person.objects.system())
    if not held:
        return _("This needs a second approver.")
    lines = [
        _("%(what)s: %(count)s") % {"what": what, "count": grouped(count)} for what, count in held
    ]
    text = _("Something is still to be handed over first. %(held)s")
    return text % {"held": " · ".join(lines)}


@guards.guard("people.set_state", what_is_held)
def still_holds(*, person, state, **rest):
    """Whether somebody is to leave for good who holds seats, tasks, territories or cases."""
    return state == Person.State.LEFT and bool(to_hand_over(person))
