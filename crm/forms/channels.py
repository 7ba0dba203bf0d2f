"""What is typed about phones, mails and chat ids, and the reason of a reveal."""

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.forms.contacts import HeldByField, column
from crm.models import ContactChannel


class ChannelForm(forms.Form):
    """One channel. While one is edited, an empty value keeps the one that is stored."""

    kind = column(ContactChannel, "kind", widget=forms.RadioSelect, initial="phone")
    value = forms.CharField(label=_("Number, address or id"), max_length=254, required=False)
    held_by = HeldByField()
    label = column(ContactChannel, "label", help_text=_("Such as office, mobile, assistant"))

    def __init__(self, *args, masked="", **options):
        super().__init__(*args, **options)
        hint = _("One only, such as 138 1234 5678 or name@company.com")
        kept = _("Now %(masked)s. Leave it empty to keep it.") % {"masked": masked}
        self.fields["kind"].choices = ContactChannel.Kind.choices
        self.fields["value"].help_text = kept if masked else hint
        self.fields["value"].widget.attrs["autocomplete"] = "off"


class RevealForm(forms.Form):
    """Why a value is needed; the auditor must say."""

    reason = forms.CharField(
        label=_("Why you need it"),
        max_length=300,
        error_messages={"required": _("Say why you need it")},
    )

    def __init__(self, *args, reason_needed, **options):
        super().__init__(*args, **options)
        self.fields["reason"].required = reason_needed
