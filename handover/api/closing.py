"""The end of a departure case: documents, signatures, certificate, outcome, calls afterwards."""

from drf_spectacular.types import OpenApiTypes
from rest_framework import serializers

from accounts.access import Action, Reach, reach
from handover.models import Departure, FollowUp, HandoverDocument, SignOff
from handover.selectors import certificate, certificate_pdf, follow_ups, outcome
from handover.selectors import documents as documents_of
from handover.services import documents, evidence
from handover.services import follow_ups as calls
from kit.api.base import ScopedViewSet, Way
from kit.api.shapes import Body, InstantField, KeyField, Named, column, page_of
from kit.disclosure import Disclosure
from kit.errors import NotAllowed
from kit.web import file


class PaperShape(serializers.Serializer):
    """The document of a customer whose paper original a line is, where the asker sees it."""

    id = serializers.IntegerField()
    title = serializers.CharField()


class DocumentShape(serializers.Serializer):
    """One line of the list of documents."""

    id = serializers.IntegerField()
    customer = Named(source="handover.customer", allow_null=True, default=None)
    kind = serializers.ChoiceField(HandoverDocument.Kind.choices)
    title = serializers.CharField(allow_blank=True)
    original = PaperShape(source="paper", allow_null=True)
    state = serializers.ChoiceField(HandoverDocument.State.choices)
    reason = serializers.CharField(allow_blank=True)
    ticked_by = Named(allow_null=True)
    ticked_at = InstantField(allow_null=True)
    version = serializers.IntegerField()


class Tick(Body):
    """What became of a document."""

    document = KeyField()
    state = serializers.ChoiceField(HandoverDocument.State.choices)
    why = serializers.CharField(max_length=300, required=False, allow_blank=True)
    version = serializers.IntegerField(min_value=0, help_text="As it was seen.")


class SignOffShape(serializers.Serializer):
    """One signature as it was given; signing itself asks for the password, on the page."""

    id = serializers.IntegerField()
    signer = serializers.ChoiceField(SignOff.Signer.choices)
    person = Named(allow_null=True)
    missing_because = serializers.CharField(allow_blank=True)
    signed_at = InstantField()
    digest = serializers.CharField(help_text="SHA-256 of what was signed.")
    is_intact = serializers.BooleanField()


class CertificateLine(serializers.Serializer):
    """A customer of the certificate."""

    customer = Named(source="handover.customer")
    successor = Named(source="handover.successor", allow_null=True)
    contacts = Named(many=True, help_text="Those whose names the asker may read.")
    number = serializers.IntegerField(help_text="How many contacts there were.")


class CertificateShape(serializers.Serializer):
    """What the certificate says."""

    titles = serializers.ListField(child=serializers.CharField(), help_text="English, Chinese.")
    texts = serializers.ListField(child=serializers.CharField(), help_text="English, Chinese.")
    lines = CertificateLine(many=True)
    open_items = serializers.IntegerField()


class ResultShape(serializers.Serializer):
    """What came of one customer."""

    customer = Named(source="handover.customer")
    successor = Named(source="handover.successor", allow_null=True)
    first = serializers.IntegerField(allow_null=True, help_text="Days until the first contact.")
    before = serializers.DecimalField(24, 2, allow_null=True)
    after = serializers.DecimalField(24, 2, allow_null=True)
    kept = serializers.BooleanField(allow_null=True)


class OutcomeShape(serializers.Serializer):
    """What came of a handover; money in the company's currency."""

    days = serializers.IntegerField(help_text="Since the last working day.")
    kept = serializers.IntegerField()
    lost = serializers.IntegerField()
    rows = ResultShape(many=True)


class FollowUpShape(serializers.Serializer):
    """One call after a handover."""

    id = serializers.IntegerField()
    customer = Named(source="handover.customer")
    days = serializers.IntegerField()
    due_on = serializers.DateField()
    result = serializers.ChoiceField([*FollowUp.Result.choices, ""], allow_blank=True)
    answers = serializers.DictField(child=serializers.CharField())
    note = serializers.CharField(allow_blank=True)
    called_by = Named(allow_null=True)
    called_at = InstantField(allow_null=True)
    version = serializers.IntegerField()


class Said(Body):
    """What came of a call."""

    result = serializers.ChoiceField(FollowUp.Result.choices)
    answers = serializers.DictField(child=serializers.CharField(max_length=1_000), required=False)
    note = column(FollowUp, "note")
    version = serializers.IntegerField(min_value=0, help_text="As it was seen.")


class ClosingViewSet(ScopedViewSet):
    """Papers of the cases that one sees."""

    model = Departure
    ways = {
        "documents": Way(page_of(DocumentShape)),
        "tick": Way(DocumentShape, takes=Tick),
        "sign_offs": Way(page_of(SignOffShape)),
        "certificate": Way(CertificateShape),
        "certificate_file": Way(OpenApiTypes.BINARY),
        "evidence": Way(OpenApiTypes.BINARY, takes=Body),
        "outcome": Way(OutcomeShape),
    }

    def documents(self, request, pk):
        """The documents of a case."""
        rows = documents_of.listed(request.user, self.get_object())
        return self.page(rows, None, [row.handover.customer_id for row in rows if row.handover])

    def tick(self, request, pk):
        """Say what became of a document; for whoever receives it."""
        departure, given = self.get_object(), self.body()
        row = self.seen(departure.documents.all(), given.pop("document"))
        documents.tick(actor=request.user, departure=departure, document=row, **given)
        rows = documents_of.listed(request.user, departure)
        shown = next(one for one in rows if one.pk == row.pk)
        return self.answer(shown, [shown.handover.customer_id] if shown.handover else [])

    def sign_offs(self, request, pk):
        """The signatures of a case, in order."""
        rows = SignOff.objects.visible_to(request.user).filter(departure=self.get_object())
        return self.page(list(rows.select_related("person")), None)

    def whole(self):
        """The case of the address, for who reads all of it; else 403."""
        departure = self.get_object()
        if not documents_of.reads_all(self.request.user, departure):
            raise NotAllowed()
        return departure

    def certificate_file(self, request, pk):
        """The certificate of a case as a PDF in both languages."""
        departure = self.whole()
        content, customers = certificate_pdf.certificate(request.user, departure)
        return file(request, content, f"handover-{departure.pk}.pdf", customers=customers,
                    kind=Disclosure.Kind.API)  # fmt: skip

    def evidence(self, request, pk):
        """The evidence of a closed case as a ZIP; taking it is written down. 409 while it is open."""
        departure = self.whole()
        self.body()
        content, customers = evidence.take(actor=request.user, departure=departure)
        return file(request, content, f"evidence-{departure.pk}.zip", customers=customers,
                    kind=Disclosure.Kind.API)  # fmt: skip

    def certificate(self, request, pk):
        """What the certificate of a case says."""
        departure = self.whole()
        paper = certificate.paper(request.user, departure)
        paper.open_items = len(paper.open)
        return self.answer(paper, [line.handover.customer_id for line in paper.lines])

    def outcome(self, request, pk):
        """What came of a handover."""
        departure = self.get_object()
        if reach(request.user, Action.CALL_VIEW) <= Reach.OWN:
            raise NotAllowed()
        found = outcome.outcome(request.user, departure)
        return self.answer(found, [one.handover.customer_id for one in found.rows])


class FollowUpViewSet(ScopedViewSet):
    """Calls after handovers, for the service line and the heads above."""

    model = FollowUp
    ways = {
        "list": Way(page_of(FollowUpShape)),
        "retrieve": Way(FollowUpShape),
        "save": Way(FollowUpShape, takes=Said),
    }

    def rows(self):
        return follow_ups.with_names(FollowUp.objects.all())

    def list(self, request):
        """Calls to be made, the oldest day first."""
        rows = follow_ups.to_call(request.user)
        return self.page(rows, None, [row.handover.customer_id for row in rows])

    def retrieve(self, request, pk):
        """One call."""
        row = self.get_object()
        return self.answer(row, [row.handover.customer_id])

    def save(self, request, pk):
        """Save what the customer said; the service line alone."""
        row, given = self.get_object(), self.body()
        given.setdefault("answers", {})
        calls.save(actor=request.user, follow_up=row, **given)
        return self.retrieve(request, pk)
