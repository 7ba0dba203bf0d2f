"""What is typed about one part of a customer's file; its fields come from the company's definitions."""

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.forms.contacts import DayField
from crm.forms.trade import NumberField
from crm.models import Fact
from crm.selectors.trade import company_currency
from crm.services import customer_file

AREA = forms.Textarea(attrs={"rows": 3})
LINES = customer_file.LINE * customer_file.LINES


class LinesField(forms.CharField):
    """Several texts, one per line."""

    widget = AREA

    def prepare_value(self, value):
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value):
        return [line.strip() for line in super().clean(value).splitlines() if line.strip()]


class MoneyWidget(forms.MultiWidget):
    """An amount and its currency."""

    def __init__(self):
        amount = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        code = forms.TextInput(
            attrs={"maxlength": 3, "autocomplete": "off", "aria-label": _("Currency")}
        )
        super().__init__({"": amount, "currency": code})

    def id_for_label(self, id_):
        return f"{id_}_0"

    def decompress(self, value):
        return [value["amount"], value["currency"]] if value else ["", company_currency()]


class MoneyField(forms.MultiValueField):
    """An amount in a currency; without an amount it is nothing."""

    def __init__(self, **options):
        parts = (NumberField(required=False), forms.CharField(required=False, max_length=3))
        super().__init__(fields=parts, widget=MoneyWidget(), require_all_fields=False, **options)

    def compress(self, data):
        if not data or data[0] is None:
            return None
        return {"amount": str(data[0]), "currency": data[1] or company_currency()}


def control(one):
    """The form field of a definition."""
    told = {"label": one.label, "help_text": one.help, "required": False}
    if one.kind == "choice":
        return forms.ChoiceField(choices=[("", _("Not provided")), *one.choices], **told)
    if one.kind == "list":
        return LinesField(max_length=LINES, **told)
    if one.kind in ("number", "percent"):
        return NumberField(**told)
    if one.kind == "money":
        return MoneyField(**told)
    if one.kind == "date":
        return DayField(label=one.label, help_text=one.help)
    return forms.CharField(max_length=customer_file.TEXT, widget=AREA, **told)


class PartForm(forms.Form):
    """The fields of one part, of one subject, that are kept in the file itself.

    subject: the Subject with what is known, of which `initial` is made. draft: the key under which a
    browser keeps what was typed until it arrives.
    """

    all_optional = True  # said once, not at every field

    def __init__(self, data=None, *, subject, draft):
        self.cells = [cell for cell in subject.cells if not cell.field.is_kept_elsewhere]
        super().__init__(data, initial={"source": Fact.Source.VISIT})
        for cell in self.cells:
            name = cell.field.id
            self.fields[name] = control(cell.field)
            self.fields[name].widget.attrs["data-draft"] = draft
            self.fields[f"{name}-note"] = forms.CharField(
                label=_("Note"), required=False, max_length=customer_file.NOTE,
                widget=forms.TextInput(attrs={"data-draft": draft}),
            )  # fmt: skip
            self.fields[f"{name}-version"] = forms.IntegerField(
                widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1
            )
            self.initial |= {name: cell.value, f"{name}-note": cell.note,
                             f"{name}-version": cell.version}  # fmt: skip
        self.fields["source"] = forms.ChoiceField(
            label=_("How do you know it?"), choices=Fact.Source.choices, widget=forms.RadioSelect
        )

    def rows(self):
        """(cell, control, note, version) of each field."""
        return [
            (cell, self[cell.field.id], self[f"{cell.field.id}-note"], self[f"{cell.field.id}-version"])
            for cell in self.cells
        ]  # fmt: skip

    def values(self):
        """What the service takes; `typed` keeps it, since what is refused leaves `cleaned_data`."""
        given = self.cleaned_data
        self.typed = {
            cell.field.id: {
                "value": plain(given[cell.field.id]), "note": given[f"{cell.field.id}-note"],
                "version": given[f"{cell.field.id}-version"] or 0,
            }
            for cell in self.cells
        }  # fmt: skip
        return self.typed


def plain(value):
    """A typed value as the service takes it."""
    return value.isoformat() if hasattr(value, "isoformat") else value
