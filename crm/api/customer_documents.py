"""Documents of customers: listed, added, renewed, and their files handed out to be saved."""

from rest_framework import serializers
from rest_framework.parsers import MultiPartParser

from accounts.access import Action
from accounts.models import Person
from crm.api.imports import Uploads
from crm.models import Customer, Document, DocumentFile
from crm.selectors import customer_documents as rows
from crm.services import customer_documents as documents
from kit import files
from kit.api.base import ScopedViewSet, Way
from kit.api.paging import keyset
from kit.api.reading import Json
from kit.api.shapes import Body, InstantField, KeyField, Named, PageQuery, column, page_of
from kit.errors import Refused


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
    versions = DocumentFileShape(many=True, source="files.all")


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
