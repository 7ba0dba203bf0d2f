"""One visibility rule for every model: `Model.objects.visible_to(person, action, at)`.

A model names its scope as a class attribute. A scope turns (queryset, person, action, at) into the
rows that person may see, and is asked by lists, single objects, search, API and charts alike.
"""

from abc import ABC, abstractmethod

from django.db import models


class Scope(ABC):
    """Decides which rows of a queryset a person may see for an action at an instant."""

    @abstractmethod
    def narrow(self, queryset, person, action, at):
        """The rows of `queryset` that `person` may see for `action` at the instant `at`."""


class Everyone(Scope):
    """Reference data: visible to every signed-in person with access."""

    def narrow(self, queryset, person, action, at):
        return queryset if person.has_access else queryset.none()


class AnyOf(Scope):
    """Visible when one of several scopes says so."""

    def __init__(self, *scopes):
        self.scopes = scopes

    def narrow(self, queryset, person, action, at):
        seen = models.Q(pk__in=[])
        for scope in self.scopes:
            part = scope.narrow(queryset.model._base_manager.all(), person, action, at)
            if part.query.is_empty():
                continue
            if not part.query.where:
                return queryset
            # One row at a time: a list of all visible keys would read the whole table.
            seen |= models.Q(models.Exists(part.filter(pk=models.OuterRef("pk"))))
        return queryset.filter(seen)


class ScopedQuerySet(models.QuerySet):
    """A queryset that knows who may see its rows."""

    def visible_to(self, person, action=None, at=None):
        """Rows that `person` may see. `action` defaults to viewing, `at` to this statement."""
        if person is None or not getattr(person, "is_authenticated", False):
            return self.none()
        return self.model.scope.narrow(self, person, action, at)


ScopedManager = models.Manager.from_queryset(ScopedQuerySet)
