"""What is chosen or typed at the question after a visit."""

from django import forms
from django.utils.translation import gettext as _

from crm.forms.customer_file import plain
from kit.versions import VersionField

ACTS = ("answer", "confirm", "skip")


class AnswerForm(forms.Form):
    """An answer, "still correct", or "not now". `answer` is the control of the field asked for."""

    all_optional = True  # nobody has to answer

    act = forms.ChoiceField(choices=[(one, one) for one in ACTS])
    version = VersionField()

    def __init__(self, data=None, *, answer):
        super().__init__(data, auto_id="question_%s")
        if isinstance(answer, forms.ChoiceField):
            answer.choices = [one for one in answer.choices if one[0]]
            answer.widget = forms.RadioSelect(choices=answer.choices)
        elif isinstance(answer.widget, forms.Textarea):
            answer.widget.attrs["rows"] = 2
        self.fields["answer"] = answer

    def clean(self):
        given = super().clean()
        if given.get("act") == "answer" and given.get("answer") in (None, "", []):
            self.add_error(
                "answer", _("Fill in: %(label)s") % {"label": self.fields["answer"].label}
            )
        return given | {"answer": plain(given.get("answer"))}
