"""Documents of customers: listed, added, renewed, and their files handed out to be saved."""

from drf_spectacular.types import OpenApiTypes
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser

from accounts.access import Action
from accounts.models import Person
from accounts.selectors.people import directory
from crm.api.imports import Uploads
from crm.models import Customer, Document, DocumentFile
from crm.selectors import customer_documents as rows
from crm.services import customer_documents as documents
from kit import files
from kit.api.base import ScopedViewSet, Way
from kit.api.paging import keyset
from kit.api.reading import Json
from kit.api.shapes import (
    Body,
    InstantField,
    KeyField,
    Named,
    PageQuery,
    VisibleField,
    column,
    page_of,
)
from kit.disclosure import Disclosure
from kit.errors import Refused
from kit.web import foreign


class DocumentFileShape(serializers.Serializer):
    """One version, without what is in it."""

    number = serializers.IntegerField()
    kind = column(DocumentFile, "kind")
    size = serializers.IntegerField(help_text="In bytes.")
    by = Named(source="made_by")
    made_at = InstantField()


class CustomerDocumentShape(serializers.Serializer):
    """A document and its versions, the newest first."""

    id = serializers.IntegerField()
    customer = Named()
    title = serializers.CharField()
    category = column(Document, "category")
    holder = Named(allow_null=True, help_text="Who keeps the paper original.")
    valid_until = serializers.DateField(allow_null=True)
    retired_at = InstantField(allow_null=True, help_text="Out of use since then; it stays.")
    versions = DocumentFileShape(many=True, source="files.all")
    version = serializers.IntegerField(help_text="Of what is said of it.")


class VersionBody(Body):
    """A file."""

    file = serializers.FileField(
        allow_empty_file=True, max_length=200, help_text="PDF, JPEG, PNG, WebP, DOCX or XLSX."
    )
    client_uuid = serializers.UUIDField(
        required=False, help_text="Made by the sender; sent twice, it makes one version."
    )


class DocumentBody(VersionBody):
    """A file and what it is."""

    title = column(Document, "title", required=True, allow_blank=False)
    category = serializers.ChoiceField(Document.Category.choices)
    holder = KeyField(required=False)
    valid_until = serializers.DateField(required=False)
    note = column(Document, "note", required=False)


class ChangedDocument(Body):
    """Only what changes of what is said of it."""

    title = column(Document, "title", required=False, allow_blank=False)
    category = serializers.ChoiceField(Document.Category.choices, required=False)
    holder = VisibleField(queryset=directory(), required=False, allow_null=True)
    valid_until = serializers.DateField(required=False, allow_null=True)
    note = column(Document, "note", required=False)
    version = serializers.IntegerField(required=False, min_value=1, help_text="As it was seen.")


class FetchBody(Body):
    """Which version, and why."""

    number = serializers.IntegerField(min_value=1, max_value=32_767)
    reason = serializers.CharField(
        required=False, allow_blank=True, max_length=300,
        help_text="Who audits says why, of contracts, quotations and what is out of use.",
    )  # fmt: skip


class SeenBody(Body):
    """From what was seen."""

    version = serializers.IntegerField(
        min_value=1, max_value=2**31 - 1, help_text="As it was seen."
    )


class RetireBody(SeenBody):
    """Why it is out of use."""

    why = column(Document, "retired_why", required=True, allow_blank=False)


DocumentPage = page_of(CustomerDocumentShape)


class DocumentViewSet(ScopedViewSet):
    """Documents of customers that one sees."""

    model = Document
    content_negotiation_class = Uploads
    parser_classes = [Json, MultiPartParser]
    ways = {
        "list": Way(DocumentPage, asks=PageQuery),
        "retrieve": Way(CustomerDocumentShape),
        "renew": Way(CustomerDocumentShape, takes=VersionBody, statuses=(201,)),
        "partial_update": Way(CustomerDocumentShape, takes=ChangedDocument, versioned=True),
        "fetch": Way(OpenApiTypes.BINARY, takes=FetchBody),
        "retire": Way(CustomerDocumentShape, takes=RetireBody),
        "restore": Way(CustomerDocumentShape, takes=SeenBody),
    }

    def get_parsers(self):
        """A file comes in a form, and only there."""
        doing = getattr(self, "action", None) or self.action_map.get(self.request.method.lower())
        return [MultiPartParser() if doing in ("create", "renew") else Json()]

    def rows(self):
        return rows.with_files()

    def list(self, request):
        """The newest first."""
        found, following = keyset(self.get_queryset(), ("-pk",), self.said)
        return self.page(found, following, [row.customer_id for row in found])

    def retrieve(self, request, pk):
        """One document."""
        return self.shown(pk)

    def renew(self, request, pk):
        """Add a new version; the former ones stay."""
        document, given = self.get_object(), self.body()
        documents.renew(actor=request.user, document=document, **content(request, given))
        return self.shown(pk, 201)

    def partial_update(self, request, pk):
        """Change what is said of a document."""
        document, given = self.get_object(), self.body()
        version = self.version(given)
        documents.edit(actor=request.user, document=document, values=given, version=version)
        return self.shown(pk)

    @action(detail=True, methods=["post"])
    def fetch(self, request, pk):
        """The bytes of a version, as they are kept; each time written down before they leave."""
        document, given = self.get_object(), self.body()
        kind, data = documents.fetch(actor=request.user, document=document, **given)
        name = f"document-{document.pk}-{given['number']}.{kind}"
        return foreign(request, data, name, customers=[document.customer_id],
                       counted=Disclosure.Kind.API)  # fmt: skip

    @action(detail=True, methods=["post"])
    def retire(self, request, pk):
        """Take it out of use, with a reason; it stays as it is."""
        documents.retire(actor=request.user, document=self.get_object(), **self.body())
        return self.shown(pk)

    @action(detail=True, methods=["post"])
    def restore(self, request, pk):
        """Put it back into use."""
        documents.restore(actor=request.user, document=self.get_object(), **self.body())
        return self.shown(pk)

    def shown(self, pk, status=200):
        document = self.get_object(pk=pk)
        return self.answer(document, [document.customer_id], status)


class CustomerDocumentViewSet(ScopedViewSet):
    """Documents of one customer."""

    model = Customer
    content_negotiation_class = Uploads
    parser_classes = [Json, MultiPartParser]
    ways = {
        "list": Way(DocumentPage, asks=PageQuery),
        "create": Way(CustomerDocumentShape, takes=DocumentBody, statuses=(201,)),
    }
    get_parsers = DocumentViewSet.get_parsers

    def rows(self):
        return Customer.objects.all()

    def list(self, request, pk):
        """The newest first."""
        customer = self.get_object()
        seen = rows.with_files().visible_to(request.user).filter(customer=customer)
        found, following = keyset(seen, ("-pk",), self.said)
        return self.page(found, following, [customer.pk])

    def create(self, request, pk):
        """Add a document with its first file."""
        customer, given = self.get_object(), self.body()
        values = {name: given[name] for name in documents.SAID if name in given}
        if values.get("holder"):
            people = Person.objects.visible_to(request.user, Action.PERSON_VIEW)
            values["holder"] = people.filter(pk=values["holder"]).first()
        made = documents.add(
            actor=request.user, customer=customer, values=values, **content(request, given)
        )
        seen = rows.with_files().visible_to(request.user)
        return self.answer(seen.get(pk=made.pk), [customer.pk], 201)


def content(request, given):
    """data, name and number of what was sent; Refused where it is too large."""
    sent = given["file"]
    if "file" in getattr(request._request, "oversized", ()) or sent.size > files.MOST_BYTES:
        raise Refused(files.too_large(), field="file", code="too_large")
    return {"data": sent.read(), "name": sent.name, "client_uuid": given.get("client_uuid")}
