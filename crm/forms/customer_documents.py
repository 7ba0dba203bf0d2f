"""What is typed about a document, and its file."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.forms.contacts import DayField
from crm.forms.links import colleague
from crm.models import Document
from kit import files
from kit.versions import SeenForm

TYPES = "image/*,.pdf,.docx,.xlsx"


class VersionForm(forms.Form):
    """A file: chosen, or taken with the camera."""

    file = forms.FileField(
        label=_("File"), max_length=200, allow_empty_file=True,
        help_text=_("PDF, photo, DOCX or XLSX, at most 10 MB. Place and device are removed from photos."),
        widget=forms.FileInput(attrs={"accept": TYPES}),
    )  # fmt: skip
    camera = forms.FileField(
        label=_("Or take a photo"), required=False, max_length=200,
        widget=forms.FileInput(attrs={"accept": "image/*", "capture": "environment"}),
    )  # fmt: skip
    client_uuid = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args, oversized=(), **options):
        super().__init__(*args, **options)
        self.oversized = oversized
        if self.files.get("camera"):
            self.fields["file"].required = False

    def clean(self):
        sent = self.cleaned_data.get("camera") or self.cleaned_data.get("file")
        if {"file", "camera"} & set(self.oversized) or (sent and sent.size > files.MOST_BYTES):
            self.errors.pop("file", None)
            self.add_error("file", files.too_large())
        self.cleaned_data["sent"] = sent
        return self.cleaned_data

    def content(self):
        """data and name, as the verbs take them."""
        sent = self.cleaned_data["sent"]
        return {"data": sent.read(), "name": sent.name}


class AboutForm(forms.Form):
    """What is said of a document."""

    SAID = ("title", "category", "holder", "valid_until", "note")
    title = forms.CharField(label=pgettext_lazy("document", "Title"), max_length=120)
    category = forms.ChoiceField(
        label=pgettext_lazy("document", "Kind"), choices=Document.Category, widget=forms.RadioSelect
    )
    holder = forms.CharField(
        label=_("Paper original with"), max_length=80, required=False,
        help_text=_("Name or user name of a colleague"),
    )  # fmt: skip
    valid_until = DayField(label=_("Valid until"))
    note = forms.CharField(label=_("Note"), max_length=300, required=False)

    def __init__(self, *args, people, **options):
        super().__init__(*args, **options)
        self.people = people

    def clean_holder(self):
        """The one colleague of that name or user name; nobody where none is named."""
        typed = self.cleaned_data["holder"].strip()
        return colleague(self.people, typed) if typed else None

    def said(self):
        return {name: self.cleaned_data[name] for name in self.SAID}


class NewDocumentForm(AboutForm, VersionForm):
    """Both at once."""

    field_order = ("file", "camera", *AboutForm.SAID)


class RetireForm(SeenForm):
    """Why a document is taken out of use."""

    why = forms.CharField(
        label=pgettext_lazy("document", "Why"), max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say why it is taken out of use")},
    )  # fmt: skip


class ReasonForm(forms.Form):
    """Why files are opened; said by who audits."""

    reason = forms.CharField(label=_("Why you need it"), max_length=300)


class ChangeForm(SeenForm, AboutForm):
    """What is said, over the version that was read."""
