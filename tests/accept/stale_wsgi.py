"""The product with a fault put in from outside: who sees what is kept for a minute (mutant of A08)."""

from accounts import access
from config.wsgi import application
from crm import access as customers

KEPT = {}


def keep(name, real):
    def kept(person, action=None, obj=None):
        key = (name, person.pk, action, getattr(obj, "pk", obj))
        if key not in KEPT:
            KEPT[key] = real(person, action, obj)
        return KEPT[key]

    return kept


def narrowed(queryset, path, person, action, at, real=customers.narrow):
    key = (queryset.model, path, person.pk, action)
    if key not in KEPT:
        KEPT[key] = list(
            real(queryset.model._base_manager.all(), path, person, action, at).values_list(
                "pk", flat=True
            )
        )
    return queryset.filter(pk__in=KEPT[key])


customers.narrow = narrowed
access.can = keep("can", access.can)
__all__ = ["application"]
