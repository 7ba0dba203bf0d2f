"""MAN of a customer: the three letters, what is recommended, the step as a task."""

from rest_framework import serializers

from crm.models import Contact, Customer, Finding
from crm.selectors import qualification as shapes
from crm.services import qualification
from kit.api.base import ScopedViewSet, Way
from kit.api.shapes import Body, InstantField, KeyField, Named


class ReadingShape(serializers.Serializer):
    """One letter as it reads today."""

    letter = serializers.CharField(source="letter.id")
    label = serializers.CharField(source="letter.label")
    question = serializers.CharField(source="letter.question")
    value = serializers.ChoiceField(Finding.Value.choices)
    evidence = serializers.ListField(child=serializers.CharField())
    contact = Named(source="finding.contact", allow_null=True, default=None)
    found_on = serializers.DateField(source="finding.found_on", allow_null=True, default=None)
    valid_until = serializers.DateField(
        source="last_day", allow_null=True, default=None,
        help_text="The last day; later it reads unknown.",
    )  # fmt: skip
    expired = serializers.SerializerMethodField(help_text="It was yes or no and is too old.")
    said_by = Named(source="finding.said_by", allow_null=True, default=None)
    said_at = InstantField(source="finding.said_at", allow_null=True, default=None)
    version = serializers.IntegerField()

    def get_expired(self, one) -> bool:
        return one.expired_on is not None


class ManShape(serializers.Serializer):
    """MAN of a customer. Beside others an unknown letter counts as no; of three, nothing is known."""

    letters = ReadingShape(many=True, source="readings")
    combination = serializers.CharField(source="row.id")
    recommendation = serializers.CharField()
    why = serializers.CharField()
    next_step = serializers.CharField()
    next_step_role = serializers.CharField(source="role")
    ask = serializers.SerializerMethodField(help_text="Questions of the next visit.")
    is_stopped = serializers.BooleanField(help_text="All three are an evidenced no.")

    def get_ask(self, one) -> list[str]:
        return [reading.letter.question for reading in one.unknown]


class FindingBody(Body):
    """What was found of a letter."""

    letter = serializers.ChoiceField(Finding.Letter.choices)
    value = serializers.ChoiceField(Finding.Value.choices)
    evidence = serializers.CharField(
        required=False, max_length=400, help_text="An entry of the list, in English."
    )
    words = serializers.CharField(required=False, allow_blank=True, max_length=300)
    contact = KeyField(required=False, help_text="Who decides; a yes of authority needs it.")
    found_on = serializers.DateField(required=False, help_text="Day of the evidence; else today.")
    version = serializers.IntegerField(
        default=0, min_value=0, max_value=2**31 - 1, help_text="As it was seen; 0 where none was."
    )


class PlannedShape(serializers.Serializer):
    """The task that a step became."""

    task = serializers.IntegerField(source="pk")


class CustomerManViewSet(ScopedViewSet):
    """MAN of a customer."""

    model = Customer
    ways = {
        "retrieve": Way(ManShape),
        "save": Way(ManShape, takes=FindingBody),
        "step": Way(PlannedShape, takes=Body),
    }

    def retrieve(self, request, pk):
        """The three letters, and what is recommended."""
        customer = self.get_object()
        return self.answer(shapes.of_customer(request.user, customer), [customer.pk])

    def save(self, request, pk):
        """Say what was found of one letter; whoever was faster is a conflict."""
        customer, given = self.get_object(), self.body()
        letter, version = given.pop("letter"), given.pop("version")
        if given.get("contact"):
            given["contact"] = self.seen(Contact, given["contact"])
        given["evidence"] = shapes.key_in_english(letter, given.get("evidence", ""))
        qualification.save(
            actor=request.user, customer=customer, letter=letter, values=given, version=version
        )
        return self.retrieve(request, pk)

    def step(self, request, pk):
        """The recommended step becomes a task."""
        customer = self.get_object()
        self.body()
        task = qualification.plan_step(actor=request.user, customer=customer)
        return self.answer(task, [customer.pk])
