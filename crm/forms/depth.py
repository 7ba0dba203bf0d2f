"""The days of the evidence of one level."""

from datetime import date

from django import forms

from crm.forms.contacts import DayField
from kit.versions import VersionField


class LevelForm(forms.Form):
    """One day for each evidence that a level needs."""

    version = VersionField()

    def __init__(self, data=None, *, level, known=None):
        """level: the definition. known: the row as it is, or None."""
        same = known is not None and known.level == level.level
        super().__init__(data, initial={"version": known.version if known else 0})
        self.names = [f"day-{number}" for number in range(len(level.evidence))]
        for number, (name, label) in enumerate(zip(self.names, level.evidence, strict=True)):
            self.fields[name] = DayField(label=label)
            self.fields[name].required = True
            if same and number < len(known.evidence_on):
                self.initial[name] = date.fromisoformat(known.evidence_on[number])

    def days(self):
        """[control] of the evidence, in its order."""
        return [self[name] for name in self.names]

    def evidence_on(self):
        """What the service takes."""
        return [self.cleaned_data[name] for name in self.names]
