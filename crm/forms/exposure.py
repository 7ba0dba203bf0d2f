"""Forms: the files of another system, and which of their columns is which."""

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.selectors.exposure_columns import FILES
from kit.dates import FIRST_DAY
from kit.uploads import FILE_BYTES

PREFIX, SHAPE = "column", "shape"
NONE = "\N{MINUS SIGN}"  # chosen: no column tells this


def file_field(label, hint, required=True):
    attrs = {"accept": ".csv,.tsv,.txt,.xlsx,.json,.gz", "hx-preserve": "true"}
    return forms.FileField(
        label=label, help_text=hint, required=required, widget=forms.FileInput(attrs=attrs)
    )


class ExposureForm(forms.Form):
    """Three files; nothing of them is kept."""

    accounts = file_field(
        _("Account file"),
        _("One row per customer: number, name, and who looks after it if your system tells."),
    )
    owners = file_field(
        _("People file"),
        _("Your people with number and name, or who held which customer from when to when."),
        required=False,
    )
    activities = file_field(
        _("Activity file"),
        _("Visits, calls, tasks, orders or deals: customer, day, and who did it."),
    )
    as_of = forms.DateField(label=_("Last day that counts"), help_text=_("Without it, the last day in the activity file."), required=False, widget=forms.TextInput)  # fmt: skip
    day_order = forms.ChoiceField(
        label=_("Days like 3/4/2026"), required=False,
        choices=[("", _("As the file proves it")), ("dmy", _("Day first")), ("mdy", _("Month first"))],
    )  # fmt: skip

    def __init__(self, *args, oversized=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.oversized = oversized

    def clean(self):
        for kind in self.oversized:
            self.errors.pop(kind, None)
            self.add_error(kind, too_large())
        return self.cleaned_data

    def clean_as_of(self):
        day = self.cleaned_data["as_of"]
        if day and day < FIRST_DAY:
            raise forms.ValidationError(_("This day is too far in the past."))
        return day

    def columns(self):
        """What was chosen by hand: file → {column: header or "" for none}."""
        chosen = {}
        for kind, columns in FILES.items():
            for column in columns:
                if header := self.data.get(f"{PREFIX}-{kind}-{column.name}", ""):
                    chosen.setdefault(kind, {})[column.name] = "" if header == NONE else header
        return chosen

    def shapes(self):
        """For which headers it was chosen: file → fingerprint."""
        return {kind: shape for kind in FILES if (shape := self.data.get(f"{SHAPE}-{kind}"))}

    def ask(self, sheets):
        """Add a choice for each column of the files that could be read, filled with what was taken."""
        self.data = self.data.copy()
        for kind, sheet in sheets.items():
            if sheet.columns is None:  # another file stopped the reading before it
                continue
            self.fields[f"{SHAPE}-{kind}"] = forms.CharField(
                widget=forms.HiddenInput, required=False
            )
            self.data[f"{SHAPE}-{kind}"] = sheet.shape
            for column in FILES[kind]:
                name = f"{PREFIX}-{kind}-{column.name}"
                choices = [
                    (NONE, _("Not in the file")),
                    *((header, header) for header in sheet.headers),
                ]
                self.fields[name] = forms.ChoiceField(
                    label=column.label, choices=choices, required=column.needed
                )
                self.data[name] = sheet.columns.get(column.name) or NONE

    def asked(self):
        """The choices for the page: (title of the file, its fingerprint, its fields)."""
        asked = []
        for kind in FILES:
            names = [name for name in self.fields if name.startswith(f"{PREFIX}-{kind}-")]
            if names:
                shape = self[f"{SHAPE}-{kind}"]
                asked.append((self.fields[kind].label, shape, [self[name] for name in names]))
        return asked


def too_large():
    return _("This file is larger than %(limit)s MB.") % {"limit": FILE_BYTES // 2**20}
