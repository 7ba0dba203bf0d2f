"""Every pair of colours that stands together is legible, in both themes: read from the tokens."""

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).resolve().parents[2] / "static" / "css" / "tokens.css"
PAIR = re.compile(r"--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)")
COLOURS = {name: values for name, *values in PAIR.findall(TOKENS.read_text())}

GROUNDS = ("bg", "surface", "sunken", "raised")
TEXT = [
    (text, ground)
    for text in ("text", "muted", "accent", "danger", "warn", "ok")
    for ground in GROUNDS
]
TEXT += [(f"on-{kind}-soft", f"{kind}-soft") for kind in ("accent", "danger", "warn", "ok")]
TEXT += [("on-accent", "accent"), ("on-accent", "accent-hover"), ("on-danger-fill", "danger-fill")]
TEXT += [
    (text, ground)
    for text in ("on-ink", "on-ink-muted")
    for ground in ("ink", "ink-hover", "ink-active")
]
TEXT += [("on-area", "area-1"), ("on-area", "area-2"), ("on-area", "area-3")]
MARKS = [("edge", ground) for ground in GROUNDS]
MARKS += [
    (mark, "surface") for mark in ("chart-1", "chart-2", "chart-3", "chart-4", "chart-leaving")
]
MARKS += [("focus", "surface"), ("focus", "bg"), ("on-ink-accent", "ink")]


def luminance(colour):
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("front", "ground", "least"), [(*pair, 4.5) for pair in TEXT] + [(*pair, 3) for pair in MARKS]
)
def test_contrast(front, ground, least, theme):
    assert contrast(COLOURS[front][theme], COLOURS[ground][theme]) >= least
