"""The one viewset: reads through `visible_to`, writes through services, counts what it shows."""

import re
from dataclasses import dataclass
from functools import partial

from django.utils import timezone
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from kit.api.refusals import NoVersion
from kit.api.shapes import read_query
from kit.dates import zone_of
from kit.disclosure import Disclosure, disclose
from kit.once import once
from kit.web import get_visible_or_404


@dataclass(frozen=True)
class Way:
    """What one action takes and gives; the schema is written from it.

    gives: shape of the answer. asks: Query of the query string. takes: Body. statuses: of success.
    versioned: the change must say which version it was made from.
    """

    gives: type | None = None
    asks: type | None = None
    takes: type | None = None
    statuses: tuple = (200,)
    versioned: bool = False


class ScopedViewSet(GenericViewSet):
    """Endpoints of one word. `model` is what they are about, `ways` has a Way per action."""

    http_method_names = ["get", "head", "post", "patch"]
    lookup_value_converter = "int"
    metadata_class = None
    filter_backends = ()
    pagination_class = None
    model = None
    ways: dict = {}

    def dispatch(self, request, *args, **kwargs):
        try:
            return super().dispatch(request, *args, **kwargs)
        finally:
            timezone.deactivate()

    def initial(self, request, *args, **kwargs):
        """Who asks, in which zone their days are, and what the query string says."""
        super().initial(request, *args, **kwargs)
        timezone.activate(zone_of(request.user))
        self.said = read_query(request, self.way.asks)

    @property
    def way(self):
        return self.ways.get(self.action) or Way()

    # -- reading -----------------------------------------------------------------------------------
    def rows(self):
        """The queryset behind the answers, before anybody's sight."""
        return self.model._default_manager.all()

    def get_queryset(self):
        return self.rows().visible_to(self.request.user)

    def get_object(self, action=None, pk=None):
        """The one row of the address (or `pk`) that the asker may see, else the fixed 404."""
        pk = self.kwargs["pk"] if pk is None else pk
        return get_visible_or_404(self.rows(), self.request, action, pk=pk)

    def seen(self, model, pk):
        """A row that the body names as what the act is about: invisible is 404 here too."""
        return get_visible_or_404(model, self.request, pk=pk)

    # -- writing -----------------------------------------------------------------------------------
    def body(self):
        """What the body says, as its shape allows; 422 at the fields where it does not."""
        form = self.way.takes(
            data=self.request.data, partial=self.request.method == "PATCH",
            context=self.get_serializer_context(),
        )  # fmt: skip
        form.is_valid(raise_exception=True)
        return dict(form.validated_data)

    def version(self, given):
        """Take the version that was seen out of the body, or out of If-Match; 428 without one."""
        if "version" in given:
            return given.pop("version")
        seen = self.request.headers.get("If-Match", "").strip()
        if isinstance(self.way.takes().fields["version"], serializers.IntegerField):
            tag = re.fullmatch(r'(?:W/)?"(\d{1,9})"', seen)
        else:
            tag = re.fullmatch(r'(?:W/)?"([0-9a-f]{16})"', seen)
        if tag is None:
            raise NoVersion
        return int(tag[1]) if len(tag[1]) < 16 else tag[1]

    def once(self, given, verb, /, **arguments):
        """Create a row by a verb, once for the `client_uuid` of the body: (its key, the status)."""
        make = partial(verb, actor=self.request.user, **arguments)
        uuid = given.pop("client_uuid", None)
        if uuid is None:
            return make().pk, 201
        said = [self.request.path, self.request.data]
        key, new = once(self.request.user, uuid, said, make)
        return key, 201 if new else 200

    def created(self, same, verb, /, **arguments):
        """Create a row by a verb that answers a second sending with the first: (the row, the status).

        same: column → value by which what was made before is known; None: there is no such thing.
        """
        known = same is not None and self.get_queryset().filter(**same).exists()
        return verb(actor=self.request.user, **arguments), 200 if known else 201

    # -- answering ---------------------------------------------------------------------------------
    def answer(self, shown, customers=(), status=200):
        """Answer with an object or page; `customers` are the keys of all that it shows."""
        disclose(self.request, customers, Disclosure.Kind.API)
        data = self.way.gives(shown, context=self.get_serializer_context()).data
        response = Response(data, status=status)
        version = data.get("version")
        if version is not None:
            response["ETag"] = f'"{version}"'
        return response

    def page(self, rows, following, customers=()):
        """Answer with one page of a list."""
        return self.answer({"results": rows, "next": following or None}, customers)
