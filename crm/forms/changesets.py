"""What is typed about a transfer: which seat, to whom, why, from when, and what the former holder sees."""

from datetime import datetime, timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from accounts.selectors.calendar import working_calendar
from crm.forms.ownership import REASONS, PlausibleDayField
from crm.models import ChangeSet
from crm.models.saved_views import Selection
from crm.seats import Reason, Seat
from crm.services.changeset_terms import next_working_morning
from kit.clock import database_now
from kit.dates import company_zone, end_of_day

MOST_KEYS = Selection.MOST
NOW, MORNING, DAY = "now", "morning", "day"
CHOOSE = {"required": _("Choose one of these."), "invalid_choice": _("Choose one of these.")}


def keys(values):
    """The ids among what was sent; anything else, and what is beyond the most, counts as not sent."""
    return [int(one) for one in values[:MOST_KEYS]
            if one.isascii() and one.isdigit() and len(one) < 19]  # fmt: skip


class WhoForm(forms.Form):
    """Which seat of the customers is given, and what the list came from."""

    seat = forms.ChoiceField(
        label=_("Which seat"), choices=Seat, widget=forms.RadioSelect,
        initial=Seat.ACCOUNT_MANAGER, error_messages=CHOOSE,
    )  # fmt: skip
    client_uuid = forms.UUIDField(widget=forms.HiddenInput, required=False)


class PeopleForm(forms.Form):
    """Who receives: one all, several by load, or nobody."""

    people = forms.ModelMultipleChoiceField(
        Person.objects.none(), label=_("To whom"), required=False,
        error_messages={"invalid_choice": _("Choose one of these people."),
                        "invalid_pk_value": _("Choose one of these people.")},
    )  # fmt: skip
    nobody = forms.BooleanField(label=_("Nobody, leave the seat empty"), required=False)

    def __init__(self, *args, people, single=False, **options):
        """people: who can be proposed. single: one customer is asked about, and gets one receiver."""
        super().__init__(*args, **options)
        self.single = single
        self.fields["people"].queryset = people

    def clean(self):
        data = super().clean()
        chosen = list(data.get("people") or [])
        if "people" in self.errors:
            return data
        if bool(chosen) == bool(data.get("nobody")):
            both = _("Choose people, or nobody, not both.")
            self.add_error("people", both if chosen else _("Choose who receives the customers."))
        elif self.single and len(chosen) > 1:
            self.add_error("people", _("One customer goes to one person."))
        return data


class HowForm(forms.Form):
    """Reason, instant, and what the former holder may see: the last without a silent default."""

    why = forms.ChoiceField(
        label=_("Reason"), choices=[("", "–"), *((r.value, r.label) for r in REASONS)],
        error_messages={"required": _("Choose one of the reasons.")},
    )  # fmt: skip
    note = forms.CharField(
        label=_("Note"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    when = forms.ChoiceField(
        label=_("Takes effect"), widget=forms.RadioSelect, error_messages=CHOOSE
    )
    effective_at = PlausibleDayField(
        label=_("On day"), help_text=_("Only where another day is chosen. It begins with the working day.")
    )  # fmt: skip
    former = forms.ChoiceField(
        label=_("The former holder"), choices=ChangeSet.Former, widget=forms.RadioSelect,
        error_messages={"required": _("Choose what the former holder may see.")},
    )  # fmt: skip
    former_until = PlausibleDayField(
        label=_("May read until"), help_text=_("Only where reading goes on. The day is included.")
    )

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        why = self.initial.get("why")
        if why and why not in REASONS:  # written by the system: it stays as it is
            self.fields["why"].choices = [(why, Reason(why).label)]
        self.morning = next_working_morning()
        self.fields["when"].choices = [
            (MORNING, _("Next working day")), (DAY, _("Another day")), (NOW, _("As soon as it is decided")),
        ]  # fmt: skip

    def clean(self):
        """`at`: the instant or None; `until`: the end of the last day of reading, or None."""
        data = super().clean()
        day, until = data.get("effective_at"), data.get("former_until")
        data["at"] = self.morning if data.get("when") == MORNING else None
        if data.get("when") == DAY and "effective_at" not in self.errors:
            data["at"] = self.begin_of(day)
        data["until"] = end_of_day(until, company_zone()) if until else None
        return data

    def begin_of(self, day):
        """The beginning of work on a day that lies ahead."""
        if day is None:
            self.add_error("effective_at", _("Enter the day."))
            return None
        calendar = working_calendar()
        at = datetime.combine(day, calendar.starts, calendar.zone)
        if at <= database_now():
            self.add_error("effective_at", _("Choose a day ahead, or another beginning."))
        return at

    @classmethod
    def known(cls, change_set):
        """What a draft says already, as initial values."""
        at, zone = change_set.effective_at, company_zone()
        when = NOW if at is None else MORNING if at == next_working_morning() else DAY
        until = change_set.former_until
        return {
            "why": change_set.reason, "note": change_set.note, "when": when,
            "former": change_set.former,
            "effective_at": at.astimezone(zone).date() if when == DAY else None,
            "former_until": last_day(until, zone) if until else None,
        }  # fmt: skip


def last_day(until, zone):
    """The last day of which an exclusive end is the end."""
    return (until.astimezone(zone) - timedelta(microseconds=1)).date()


class OneForm(HowForm):
    """A single customer on one page: who takes the seat, why, from when."""

    taker = forms.ModelChoiceField(
        Person.objects.none(), label=_("To whom"), widget=forms.RadioSelect, empty_label=None,
        error_messages={"invalid_choice": _("Choose one of these people."),
                        "required": _("Choose who receives the customer.")},
    )  # fmt: skip
    client_uuid = forms.UUIDField(widget=forms.HiddenInput, required=False)
    field_order = ("taker", "why", "note", "when", "effective_at", "former", "former_until")

    def __init__(self, *args, people, **options):
        super().__init__(*args, **options)
        self.fields["taker"].queryset = people


class ProposeForm(forms.Form):
    """What the proposer saw, and why it shall be in spite of the warnings."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    marks = forms.CharField(widget=forms.HiddenInput, required=False, max_length=200)
    because = forms.CharField(
        label=_("Why in spite of the warnings"), max_length=300, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip


class UndoForm(forms.Form):
    """Why a transfer is taken back."""

    note = forms.CharField(
        label=_("Note"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
