"""What is typed on the sheet of a customer that is handed over."""

import uuid

from django import forms
from django.utils.translation import gettext_lazy as _

from handover.models import CustomerHandover


class BriefForm(forms.Form):
    """One text per question; hand-in asks for all of them, saving for none."""

    def __init__(self, data=None, *, questions, **options):
        """questions: Questions with their texts."""
        super().__init__(data, **options)
        for question in questions:
            self.fields[f"answer_{question.key}"] = forms.CharField(
                label=question.label, max_length=2_000, required=False, initial=question.text,
                help_text=question.source, widget=forms.Textarea(attrs={"rows": 3}),
            )  # fmt: skip
            self.fields[f"answer_{question.key}"].from_file = question.from_file

    def answers(self):
        """Question → text."""
        return {name.removeprefix("answer_"): text for name, text in self.cleaned_data.items()}


class ReturnForm(forms.Form):
    """What is missing in a brief."""

    why = forms.CharField(
        label=_("What is missing"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class ReactionForm(forms.Form):
    """How the customer takes it, with one number per form: sent twice, it counts once."""

    reaction = forms.ChoiceField(
        label=_("How the customer took it"), choices=CustomerHandover.Reaction.choices,
        widget=forms.RadioSelect, error_messages={"required": _("Say how the customer took it")},
    )  # fmt: skip
    note = forms.CharField(
        label=_("Note"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    client_uuid = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
