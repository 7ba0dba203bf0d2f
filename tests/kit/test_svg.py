"""Marks of charts stand where the numbers say, and carry neither style nor script."""

import re
from xml.etree import ElementTree

import pytest

from kit import svg


def drawn(picture):
    """The picture as a tree: it must be well-formed."""
    return ElementTree.fromstring(str(picture))


def test_a_curve_runs_from_its_first_to_its_last_point_in_a_box_of_a_hundred():
    assert svg.path([(0, 0), (1, 1), (4, 4)], 4, 4) == "M0.00 100.00L25.00 75.00L100.00 0.00"
    assert svg.path([(0, 2), (4, 0)], 4, 2, close=True).endswith("L100.00 100L0.00 100z")
    assert svg.path([]) == ""


def test_a_line_has_its_ideal_its_forecast_and_today():
    picture = svg.line(
        [(0, 40), (5, 30)], "Burndown", ideal=[(0, 40), (20, 0)], forecast=[(5, 30), (25, 0)],
        ticks=[(0, "1 Nov"), (25, "26 Nov")], today=5, marks=[svg.Mark(5, 30, "30 left")],
    )  # fmt: skip
    tree = drawn(picture)
    assert tree.get("aria-label") == "Burndown"
    kinds = [one.get("class") for one in tree.iter("path")]
    assert kinds == ["curve-area", "curve-ideal", "curve-forecast", "curve"]
    assert [one.get("x1") for one in tree.iter("line") if one.get("class") == "today-line"] == [
        "20.00%"
    ]
    assert {"30 left", "1 Nov", "26 Nov"} <= {one.text for one in tree.iter("text")}


def test_an_empty_line_is_still_a_picture():
    assert drawn(svg.line([], "Nothing yet")).get("role") == "img"


def test_values_beyond_the_limit_of_a_strip_have_another_colour_and_all_are_drawn():
    tree = drawn(svg.strip([("A", [0.2, 1.0, 1.4]), ("B", [9])], "Stale"))
    assert [one.get("class") for one in tree.iter("circle")] == [
        "dot",
        "dot",
        "dot dot-over",
        "dot dot-over",
    ]
    assert tree.findall("circle")[-1].get("cx") == "99.00%"


def test_many_values_become_columns_that_count_each_of_them_once():
    values = [n / 1000 for n in range(2000)]
    tree = drawn(svg.strip([("A", values)], "Stale"))
    assert not tree.findall("circle")
    columns = list(tree.iter("rect"))
    assert len(columns) == 21 and {one.get("class") for one in columns} == {"bar", "bar-leaving"}


def test_a_level_over_its_limit_says_so():
    assert "dot-over" in svg.level(68, 60, 80) and "dot-over" not in svg.level(60, 60, 80)
    assert 'cx="85.00%"' in svg.level(68, 60, 80)


@pytest.mark.parametrize("values", [[5], [6, 6, 4, 3, 2, 2, 1], [1000, 1, 1], [1] * 200])
def test_areas_of_a_treemap_are_in_proportion_and_fill_it_without_overlap(values):
    boxes = svg.squares(values, 0, 0, 340, 212)
    scale = 340 * 212 / sum(values)
    assert [round(w * h, 3) for _x, _y, w, h in boxes] == [round(v * scale, 3) for v in values]
    for n, (x, y, w, h) in enumerate(boxes):
        assert x >= -1e-6 and x + w <= 340 + 1e-6 and y >= -1e-6 and y + h <= 212 + 1e-6
        for a, b, c, d in boxes[:n]:
            assert x >= a + c - 1e-6 or a >= x + w - 1e-6 or y >= b + d - 1e-6 or b >= y + h - 1e-6


def test_whoever_holds_nothing_has_no_area():
    tree = drawn(svg.treemap([svg.Area("Li Wei", "¥3", 3), svg.Area("Wu Hao", "¥0", 0)], "Value"))
    assert [one.text for one in tree.iter("title")] in (["Li Wei ¥3"],)
    assert drawn(svg.treemap([], "Value")).get("role") == "img"


def test_names_are_escaped_and_nothing_is_styled_or_scripted():
    bad = '<script>"&'
    picture = svg.treemap([svg.Area(bad, bad, 3)], bad) + svg.strip([(bad, [1])], bad) + svg.line(
        [(0, 0), (1, 1)], bad, marks=[svg.Mark(1, 1, bad)], ticks=[(0, bad)]
    )  # fmt: skip
    assert "<script" not in picture and not re.search(r"\sstyle=|\son\w+=", picture)
