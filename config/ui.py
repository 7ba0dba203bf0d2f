"""The component page `/ui`: every component with its states. Screenshots and axe run against it.

All names are invented; whoever is signed in may look.
"""

from datetime import date, timedelta
from types import SimpleNamespace

from django import forms
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

PEOPLE = (
    "李伟 Li Wei",
    "陈洁 Chen Jie",
    "高云 Gao Yun",
    "何军 He Jun",
    "赵敏 Zhao Min",
    "吴昊 Wu Hao",
)


class Sample(SimpleNamespace):
    """Something with a name and an address."""

    def get_absolute_url(self):
        return "#example"


def human(names):
    name, _space, latin = names.partition(" ")
    return Sample(name=name, latin_name=latin, title="")


def sample_customers():
    rows = [
        ("A", "华东机电", "Songjiang", 3120400, 9, ("danger", "thread", _("Single-threaded"))),
        ("B", "南桥五金", "Fengxian", 986300, 23, ("warn", "nobody", _("No backup"))),
        ("C", "拓远建材", "Jiaxing", 182300, 62, None),
    ]
    keys = ("tier", "short_name", "place", "value", "days", "risk")
    return [Sample(**dict(zip(keys, row, strict=True))) for row in rows]


class Example(forms.Form):
    """One field of every kind."""

    name = forms.CharField(label=_("Name"), help_text=_("Name, pinyin or initials"))
    on = forms.DateField(label=_("Last working day"))
    kind = forms.ChoiceField(
        label=_("Kind"), choices=[("a", _("Resignation")), ("b", _("Retirement"))]
    )
    note = forms.CharField(
        label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    step = forms.ChoiceField(
        label=_("Next step"), widget=forms.RadioSelect, required=False, initial="1",
        choices=[("1", _("Tomorrow")), ("3", _("In 3 days")), ("7", _("Next week"))],
    )  # fmt: skip
    inform = forms.ChoiceField(
        label=_("Inform the customer"), widget=forms.RadioSelect, initial="visit",
        choices=[("visit", _("In person, at the joint visit")), ("mail", _("By message"))],
    )  # fmt: skip
    agreed = forms.BooleanField(label=_("The customer agreed"), required=False)

    def clean_on(self):
        raise forms.ValidationError(_("The last working day must be today or later"))


def sample_relations():
    names = ("weak", "moderate", "strong", "none")
    ours = [
        {
            "id": 1,
            "name": "Li Wei",
            "note": _("Account manager"),
            "url": "#example",
            "leaving": True,
        },
        {"id": 2, "name": "Gao Yun", "note": _("Service line"), "url": "#example"},
        {"id": 3, "name": _("Backup"), "note": _("nobody holds this seat"), "nobody": True},
    ]
    theirs = [
        {"id": i, "name": name, "note": ""} for i, name in enumerate(("王芳", "Liu Bo", "周明"), 1)
    ]
    lines = [
        (1, 1, "strong", True),
        (1, 2, "moderate", True),
        (2, 2, "weak", False),
        (2, 3, "none", False),
    ]
    threads = [
        dict(zip(("ours", "theirs", "strength", "leaving"), line, strict=True)) for line in lines
    ]
    return {"ours": ours, "theirs": theirs, "threads": threads, "strengths": names}


def sample_history(people):
    def spell(who, start, end=None):
        return {"person": people[who], "start": start, "end": end}

    first = [
        spell(5, date(2019, 3, 1), date(2022, 1, 10)),
        spell(4, date(2022, 5, 2), date(2025, 3, 3)),
    ]
    return [
        {"label": _("Account manager"), "spells": [*first, spell(0, date(2025, 3, 3))]},
        {"label": _("Backup"), "spells": [spell(1, date(2021, 6, 1), date(2026, 6, 30))]},
        {"label": _("Service line"), "spells": [spell(2, date(2020, 9, 1))]},
    ]


def sample_tabs():
    names = [(_("My team"), 312), (_("Stale"), 18), (_("Pool"), 16)]
    return [{"url": f"#view{n}", "label": name, "count": count, "current": n == 0}
            for n, (name, count) in enumerate(names)]  # fmt: skip


def samples():
    people = [human(names) for names in PEOPLE]
    return {
        "people": people,
        "li": people[0],
        "chen": people[1],
        "wang": human("王芳 Wang Fang"),
        "rows": sample_customers(),
        "form": Example({"name": "", "kind": "a", "step": "1", "inform": "", "on": "2020-01-01"}),
        "relations": sample_relations(),
        "lanes": sample_history(people),
        "view_tabs": sample_tabs(),
        "recently": timezone.now() - timedelta(days=3),
        "tomorrow": timezone.localdate() + timedelta(days=1),
        "then": timezone.now() - timedelta(days=400),
    }


def index(request):
    """Every component and state, with the shell around it."""
    return render(request, "ui/index.html", samples())
