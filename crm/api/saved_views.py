"""Saved views of the list of customers, and selections out of it."""

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.decorators import action

from accounts.models import Unit
from crm.filters import customers as said
from crm.models import SavedView, Selection
from crm.selectors import saved_views as selectors
from crm.services import saved_views
from kit.api.base import ScopedViewSet, Way
from kit.api.paging import keyset
from kit.api.shapes import (
    Body,
    InstantField,
    KeyField,
    Named,
    PageQuery,
    TagField,
    VisibleField,
    column,
    page_of,
    seen_tag,
    sent_once,
)
from kit.errors import Refused

KEYS = 1_000  # of customers named in one request


class ViewShape(serializers.Serializer):
    """A view as whoever sees it may know it. It gives no sight of customers."""

    id = serializers.IntegerField()
    name = column(SavedView, "name")
    query = serializers.SerializerMethodField(
        help_text="Of the page of customers that shows the view."
    )
    filters = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))
    columns = serializers.ListField(child=serializers.CharField(), help_text="Empty: the usual.")
    sort = column(SavedView, "sort")
    made_by = Named()
    shared_with = Named(allow_null=True)
    is_mine = serializers.BooleanField()
    is_start = serializers.BooleanField(help_text="The list opens with it, for the asker.")
    version = TagField(saved_views.FIELDS)

    def get_query(self, view) -> str:
        return said.address(view.filters, view.columns, view.sort, saved=view.pk)


class ChangedView(Body):
    """Only the fields that change."""

    name = column(SavedView, "name", required=False)
    filters = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField(max_length=100), max_length=20),
        required=False, help_text="Parameter of the page of customers → its values.",
    )  # fmt: skip
    columns = serializers.ListField(
        child=serializers.ChoiceField(list(said.COLUMNS)), required=False
    )
    sort = serializers.ChoiceField(said.ORDERS, required=False)
    shared_with = VisibleField(
        queryset=Unit.objects.all(), required=False, allow_null=True,
        help_text="The asker's own team; null: the asker alone.",
    )  # fmt: skip
    version = seen_tag()


class NewView(ChangedView):
    """A view under a name."""

    name = column(SavedView, "name")
    version = None
    client_uuid = sent_once("a view")


class StartBody(Body):
    """Whether the list opens with it."""

    on = serializers.BooleanField(required=False, default=True)


class GoneShape(serializers.Serializer):
    """What is no longer there."""

    removed = serializers.IntegerField()


class SavedViewViewSet(ScopedViewSet):
    """One's own views, and those shared with one's team."""

    model = SavedView
    ways = {
        "list": Way(page_of(ViewShape), asks=PageQuery),
        "retrieve": Way(ViewShape),
        "create": Way(ViewShape, takes=NewView, statuses=(200, 201)),
        "partial_update": Way(ViewShape, takes=ChangedView, versioned=True),
        "start": Way(ViewShape, takes=StartBody),
        "unshare": Way(ViewShape, takes=Body),
        "remove": Way(GoneShape, takes=Body),
    }

    def rows(self):
        return selectors.visible(self.request.user).select_related("made_by", "shared_with")

    def list(self, request):
        """Views, the oldest first."""
        return self.page(*keyset(self.get_queryset(), ("pk",), self.said))

    def retrieve(self, request, pk):
        """One view."""
        return self.shown(pk)

    def create(self, request):
        """Keep a view under a name of its own."""
        given = self.body()
        uuid = {"client_uuid": given.pop("client_uuid")} if "client_uuid" in given else {}
        return self.shown(*self.once(uuid, saved_views.save, values=self.values(given)))

    def partial_update(self, request, pk):
        """Change the fields that are sent of a view of one's own."""
        view, given = self.get_object(), self.body()
        version = self.version(given)
        saved_views.change(
            actor=request.user, view=view, values=self.values(given), version=version
        )
        return self.shown(pk)

    def values(self, given):
        """The body as the verbs take it; a filter that cannot be read is refused."""
        if "filters" in given:
            asked = said.stored(given["filters"], self.request.user)
            if asked.filters != {name: sorted_as(asked.filters.get(name), values)
                                 for name, values in given["filters"].items()}:  # fmt: skip
                raise Refused(_("A filter here is not known."), field="filters")
        return given

    @action(detail=True, methods=["post"])
    def start(self, request, pk):
        """Let the asker's list open with it, or with all customers again."""
        view, on = self.get_object(), self.body()["on"]
        saved_views.start_with(actor=request.user, view=view if on else None)
        return self.shown(pk)

    @action(detail=True, methods=["post"])
    def unshare(self, request, pk):
        """Take a view out of its team; whoever does not own it sees it no longer."""
        view = self.get_object()
        self.body()
        saved_views.stop_sharing(actor=request.user, view=view)
        view.shared_with = None
        return self.answer(view)

    @action(detail=True, methods=["post"])
    def remove(self, request, pk):
        """Remove a view of one's own, for everybody."""
        view = self.get_object()
        self.body()
        saved_views.remove(actor=request.user, view=view)
        return self.answer({"removed": pk})

    def shown(self, pk, status=200):
        return self.answer(self.get_object(pk=pk), status=status)


def sorted_as(known, values):
    """The values in the order in which the list itself says them, if they are the same ones."""
    return known if known and sorted(known) == sorted(set(values)) else values


class SelectionShape(serializers.Serializer):
    """A selection: keys frozen for an hour. `ids` are those that the asker still sees."""

    id = serializers.UUIDField()
    count = serializers.IntegerField(help_text="Of those still seen.")
    left_out = serializers.IntegerField(help_text="No longer the asker's to see.")
    ids = serializers.ListField(child=serializers.IntegerField())
    made_at = InstantField()
    expires_at = InstantField()


class NewSelection(Body):
    """Customers by their keys, or all that a filter finds now."""

    ids = serializers.ListField(child=KeyField(), required=False, max_length=KEYS)
    filters = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField(max_length=100), max_length=20),
        required=False, help_text="As of a saved view; {} is all one sees, at most 5,000.",
    )  # fmt: skip


class TakenOut(Body):
    """Customers that are to go out of the selection."""

    ids = serializers.ListField(child=KeyField(), max_length=KEYS)


class SelectionViewSet(ScopedViewSet):
    """One's own selections: for whoever may act on several customers at once."""

    model = Selection
    lookup_value_converter = "uuid"
    ways = {
        "retrieve": Way(SelectionShape),
        "create": Way(SelectionShape, takes=NewSelection, statuses=(201,)),
        "take_out": Way(SelectionShape, takes=TakenOut),
        "clear": Way(SelectionShape, takes=Body),
    }

    def retrieve(self, request, pk):
        """One selection; 409 once it has been used or an hour has passed."""
        return self.shown(selectors.selection(request.user, self.get_object().pk))

    def create(self, request):
        """Freeze customers. What the asker does not see is left out without a word."""
        given = self.body()
        if ("ids" in given) == ("filters" in given):
            raise Refused(_("Say either ids or filters."), field="ids")
        if "ids" in given:
            ids = given["ids"]
            made = saved_views.pick(
                actor=request.user, selection=None, shown=ids, picked=ids, filters=""
            )
        else:
            asked = said.stored(given["filters"], request.user)
            made = saved_views.pick_all(
                actor=request.user, selection=None, condition=asked.condition(request.user),
                term=asked.term, filters=said.address(asked.filters),
            )  # fmt: skip
        if made is None:
            raise Refused(_("Select a customer first"), field="ids")
        return self.shown(made, 201)

    @action(detail=True, methods=["post"], url_path="take-out")
    def take_out(self, request, pk):
        """Take customers out of it."""
        selection, given = self.get_object(), self.body()
        return self.shown(
            saved_views.take_out(actor=request.user, selection=selection, keys=given["ids"])
        )

    @action(detail=True, methods=["post"])
    def clear(self, request, pk):
        """Forget it."""
        selection = self.get_object()
        self.body()
        saved_views.clear(actor=request.user, selection=selection)
        selection.ids = []
        return self.shown(selection)

    def shown(self, selection, status=200):
        """Answer with the keys that are still seen; keys alone disclose nobody's name."""
        ids, left_out = selectors.still_visible(self.request.user, selection)
        selection.ids, selection.left_out = ids, left_out
        return self.answer(selection, ids, status)
