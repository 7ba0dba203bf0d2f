"""What is typed about a field of the customer file."""

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.models import Customer
from crm.selectors.file_fields import KINDS
from crm.services import file_fields

TEXTS = ("label", "help")


class FieldForm(forms.Form):
    """A definition: texts in both languages, who asks for it, how much it counts and how long."""

    label_en = forms.CharField(label=_("Label in English"), max_length=file_fields.LABEL)
    label_zh = forms.CharField(label=_("Label in Chinese"), max_length=file_fields.LABEL)
    help_en = forms.CharField(
        label=_("Hint in English"), max_length=file_fields.HELP, required=False
    )
    help_zh = forms.CharField(
        label=_("Hint in Chinese"), max_length=file_fields.HELP, required=False
    )
    required = forms.MultipleChoiceField(
        label=_("Required for tiers"), choices=Customer.Tier.choices, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    weight = forms.IntegerField(
        label=_("Weight"), help_text=_("Points beside the other fields of this part")
    )
    refresh_days = forms.IntegerField(
        label=_("Confirm again after days"), help_text=_("Until then a value counts in full.")
    )

    seen = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)

    def definition(self):
        """What a service takes."""
        given = self.cleaned_data
        texts = {name: {one: given[f"{name}_{one}"] for one in ("en", "zh")} for name in TEXTS}
        return texts | {name: given[name] for name in ("required", "weight", "refresh_days")}


class NewFieldForm(FieldForm):
    """A field of the company's own, with its kind."""

    kind = forms.ChoiceField(label=_("Kind"), choices=list(KINDS.items()))
    options = forms.CharField(
        label=_("Options"), required=False, max_length=4_000, widget=forms.Textarea,
        help_text=_("Of a choice: one per line, English / Chinese"),
    )  # fmt: skip
    field_order = ["kind", "label_en", "label_zh", "help_en", "help_zh", "options"]

    def pairs(self):
        """The options as pairs of texts."""
        rows = [line.partition("/") for line in self.cleaned_data["options"].splitlines()]
        return [{"en": en.strip(), "zh": zh.strip() or en.strip()} for en, _sign, zh in rows]
