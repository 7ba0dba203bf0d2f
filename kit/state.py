"""Status machines: a table of allowed moves, nothing more."""

from django.utils.translation import gettext as _

from kit.errors import Conflict


def move(obj, field, to, moves):
    """Set `obj.field` to `to` if `moves` (state → set of states) allows it, else Conflict."""
    now = getattr(obj, field)
    if to not in moves.get(now, ()):
        raise Conflict(_("This is not possible in the present state."))
    setattr(obj, field, to)
    return obj
