"""The workbook's colours, as colour-blind eyes and weak ones see them."""

from __future__ import annotations

import itertools

import pytest

from xl_returns.books.build import styles

EYES = {
    "deutan": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "protan": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
}
"""What eyes without green or red cones see of linear light: Machado, Oliveira, Fernandes 2009."""
TO_XYZ = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
WHITE = (0.9505, 1.0, 1.089)
FILLS = [look["bg_color"] for look in (styles.ALARM, styles.CARE, styles.CALM, styles.BLUE)]
TEXTS = [
    *((look["font_color"], look["bg_color"]) for look in (styles.ALARM, styles.CARE, styles.CALM)),
    (styles.BLUE["font_color"], styles.BLUE["bg_color"]),
    *((styles.INK, tint) for tint in (*styles.OWNER_TINT.values(), styles.OPEN_TINT)),
    *((styles.QUIET, ground) for ground in (styles.PAPER, styles.TILE, styles.OPEN_TINT)),
    (styles.GREY["font_color"], styles.PAPER),
    (styles.PAPER, styles.BAND),
]


def light(colour):
    """A colour as linear light."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]


def times(matrix, vector):
    return [sum(a * b for a, b in zip(line, vector, strict=True)) for line in matrix]


def lab(colour, eyes):
    seen = [min(1, max(0, part)) for part in times(EYES[eyes], light(colour))]
    xyz = [part / white for part, white in zip(times(TO_XYZ, seen), WHITE, strict=True)]
    x, y, z = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def distance(one, other, eyes):
    """CIE 1976; 2 is just seen side by side."""
    pairs = zip(lab(one, eyes), lab(other, eyes), strict=True)
    return sum((a - b) ** 2 for a, b in pairs) ** 0.5


def contrast(one, other):
    """WCAG 2; 4.5 is asked of text."""
    low, high = sorted(times(TO_XYZ, light(colour))[1] for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("eyes", EYES)
@pytest.mark.parametrize(
    "beside",
    [set(styles.OWNER_TINT.values()), {*FILLS, styles.PAPER}, {*styles.TAB.values(), styles.PAPER}],
    ids=["headers", "fills", "tabs"],
)
def test_colours_of_one_sheet_are_told_apart(beside, eyes):
    near = {
        (one, other): round(distance(one, other, eyes), 1)
        for one, other in itertools.combinations(sorted(beside), 2)
    }
    assert {pair: far for pair, far in near.items() if far < 10} == {}


@pytest.mark.parametrize(("text", "ground"), TEXTS)
def test_texts_stand_out_from_their_ground(text, ground):
    assert contrast(text, ground) >= 4.5
