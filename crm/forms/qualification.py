"""What is chosen about one letter of MAN: an entry of the list, or own words."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.selectors.content import said
from crm.forms.contacts import DayField
from crm.forms.tasks import ContactField
from crm.models import Finding
from crm.selectors import qualification as shapes
from kit.dates import company_zone, today
from kit.templatetags.words import shown_name
from kit.versions import VersionField

VALUE = Finding.Value


class LetterForm(forms.Form):
    """One tap says the value and what it rests on: `answer` is "yes-<key>", "no" or "unknown"."""

    answer = forms.ChoiceField(label=_("What do we know?"), widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("In own words"), max_length=300, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What was seen or said, where the list does not have it."),
    )  # fmt: skip
    contact = ContactField(label=_("Who decides"), required=False)
    found_on = DayField(label=_("Day of the evidence"))
    version = VersionField()

    def __init__(self, data=None, *, reading, contacts):
        super().__init__(data, initial=initial(reading))
        self.letter = reading.letter
        self.fields["answer"].choices = answers(reading.letter)
        if reading.letter.id == Finding.Letter.AUTHORITY:
            named = [(one.pk, shown_name(one)) for one in contacts]
            self.fields["contact"].choices = [("", _("Nobody named")), *named]
        else:
            del self.fields["contact"]

    def values(self):
        """What the service takes."""
        given = dict(self.cleaned_data)
        value, _dash, key = given.pop("answer").partition("-")
        given.pop("version")
        return given | {"value": value, "evidence": key}


def answers(letter):
    """Every evidence of the list under its value, own words for each, and unknown."""
    rows = []
    for value in (VALUE.YES, VALUE.NO):
        rows += [
            (f"{value}-{key}", f"{value.label} · {said(pair)}")
            for key, pair in letter.evidence[value].items()
        ]
        rows.append((value.value, f"{value.label} · {_('by what is said below')}"))
    return [*rows, (VALUE.UNKNOWN.value, VALUE.UNKNOWN.label)]


def initial(reading):
    """What is known, as the form shows it."""
    finding, now = reading.finding, today(company_zone())
    if finding is None:
        return {"found_on": now, "version": 0}
    listed = finding.evidence and shapes.key_of(finding.evidence)
    known = listed in reading.letter.evidence.get(finding.value, {})
    return {
        "answer": f"{finding.value}-{listed}" if known else finding.value, "words": finding.words,
        "contact": finding.contact_id, "found_on": now, "version": finding.version,
    }  # fmt: skip
