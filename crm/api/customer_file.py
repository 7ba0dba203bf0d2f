"""The customer file: what it asks for, the file of a customer, values written and confirmed."""

from rest_framework import serializers

from crm.models import Contact, Customer, Fact
from crm.selectors import customer_file as files
from crm.selectors import file_fields
from crm.services import customer_file
from kit.api.base import ScopedViewSet, Way
from kit.api.shapes import Body, InstantField, KeyField, Named


class OptionShape(serializers.Serializer):
    """A choice of a field, in both languages."""

    id = serializers.CharField()
    label = serializers.DictField(child=serializers.CharField())


class FieldShape(serializers.Serializer):
    """The definition of a field."""

    id = serializers.CharField()
    label = serializers.DictField(child=serializers.CharField(), source="pair")
    type = serializers.ChoiceField(list(file_fields.KINDS), source="kind")
    required = serializers.ListField(
        child=serializers.CharField(), help_text="Tiers that ask for it."
    )
    weight = serializers.IntegerField()
    refresh_days = serializers.IntegerField(help_text="How long a confirmation counts in full.")
    options = serializers.SerializerMethodField()
    kept_elsewhere = serializers.BooleanField(
        source="is_kept_elsewhere", help_text="Confirmed here, changed where it is kept."
    )

    def get_options(self, one) -> list[dict]:
        return [{"id": name, "label": pair} for name, pair in one.options]


class PartDefinition(serializers.Serializer):
    """One of the five parts, with the fields in use."""

    id = serializers.CharField()
    label = serializers.DictField(child=serializers.CharField(), source="pair")
    weight = serializers.IntegerField()
    repeats = serializers.BooleanField(help_text="Asked for every person of it.")
    asked = FieldShape(many=True, source="fields_in_use")


class DefinitionsShape(serializers.Serializer):
    """What the customer file asks for."""

    parts = PartDefinition(many=True)


class FileCell(serializers.Serializer):
    """One field of one subject."""

    field = serializers.CharField(source="field.id")
    value = serializers.JSONField(
        allow_null=True, help_text="Null where there is none, or where it is kept elsewhere."
    )
    words = serializers.ListField(
        child=serializers.CharField(), help_text="The value in the asker's language."
    )
    note = serializers.CharField()
    required = serializers.BooleanField()
    state = serializers.ChoiceField(["missing", "fresh", "old", "stale"])
    source = serializers.CharField(source="fact.source", default="")
    confirmed_at = InstantField(source="at", allow_null=True)
    confirmed_by = Named(source="by", allow_null=True)
    version = serializers.IntegerField()


class SubjectShape(serializers.Serializer):
    """The customer itself, or one person there."""

    contact = Named(allow_null=True)
    cells = FileCell(many=True)


class PartShape(serializers.Serializer):
    """One part; `hidden` where the asker may not see what it says."""

    id = serializers.CharField(source="part.id")
    percent = serializers.IntegerField(allow_null=True, help_text="null where it is hidden.")
    hidden = serializers.BooleanField()
    subjects = SubjectShape(many=True)


class FileShape(serializers.Serializer):
    """The file of a customer; `total` is that of the parts the asker sees, `target` what its tier
    should reach.
    """

    total = serializers.IntegerField()
    target = serializers.IntegerField()
    parts = PartShape(many=True)


class GivenField(Body):
    """A value of a field. Without `value` it is emptied; `version` 0 where there was none."""

    value = serializers.JSONField(required=False, allow_null=True)
    note = serializers.CharField(required=False, allow_blank=True, max_length=customer_file.NOTE)
    version = serializers.IntegerField(required=False, min_value=0, max_value=2**31 - 1)


class PartBody(Body):
    """Which part, of whom."""

    part = serializers.CharField(max_length=40)
    contact = KeyField(required=False, help_text="In a part that repeats: which person.")


class SourceBody(PartBody):
    """How it is known."""

    source = serializers.ChoiceField(Fact.Source.choices, default=Fact.Source.VISIT)


class SaveBody(SourceBody):
    """Values of one part."""

    values = serializers.DictField(child=GivenField(), help_text="By id of the field.")


class AskBody(PartBody):
    """Which field somebody should find out."""

    field = serializers.CharField(max_length=40)


class AskedShape(serializers.Serializer):
    """The task that a question became."""

    task = serializers.IntegerField(source="pk")


class FileFieldViewSet(ScopedViewSet):
    """What the customer file asks for, as the company has it."""

    model = Fact
    ways = {"retrieve": Way(DefinitionsShape)}

    def retrieve(self, request):
        """The parts and their fields."""
        return self.answer({"parts": file_fields.parts()})


class CustomerFileViewSet(ScopedViewSet):
    """The file of a customer."""

    model = Customer
    ways = {
        "retrieve": Way(FileShape),
        "save": Way(FileShape, takes=SaveBody),
        "confirm": Way(FileShape, takes=SourceBody),
        "ask": Way(AskedShape, takes=AskBody),
    }

    def rows(self):
        return Customer.objects.filter(kind=Customer.Kind.ORGANISATION)

    def retrieve(self, request, pk):
        """The five parts with their values; guarded parts only for who may see them."""
        customer = self.get_object()
        return self.answer(files.of_customer(request.user, customer), [customer.pk])

    def save(self, request, pk):
        """Write values of one part; whoever was faster is a conflict at the field."""
        customer_file.save(**self.about())
        return self.retrieve(request, pk)

    def confirm(self, request, pk):
        """All that is filled in a part is still correct."""
        customer_file.confirm(**self.about())
        return self.retrieve(request, pk)

    def ask(self, request, pk):
        """Ask whoever answers for the customer for one field."""
        about = self.about()
        return self.answer(customer_file.ask(**about), [about["customer"].pk])

    def about(self):
        """The arguments of a verb: customer, person and what the body says."""
        customer, given = self.get_object(), self.body()
        if given.get("contact"):
            given["contact"] = self.seen(Contact, given["contact"])
        return {"actor": self.request.user, "customer": customer} | given
