"""What came of a call after a freeze, an attempt that reached nobody, meetings that are ticked."""

from datetime import timedelta
from uuid import uuid4

from django import forms
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.forms.activities import KeysField
from crm.models import Activity
from handover.models import EmergencyCall
from kit.dates import company_zone, today
from kit.versions import VersionField


class CallForm(forms.Form):
    """Somebody was reached: what they said, what follows."""

    client_uuid = forms.UUIDField(widget=forms.HiddenInput)
    outcome = forms.ChoiceField(
        label=gettext_lazy("What came of it"), choices=EmergencyCall.Outcome.choices,
        widget=forms.RadioSelect, error_messages={"required": gettext_lazy("Choose what came of it")},
    )  # fmt: skip
    contacts = KeysField(label=gettext_lazy("Spoken with"), required=False)
    note = forms.CharField(
        label=gettext_lazy("What was said"), max_length=10_000, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    next_step = forms.CharField(
        label=gettext_lazy("Promise or next step"), max_length=200, required=False,
        help_text=gettext_lazy("Due tomorrow; it shows on Today of whoever answers."),
    )  # fmt: skip

    def __init__(self, data=None, **options):
        super().__init__(data, initial={"client_uuid": uuid4()}, **options)

    @property
    def said(self):
        """The fields of the activity."""
        given = {name: self.cleaned_data[name] for name in ("note", "contacts", "next_step")}
        day = today(company_zone()) + timedelta(days=1)
        return given | {"next_step_on": day if given["next_step"] else None}


class AttemptForm(forms.Form):
    """How it was tried."""

    CHANNELS = [(one.value, one.label) for one in
                (Activity.Kind.CALL, Activity.Kind.MESSAGE, Activity.Kind.VISIT)]  # fmt: skip
    channel = forms.ChoiceField(
        label=gettext_lazy("Tried by"), choices=CHANNELS, widget=forms.RadioSelect
    )
    version = VersionField()


class MeetingsForm(forms.Form):
    """Ticked meetings: `call` repeated as "key@instant"."""

    def __init__(self, data=None, **options):
        super().__init__(data, **options)
        self.meetings = []

    def clean(self):
        """[(key of the call, instant)] in `meetings`."""
        for text in self.data.getlist("call")[:100]:
            key, _at, instant = text.partition("@")
            at = read(instant)
            if not (key.isascii() and key.isdigit() and len(key) < 19 and at):
                raise forms.ValidationError(_("Choose from the list."))
            self.meetings.append((int(key), at))
        return super().clean()


def read(text):
    """An instant with its offset, or None."""
    try:
        at = parse_datetime(text[:40])
    except ValueError:
        return None
    return at if at is not None and at.tzinfo else None
