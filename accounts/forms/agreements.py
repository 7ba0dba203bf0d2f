"""What is typed about agreements: texts, terms, whom to ask, what was signed on paper."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Agreement
from kit.templatetags.words import shown_name

MONTHS = {"required": False, "min_value": 0, "max_value": 600}


class TextForm(forms.Form):
    """An agreement in both languages."""

    title_en = forms.CharField(label=_("Title in English"), max_length=200)
    text_en = forms.CharField(
        label=_("Text in English"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 16}),
        help_text=_("{company}, {person} and {post} are filled in when it is signed. "
                    "An empty line begins a paragraph, **two stars** make bold."),
    )  # fmt: skip
    title_zh = forms.CharField(label=_("Title in Chinese"), max_length=200)
    text_zh = forms.CharField(
        label=_("Text in Chinese"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 16})
    )

    seen = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)

    def texts(self):
        """The cleaned values as the service takes them."""
        given = self.cleaned_data
        return {name: {"en": given[f"{name}_en"], "zh": given[f"{name}_zh"]}
                for name in ("title", "text")}  # fmt: skip


class PublishForm(forms.Form):
    """The terms of a version, and that counsel has read it."""

    audience = forms.ChoiceField(
        label=_("Who signs it"), choices=Agreement.Audience.choices, widget=forms.RadioSelect
    )
    months = forms.IntegerField(
        label=_("Signed again after so many months"), **MONTHS,
        help_text=_("Empty: one signature is enough for this version."),
    )  # fmt: skip
    months_after = forms.IntegerField(
        label=_("Binds for so many months after leaving"), **MONTHS,
        help_text=_("0: not at all. Empty: without a fixed end."),
    )  # fmt: skip
    counsel = forms.BooleanField(label=_("Counsel has read and approved both texts"))
    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def terms(self):
        return {name: self.cleaned_data[name] or (0 if self.cleaned_data[name] == 0 else None)
                for name in ("months", "months_after")} | {
            "audience": self.cleaned_data["audience"]}  # fmt: skip


class PeopleField(forms.ModelChoiceField):
    """One of our people."""

    def label_from_instance(self, person):
        return shown_name(person)


class AskForm(forms.Form):
    """Whom to ask."""

    person = PeopleField(None, label=_("Who is to sign"), empty_label="–")

    def __init__(self, data=None, *, people, **options):
        super().__init__(data, **options)
        self.fields["person"].queryset = people


class PaperForm(AskForm):
    """Who signed on paper, when, and where it lies."""

    signed_on = forms.DateField(
        label=_("Signed on"), widget=forms.TextInput, input_formats=["%Y-%m-%d"],
        help_text=_("For example 2026-11-22"),
    )  # fmt: skip
    kept_at = forms.CharField(
        label=_("Where the paper is kept"), max_length=120,
        help_text=_("For example the folder and the cabinet"),
    )  # fmt: skip


class SignForm(forms.Form):
    """That it was read and is agreed to, and the digest of what was read."""

    agreed = forms.BooleanField(label=_("I have read this agreement and agree to it."))
    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)
