"""Imports: a file in, what was said of its rows, and taking it back."""

from uuid import uuid4

from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser

from crm.forms.imports import too_large
from crm.imports import matching, shown
from crm.imports.reasons import note
from crm.imports.staging import fingerprint
from crm.models import Import, ImportRow
from crm.services import imports
from kit.api.base import ScopedViewSet, Way
from kit.api.paging import keyset
from kit.api.reading import Json, OnlyJson
from kit.api.shapes import Body, InstantField, Named, PageQuery, column, page_of
from kit.errors import Refused
from kit.once import first_kept
from kit.rows import Unreadable

MAPPED = 2_000  # columns that one mapping may name


class Uploads(OnlyJson):
    """A file comes in a form; everything else in JSON."""

    def select_parser(self, request, parsers):
        kind = (request.content_type or "").partition(";")[0].strip().lower()
        return next((one for one in parsers if one.media_type == kind), None)


class Progress(serializers.Serializer):
    """How far the present work is."""

    done = serializers.IntegerField()
    total = serializers.IntegerField()


class ImportShape(serializers.Serializer):
    """One import. Poll it while it is checking, running or undoing."""

    id = serializers.IntegerField()
    kind = column(Import, "kind")
    source = serializers.CharField()
    file = serializers.CharField(source="file_name")
    state = column(Import, "state")
    stopped = serializers.BooleanField(help_text="A fault ended the work in the middle.")
    progress = Progress(allow_null=True)
    read = serializers.IntegerField()
    accepted = serializers.IntegerField()
    refused = serializers.IntegerField()
    created = serializers.IntegerField()
    updated = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    notes = serializers.ListField(child=serializers.CharField(), source="said")
    by = Named(allow_null=True, help_text="Null is the company.")
    made_at = InstantField()
    finished_at = InstantField(allow_null=True)
    undo_until = InstantField(allow_null=True)


class RowShape(serializers.Serializer):
    """One row of the file; what it became is named for those who see it."""

    row = serializers.IntegerField(source="number")
    outcome = column(ImportRow, "outcome")
    said = serializers.ListField(child=serializers.CharField())
    name = serializers.CharField(allow_blank=True)
    customer = serializers.IntegerField(allow_null=True)


class RowQuery(PageQuery):
    """Rows, narrowed."""

    outcome = serializers.ChoiceField(ImportRow.Outcome.choices, required=False)


class NewImport(Body):
    """A file of another system."""

    kind = serializers.ChoiceField(Import.Kind.choices)
    source = serializers.CharField(max_length=60, help_text="The system it is from.")
    file = serializers.FileField(
        allow_empty_file=True, max_length=200, help_text="CSV, XLSX or JSON."
    )
    mapping = serializers.JSONField(
        required=False, help_text='{"their column": "our field"}; "" leaves a column out.'
    )
    partial = serializers.BooleanField(required=False, help_text="Leave faulty rows out.")
    keep_incomplete = serializers.BooleanField(
        required=False, help_text="Take customers of whom only a name is known."
    )
    check_only = serializers.BooleanField(
        required=False, help_text="Check the rows; `start` carries it out."
    )
    client_uuid = serializers.UUIDField(
        required=False, help_text="Made by the sender; sent twice, it makes one import."
    )

    def validate_mapping(self, value):
        sound = isinstance(value, dict) and len(value) <= MAPPED
        if not sound or not all(one is None or isinstance(one, str) for one in value.values()):
            raise serializers.ValidationError('{"their column": "our field"}')
        return {header: name or "" for header, name in value.items()}


class ImportViewSet(ScopedViewSet):
    """The imports one sees: one's own, or all of them for who imports for the whole company."""

    model = Import
    parser_classes = [Json, MultiPartParser]
    content_negotiation_class = Uploads
    ways = {
        "list": Way(page_of(ImportShape), asks=PageQuery),
        "retrieve": Way(ImportShape),
        "create": Way(ImportShape, takes=NewImport, statuses=(200, 201)),
        "rows_of": Way(page_of(RowShape), asks=RowQuery),
        "start": Way(ImportShape),
        "undo": Way(ImportShape),
    }

    def get_parsers(self):
        """The file comes in a form, and only there; the schema says the same."""
        doing = getattr(self, "action", None) or self.action_map.get(self.request.method.lower())
        return [MultiPartParser() if doing == "create" else Json()]

    def rows(self):
        return Import.objects.select_related("job", "made_by", "key")

    def list(self, request):
        """Imports, the newest first."""
        page, following = keyset(self.get_queryset(), ("-pk",), self.said)
        return self.page([dressed(one) for one in page], following)

    def retrieve(self, request, pk):
        """One import, and how far it is."""
        return self.shown(pk)

    def create(self, request):
        """Have a file checked, and carried out when nothing stops it."""
        given, uploaded = self.body(), getattr(request._request, "oversized", ())
        if "file" in uploaded:
            raise Refused(too_large(), field="file", code="too_large")
        once = given.get("client_uuid") or uuid4()
        mine = Import.objects.visible_to(request.user).filter(made_by=request.user)
        known = mine.filter(options__once=str(once)).first()
        if known and known.digest != fingerprint(given["file"].temporary_file_path()):
            raise first_kept()
        imported = receive(request.user, given, once)
        if imported.state == Import.State.MATCHING:
            match(request.user, imported, given)
        return self.shown(imported.pk, 200 if known else 201)

    @action(detail=True, methods=["get"], url_path="rows", url_name="rows")
    def rows_of(self, request, pk):
        """What became of each row of the file."""
        imported, said = self.get_object(), self.said
        rows = imported.rows.all()
        if "outcome" in said:
            rows = rows.filter(outcome=said["outcome"])
        page, following = keyset(rows, ("number",), said)
        things = shown.things_of(request.user, imported, page)
        lines = [shown.line(request.user, imported, row, things) for row in page]
        return self.page(lines, following, [line.customer for line in lines])

    @action(detail=True, methods=["post"])
    def start(self, request, pk):
        """Carry out an import that was only checked."""
        imports.start(actor=request.user, imported=self.get_object())
        return self.shown(pk)

    @action(detail=True, methods=["post"])
    def undo(self, request, pk):
        """Take an import back, for 72 hours; what something else rests on is kept and named."""
        imports.undo(actor=request.user, imported=self.get_object())
        return self.shown(pk)

    def shown(self, pk, status=200):
        return self.answer(dressed(self.get_object(pk=pk)), status=status)


def receive(person, given, once):
    """Seal the rows of the file that was sent."""
    try:
        return matching.receive(
            actor=person, kind=given["kind"], source=given["source"], once=once,
            path=given["file"].temporary_file_path(), file_name=given["file"].name,
        )  # fmt: skip
    except Unreadable as error:
        raise Refused(error.message, field="file", code="unreadable") from error


def match(person, imported, given):
    """Match the columns as was said; a file whose columns do not fit is forgotten."""
    try:
        matching.match(
            actor=person, imported=imported, mapping=given.get("mapping", {}),
            partial=given.get("partial", False), keep_incomplete=given.get("keep_incomplete", False),
            go=not given.get("check_only", False),
        )  # fmt: skip
    except Refused:
        imports.discard(actor=person, imported=imported)
        raise


def dressed(imported):
    """The import with what is derived of it."""
    job = imported.job if shown.is_working(imported) or shown.stopped(imported) else None
    imported.progress = job and {"done": min(job.done, job.total), "total": job.total}
    imported.stopped, imported.by = shown.stopped(imported), shown.maker(imported)
    imported.said = [note(one) for one in imported.notes]
    return imported
