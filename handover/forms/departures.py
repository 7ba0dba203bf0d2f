"""What is typed about a departure: who, when, which kind; who takes over; why it ends."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from accounts.selectors.people import directory
from handover.models import Departure
from kit.versions import VersionField

DAYS = ["%Y-%m-%d"]
WRONG = {"invalid_choice": _("Choose one of these people."),
         "invalid_pk_value": _("Choose one of these people.")}  # fmt: skip


class DayField(forms.DateField):
    """A calendar day typed as 2026-11-22."""

    widget = forms.TextInput

    def __init__(self, **options):
        super().__init__(input_formats=DAYS, **options)
        self.error_messages["invalid"] = _("Enter a day such as 2026-11-22")

    def prepare_value(self, value):
        return value.isoformat() if hasattr(value, "isoformat") else value


class OneField(forms.ModelChoiceField):
    """One of ours, out of a list by name."""

    def __init__(self, **options):
        super().__init__(Person.objects.none(), error_messages=dict(WRONG), **options)

    def label_from_instance(self, person):
        return person.display_name


class SeveralField(forms.ModelMultipleChoiceField):
    """Several of ours, out of a list by name."""

    def __init__(self, **options):
        super().__init__(
            Person.objects.none(), error_messages=dict(WRONG), required=False, **options
        )

    def label_from_instance(self, person):
        return person.display_name


def here():
    """People who can leave, know or take part: all but those who have left."""
    return directory().exclude(state=Person.State.LEFT).order_by("sort_key", "pk")


class NewForm(forms.Form):
    """Three questions; the rest is for some cases only."""

    person = OneField(label=_("Who"), empty_label="–")
    last_day = DayField(label=_("Last working day"), help_text=_("For example 2026-12-18"))
    kind = forms.ChoiceField(
        label=_("Kind"), choices=Departure.Kind, widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of these kinds."),
                        "invalid_choice": _("Choose one of these kinds.")},
    )  # fmt: skip
    others = SeveralField(
        label=_("Others who leave on the same day"),
        help_text=_("Each gets a plan; none of them is proposed to take over."),
    )
    confidential_until = DayField(
        label=_("Confidential until"), required=False,
        help_text=_("Until work begins on this day only those named see anything of it."),
    )  # fmt: skip
    named = SeveralField(label=_("Who may know"))
    client_uuid = forms.UUIDField(widget=forms.HiddenInput, required=False)
    rare = ("others", "confidential_until", "named")

    def __init__(self, *args, viewer, **options):
        super().__init__(*args, **options)
        people = here().exclude(pk=viewer.pk).visible_to(viewer)
        for name in ("person", "others", "named"):
            self.fields[name].queryset = people

    @property
    def rare_fields(self):
        return [self[name] for name in self.rare]

    @property
    def is_rare(self):
        """Whether one of the rare questions was answered, or answered wrongly."""
        return any(self[name].value() or self[name].errors for name in self.rare)


class TermsForm(forms.Form):
    """What can be changed of a plan."""

    last_day = DayField(label=_("Last working day"))
    kind = forms.ChoiceField(label=_("Kind"), choices=Departure.Kind)
    witness = OneField(
        label=_("Witness"), required=False, empty_label="–",
        help_text=_("Somebody neutral who watches the handover: neither leaver nor receiver."),
    )  # fmt: skip
    confidential_until = DayField(label=_("Confidential until"), required=False)
    named = SeveralField(label=_("Who may know"))
    version = VersionField()

    def __init__(self, *args, viewer, departure, **options):
        super().__init__(*args, **options)
        people = here().exclude(pk=departure.person_id).visible_to(viewer)
        self.fields["witness"].queryset = self.fields["named"].queryset = people
        if departure.state != Departure.State.DRAFT:
            del self.fields["last_day"], self.fields["kind"]
        if departure.revealed_at:
            del self.fields["confidential_until"], self.fields["named"]


class GiveForm(forms.Form):
    """Which customers of a plan go to whom: those ticked, or all that somebody was proposed for."""

    successor = OneField(label=_("Who takes over"), required=False, empty_label=_("Nobody yet"))
    source = OneField(label=_("All customers of"), required=False, empty_label=_("those ticked"))

    def __init__(self, *args, people, sources, **options):
        super().__init__(*args, **options)
        self.fields["successor"].queryset = people
        self.fields["source"].queryset = sources


class SeatForm(forms.Form):
    """Who takes the other seats that are ticked."""

    successor = OneField(label=_("Who takes over"), required=False, empty_label=_("Nobody"))

    def __init__(self, *args, people, **options):
        super().__init__(*args, **options)
        self.fields["successor"].queryset = people


class TaskForm(forms.Form):
    """Who does a task of a plan, and by when."""

    person = OneField(label=_("Who"), required=False, empty_label=_("Nobody yet"))
    due_on = DayField(label=_("Due"))

    def __init__(self, *args, viewer, **options):
        super().__init__(*args, **options)
        self.fields["person"].queryset = here().visible_to(viewer)


class WhyForm(forms.Form):
    """The reason of an act that is not undone by a click."""

    reason = forms.CharField(
        label=_("Why"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why.")},
    )  # fmt: skip
