"""What is typed about activities: the log sheet, a correction, the filter of a timeline."""

import uuid
from datetime import timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.forms.contacts import DayField
from crm.models import Activity, Customer
from crm.selectors.timeline import SEAT
from kit.templatetags.words import shown_name
from kit.versions import VersionField

STEPS = [("", _("None")), ("1", _("Tomorrow")), ("3", _("3 days")), ("7", _("Next week"))]
PLACEHOLDER = _("What happened, what was promised, what next")
KINDS = Activity.Kind.choices


class KeysField(forms.Field):
    """Keys of rows, as ticked; whether they are good the service says."""

    widget = forms.SelectMultiple

    def to_python(self, value):
        try:
            return tuple(int(key) for key in (value or ())[:100])
        except (TypeError, ValueError):
            raise forms.ValidationError(_("Choose from the list.")) from None


class MomentField(forms.DateTimeField):
    """A day and a time in the zone of the person, typed as 2026-11-22 14:05; blank means now."""

    def __init__(self, **options):
        super().__init__(
            required=False, widget=forms.DateTimeInput(format="%Y-%m-%d %H:%M"),
            error_messages={"invalid": _("Enter a day and a time such as 2026-11-22 14:05")}, **options,
        )  # fmt: skip


class ActivityForm(forms.Form):
    """What can be said about an activity, at first and in a correction."""

    kind = forms.ChoiceField(label=_("Kind"), choices=KINDS, required=False)
    happened_at = MomentField(label=_("When"))
    note = forms.CharField(
        label=_("Note"), max_length=10_000, required=False,
        widget=forms.Textarea(attrs={"rows": 4, "placeholder": PLACEHOLDER}),
    )  # fmt: skip
    contacts = KeysField(label=_("Met"), required=False)
    next_step = forms.CharField(label=_("Next step"), max_length=200, required=False)

    def clean_kind(self):
        return self.cleaned_data["kind"] or Activity.Kind.VISIT


class LogForm(ActivityForm):
    """The log sheet, and its page for browsers without scripts."""

    client_uuid = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages={
            "invalid": _("This form is out of date. Load the page again."),
            "required": _("This form is out of date. Load the page again."),
        },
    )
    customer = forms.IntegerField(
        label=_("Customer"),
        error_messages={"required": _("Choose a customer"), "invalid": _("Choose a customer")},
    )
    # Seconds between the first Save and this sending; the sheet counts them while offline.
    ago = forms.IntegerField(
        widget=forms.HiddenInput, required=False, min_value=0, max_value=864_000
    )
    visitors = KeysField(label=_("With"), required=False)
    # The task by which this was planned; what is no key of one is as good as none.
    task = forms.CharField(widget=forms.HiddenInput, required=False)
    next_in = forms.ChoiceField(
        label=_("Next step"), choices=STEPS, required=False, widget=forms.RadioSelect
    )

    def __init__(self, data=None, **options):
        super().__init__(data, **options)
        self.fields["client_uuid"].initial = uuid.uuid4

    def clean_customer(self):
        """A key of a customer; the service knows whether it is one of this person's."""
        key = self.cleaned_data["customer"]
        if not 0 < key < 2**63:
            raise forms.ValidationError(_("Choose a customer"))
        return Customer(pk=key)

    def clean_task(self):
        """The key of a task, or None: a visit is never lost for its plan."""
        key = self.cleaned_data["task"]
        return int(key) if key.isascii() and key.isdigit() and len(key) < 19 else None

    @property
    def said(self):
        """The arguments of the service."""
        given = self.cleaned_data
        ago = timedelta(seconds=given["ago"] or 0)
        names = (
            "customer",
            "client_uuid",
            "kind",
            "happened_at",
            "note",
            "contacts",
            "visitors",
            "next_step",
            "task",
        )
        said = {name: given[name] for name in names} | {"ago": ago}
        if given["next_in"]:
            written = timezone.localdate(timezone.now() - ago)
            said["next_step_on"] = written + timedelta(days=int(given["next_in"]))
        return said


class CorrectForm(ActivityForm):
    """A correction: another version of what was said."""

    next_step_on = DayField(label=_("Next step by"))
    version = VersionField()

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["kind"].required = self.fields["happened_at"].required = True

    @property
    def values(self):
        """The fields of the correction that the service takes."""
        names = ("kind", "happened_at", "note", "contacts", "next_step", "next_step_on")
        values = {name: self.cleaned_data[name] for name in names}
        if "happened_at" not in self.changed_data:
            del values["happened_at"]  # the minute shown is not the second that was stored
        return values


class TimelineFilter(forms.Form):
    """Kind and person of a timeline; what is not in the list narrows nothing."""

    kind = forms.ChoiceField(
        label=_("Kind"),
        required=False,
        choices=[("", _("All")), *KINDS, (SEAT, _("Changes of seats"))],
    )
    who = forms.ChoiceField(label=_("Person"), required=False)

    def __init__(self, data, people):
        super().__init__(data)
        self.people = {str(person.pk): person for person in people}
        self.fields["who"].choices = [("", _("All"))] + [
            (key, shown_name(person)) for key, person in self.people.items()
        ]

    @property
    def chosen(self):
        """(kind, key of the person or None)."""
        self.full_clean()
        given = self.cleaned_data
        return given.get("kind", ""), int(given["who"]) if given.get("who") else None
