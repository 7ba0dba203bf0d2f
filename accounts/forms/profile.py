"""Forms of one's own settings."""

import zoneinfo

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.models import Person

ZONES = [
    "Asia/Shanghai", "Asia/Hong_Kong", "Asia/Singapore", "Asia/Tokyo", "Asia/Dubai", "Europe/Berlin",
    "Europe/London", "America/New_York", "America/Los_Angeles", "UTC",
]  # fmt: skip


class ProfileForm(forms.ModelForm):
    """Latin name, language, theme, zone, single-key shortcuts, mails."""

    language = forms.ChoiceField(
        label=_("Language"), choices=settings.LANGUAGES, widget=forms.RadioSelect
    )
    theme = forms.ChoiceField(
        label=_("Theme"), choices=Person.Theme.choices, widget=forms.RadioSelect, required=False
    )
    time_zone = forms.ChoiceField(label=_("Time zone"))

    class Meta:
        model = Person
        fields = ["latin_name", "language", "theme", "time_zone", "shortcuts", "by_mail"]
        labels = {
            "latin_name": _("Name in Latin script"),
            "shortcuts": _("Keyboard shortcuts with single keys"),
            "by_mail": _("Notices by mail as well"),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        own = self.instance.time_zone
        zones = [own, *ZONES] if own not in ZONES else ZONES
        self.fields["time_zone"].choices = [
            (zone, zone) for zone in zones if zone in zoneinfo.available_timezones()
        ]
