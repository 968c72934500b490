"""The chart of an incident: as wide as it may be, right at every width, in both languages, safe against any name."""

from __future__ import annotations

import pytest

from console.incident_chart import LEGEND, Scale, chart_rows, plain
from console.terminal.width import cells
from core.accountability.mobilisation import Mobilisation
from core.accountability.review import Bar, Deadline, Mark, ReviewView

ZONE = "Asia/Shanghai"
BEGIN = 1_763_601_360
"""2025-11-20 09:16 in Chongqing."""
MINUTE = 60


def view(*bars: Bar, minutes: int = 54) -> ReviewView:
    end = BEGIN + minutes * MINUTE
    nobody = Mobilisation("T", BEGIN, None, None, end, end, 0, 0, 0, (), (), (), (), ())
    return ReviewView({}, BEGIN, end, end, nobody, bars, (), (), (), (), (), ())


def hand(name: str, **more: object) -> Bar:
    """On the way at minute 6, there at 19, done at 54; it should have been there at 12."""
    at = {"sent": 4, "acknowledged": 6, "arrived": 19, "finished": 54}
    marks = tuple(Mark(kind, BEGIN + minute * MINUTE) for kind, minute in at.items())
    late = Deadline("arrive", BEGIN + 12 * MINUTE, BEGIN + 19 * MINUTE)
    span = (BEGIN + 4 * MINUTE, BEGIN + 54 * MINUTE)
    return Bar("hand", name, "assist", (span,), marks, (late,), people=6)


NAMES = (
    "平安综治岗",
    "Urban renewal",
    "望江社区第1网格兼职网格员队伍" * 4,
    "x\x1b[31m\u202e红\n岗",
    "ｆｕｌｌ",
    "e\u0301te\u0301",
)


@pytest.mark.parametrize("width", [58, 78, 118, 158])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_row_fits_and_every_bar_begins_in_the_same_cell(width: int, language: str) -> None:
    rows = plain(chart_rows(view(*(hand(name) for name in NAMES)), width, ZONE, language))
    assert max(map(cells, rows)) <= width
    assert all(row.isprintable() for row in rows), "nothing of a name reaches the terminal as it is"
    bars = [row for row in rows if ">.+" in row or ">+" in row or ">..+" in row or ">...+" in row]
    assert len(bars) == len(NAMES)
    assert len({cells(row[: row.index(">")]) for row in bars}) == 1
    assert len({cells(row[: row.rindex("*")]) for row in bars}) == 1


def test_late_is_a_sign_and_a_figure_and_each_state_has_its_own() -> None:
    (row,) = [line for line in plain(chart_rows(view(hand("岗")), 120, ZONE, "zh")) if line.startswith("岗")]
    assert "超7m" in row
    order = [row.index(sign) for sign in (">", ".", "+", "-", "|", "!", "@", "=", "*")]
    assert order == sorted(order)
    parts = [part for line in chart_rows(view(hand("岗")), 120, ZONE, "zh") for text, part in line if "!" in text]
    assert parts[0] == "late", "the colour says the same as the sign"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_sign_and_its_meaning_stand_in_one_line(language: str) -> None:
    rows = plain(chart_rows(view(hand("岗")), 78, ZONE, language))
    for pair in LEGEND[language == "en"].split("  "):
        assert any(pair in row for row in rows), pair


def test_several_things_of_one_cell_are_shown_as_several() -> None:
    calls = Bar("call", "", "", (), tuple(Mark("call", BEGIN + second) for second in (0, 1)))
    (row,) = [line for line in plain(chart_rows(view(calls), 80, ZONE, "zh")) if line.startswith("来电")]
    assert row.split() == ["来电", "#"]


@pytest.mark.parametrize("minutes", [1, 54, 600, 3000, 60 * 24 * 40])
def test_names_on_the_axis_stand_apart(minutes: int) -> None:
    names, ticks = plain(chart_rows(view(hand("岗"), minutes=minutes), 80, ZONE, "zh"))[:2]
    assert names.split()
    assert len(names.replace("  ", "\t").split("\t")) >= 1
    assert ticks.count("'") >= 1
    starts = [place for place, sign in enumerate(ticks) if sign == "'"]
    assert all(names[place - 1] == " " and names[place] != " " for place in starts)


def test_an_instant_outside_the_stretch_is_at_its_edge() -> None:
    scale = Scale(100, 200, 10)
    assert [scale.column(at) for at in (0, 100, 109, 110, 199, 200, 900)] == [0, 0, 0, 1, 9, 9, 9]
