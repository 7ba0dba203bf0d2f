"""Component tags: what is given is escaped, what is missing is said."""

import re
from datetime import date
from types import SimpleNamespace

from django import forms
from django.template import Context, engines
from django.test import RequestFactory

from kit.templatetags import figures

EVIL = "<script>alert(1)</script>"


def draw(source, **context):
    return engines["django"].from_string(source).template.render(Context(context))


def test_every_tag_escapes_what_people_typed():
    who = SimpleNamespace(
        name=EVIL, latin_name="", short_name=EVIL, tier="A", get_absolute_url=lambda: "/x"
    )
    source = """{% person who %}{% contact who %}{% customer who note=evil %}{% avatar who label=True %}
        {% badge "danger" "alert" evil %}{% state "ok" "check" evil %}{% nobody evil %}{% tier evil %}
        {% panel title=evil %}{{ evil }}{% endpanel %}{% event "log" evil who=evil %}{{ evil }}{% endevent %}
        {% seat evil note=evil %}{% endseat %}{% sort_head evil "name" %}{% filter_chip evil evil "q" %}
        {% page_header evil count=evil %}{% endpage_header %}{% dialog "d" evil %}{% enddialog %}{{ evil|marked }}"""
    assert EVIL not in draw(source, who=who, evil=EVIL)


def test_a_seat_without_a_holder_stays_visible():
    html = draw("{% seat 'Backup' %}{% endseat %}")
    assert "seat-empty" in html and "Nobody" in html


def test_a_seat_with_a_holder_shows_the_person():
    html = draw("{% seat 'Backup' who %}{% endseat %}", who=SimpleNamespace(name="Li Wei"))
    assert "seat-empty" not in html and "Li Wei" in html


def test_sorting_keeps_the_query_and_starts_over():
    html = draw(
        "{% sort_head 'Name' 'name' 'name' %}",
        request=RequestFactory().get("/customers?tier=A&tier=B&after=x&sort=name"),
    )
    assert 'aria-sort="ascending"' in html
    assert 'href="?tier=A&amp;tier=B&amp;sort=-name"' in html


def test_a_filter_chip_takes_only_its_own_filter_away():
    request = RequestFactory().get("/customers?tier=A&region=east")
    html = draw("{% filter_chip 'Tier' 'A' 'tier' %}", request=request)
    assert 'href="?region=east"' in html


def test_a_count_says_where_counting_stopped():
    assert draw("{% count_text 1000 1000 %} {% count_text 1001 1000 %}") == "1,000 1,000+"


class Form(forms.Form):
    name = forms.CharField(label="Name")
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea)
    step = forms.ChoiceField(label="Step", choices=[("a", "A")], widget=forms.RadioSelect)


def test_a_field_ties_its_error_and_never_says_required():
    html = draw(
        "{% error_summary form %}{% field form.name hint='short' %}{% field form.note %}",
        form=Form({}),
    )
    assert 'aria-describedby="id_name-hint id_name-error"' in html and 'aria-invalid="true"' in html
    assert not re.search(r"<(input|textarea)[^>]* required", html)
    assert 'href="#id_name"' in html and 'href="#id_step_0"' in html
    assert "Fill in: Name" in html and "This field is required." not in html
    assert "<small>optional</small>" in html


def test_gaps_between_holders_are_found():
    spells = [
        {"start": date(2020, 1, 1), "end": date(2021, 1, 1)},
        {"start": date(2021, 3, 1), "end": None},
    ]
    gap = {"start": date(2021, 1, 1), "end": date(2021, 3, 1), "nobody": True}
    assert figures.gaps(spells, date(2026, 1, 1)) == [gap]


def test_an_open_gap_runs_to_today():
    found = figures.gaps([{"start": date(2020, 1, 1), "end": date(2021, 1, 1)}], date(2026, 1, 1))
    assert found == [{"start": date(2021, 1, 1), "end": None, "nobody": True}]


def test_overlapping_holders_leave_no_gap():
    spells = [
        {"start": date(2020, 1, 1), "end": date(2024, 1, 1)},
        {"start": date(2021, 1, 1), "end": date(2022, 1, 1)},
    ]
    assert [gap["start"] for gap in figures.gaps(spells, date(2026, 1, 1))] == [date(2024, 1, 1)]


def test_a_map_draws_no_line_where_nobody_is_known():
    html = draw(
        "{% relation_map ours theirs threads %}",
        ours=[{"id": 1, "name": "Li"}],
        theirs=[{"id": 9, "name": "王芳"}],
        threads=[
            {"ours": 1, "theirs": 9, "strength": "none"},
            {"ours": 1, "theirs": 404, "strength": "strong"},
        ],
    )
    assert "thread-strong " not in html.split("<footer")[0] and "<td>none</td>" in html
