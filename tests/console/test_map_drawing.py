"""Maps and trends as text: what is inside an area, where figures stand, and that every size gives its lines."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console import plotting
from console.area_cells import cells_of, spots_of
from console.overview_ports import Area, Dot, Outline
from console.widgets.area_map import AreaMap, draw
from core.demo_map import demo_map
from core.organisation.geojson import MapArea, read_map
from tests.console.memory_overview import square

WEST, EAST = (square(0, 0),), (square(100, 0),)
RING = (square(0, 0, 90), square(30, 30, 30))


def areas_of(content: bytes) -> tuple[MapArea, ...]:
    """The areas of a GeoJSON file."""
    return read_map(content).areas


def frame(*areas: tuple[tuple[tuple[int, int], ...], ...], width: int = 40, height: int = 10) -> plotting.Frame:
    return plotting.frame_around([point for rings in areas for ring in rings for point in ring], width, height)


def test_cells_belong_to_the_area_around_their_middle() -> None:
    cells = cells_of([WEST, EAST], frame(WEST, EAST))
    assert {number for row in cells for number in row} - {None} == {0, 1}
    for row in cells:
        assert [number for number in row if number is not None] == sorted(n for n in row if n is not None)
    amounts = Counter(number for row in cells for number in row)
    assert abs(amounts[0] - amounts[1]) <= len(cells), "equal areas have equally many cells"


def test_a_hole_belongs_to_nobody() -> None:
    drawn = frame(RING, width=60, height=30)
    cells = cells_of([RING], drawn)
    column, row = drawn.cell(45, 45)
    assert cells[row][column] is None
    column, row = drawn.cell(15, 45)
    assert cells[row][column] == 0


@given(
    st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 2000)), min_size=3, max_size=12),
    st.integers(1, 70),
    st.integers(1, 30),
)
def test_a_cell_is_inside_when_its_middle_is(ring: list[tuple[int, int]], width: int, height: int) -> None:
    """Beside a plain even-odd test of each middle by itself."""
    drawn = plotting.frame_around(ring, width, height)
    cells = cells_of([[ring]], drawn)
    assert len(cells) == height
    step = (drawn.east - drawn.west) / width
    for row, line in enumerate(cells):
        for column, number in enumerate(line):
            x, y = drawn.middle(column, row)
            crossings = [
                x0 + (y - y0) / (y1 - y0) * (x1 - x0)
                for (x0, y0), (x1, y1) in zip(ring, [*ring[1:], ring[0]], strict=True)
                if (y0 > y) != (y1 > y)
            ]
            if all(abs(crossing - x) > step * 1e-6 for crossing in crossings):
                assert (number is not None) == bool(sum(crossing > x for crossing in crossings) % 2)


def test_figures_stand_inside_their_area() -> None:
    areas = [area.rings for area in areas_of(json.dumps(demo_map([(str(n), "x") for n in range(9)], "s")).encode())]
    cells = cells_of(areas, plotting.frame_around([p for rings in areas for ring in rings for p in ring], 60, 20))
    for number, spot in enumerate(spots_of(cells, len(areas))):
        assert spot is not None
        assert set(cells[spot.row][spot.column : spot.column + spot.width]) == {number}
    assert spots_of([[None, 1]], 2) == [None, (0, 1, 1)], "an area without a cell has no place for figures"


@pytest.mark.parametrize("braille", [True, False])
@pytest.mark.parametrize(("width", "height"), [(1, 1), (2, 3), (38, 15), (53, 22), (200, 70)])
def test_outlines_fill_their_frame_exactly(width: int, height: int, braille: bool) -> None:
    lines = plotting.outlines([*WEST, *EAST], frame(WEST, EAST, width=width, height=height), braille)
    assert len(lines) == height
    assert {len(line) for line in lines} == {width}
    text = "".join(lines)
    assert text.strip()
    assert text.isascii() is not braille


def test_outlines_are_where_the_areas_are() -> None:
    drawn = frame(WEST, EAST, width=41, height=11)
    lines = plotting.outlines([*WEST, *EAST], drawn, braille=False)
    rows = [row for row, line in enumerate(lines) if line.strip()]
    columns = [column for column in range(41) if any(line[column] != " " for line in lines)]
    west, north = drawn.cell(0, 100)
    east, south = drawn.cell(200, 0)
    assert abs(rows[0] - north) <= 1
    assert abs(rows[-1] - south) <= 1
    assert abs(columns[0] - west) <= 1
    assert abs(columns[-1] - east) <= 1
    middle = lines[(rows[0] + rows[-1]) // 2]
    assert middle.count(".") == 3, "west, the shared border, east"


@given(
    st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), min_size=1, max_size=31),
    st.integers(5, 90),
    st.integers(2, 12),
    st.booleans(),
)
def test_any_trend_fits(amounts: list[tuple[int, int]], width: int, height: int, braille: bool) -> None:
    reported, closed = zip(*amounts, strict=True)
    names = [f"{number:02d}" for number in range(len(amounts))]
    lines = plotting.bars(reported, closed, names, width, height, braille)
    assert len(lines) == max(height - 1, 2) + 1
    assert all(char.isascii() or char == "\u28ff" for line in lines for char in line)


def test_bars_are_as_tall_as_their_numbers() -> None:
    lines = plotting.bars([0, 4, 8], [0, 0, 2], ["a", "b", "c"], 20, 9, braille=False)
    assert lines[0].startswith("8 ")
    columns = {name: lines[-1].index(name) for name in "abc"}
    tall = {
        name: sum(line[column : column + 1] in ("#", "o") for line in lines[:-1]) for name, column in columns.items()
    }
    assert tall["a"] == 0
    assert 0 < tall["b"] < tall["c"]
    assert any("o" in line for line in lines), "closings have a shape of their own"


def test_tickets_stand_where_they_are_and_the_late_ones_say_so() -> None:
    """One cell is one sign, with a number where there are more; outside of the map there is none."""
    outlines = [Outline("甲", "a", "community:a", WEST), Outline("乙", "", "", EAST)]
    view = AreaMap()
    drawing = draw(outlines, 40, 12, braille=False)

    def dots(column: int, row: int, amount: int, late: bool) -> list[Dot]:
        return [Dot(*drawing.frame.middle(column, row), late and not number) for number in range(amount)]

    far = Dot(drawing.frame.east + 1, drawing.frame.north + 1, True)
    near = Dot(drawing.frame.west - 0.1, drawing.frame.south - 0.1, True)
    shown = [*dots(3, 8, 1, False), *dots(8, 8, 3, True), *dots(9, 8, 1, False), *dots(39, 1, 12, False), far, near]
    view.show_map(outlines, drawing, {"a": Area("a", "甲", "community:a", 17, 1)}, shown)
    lines = [line.parts for line in view._map_lines(40)]
    text = ["".join(part for part, _style in parts) for parts in lines]
    assert text[8][3] == "*"
    assert text[8][8:10] == "!3", "the late ones first, whatever is beside them"
    assert ("!3", "late") in lines[8]
    assert text[1].endswith("*+")
    assert sum(line.count("!3") + line.count("*") for line in text[:-1]) == 3
    assert all(len(line) == 40 for line in text[:-1])


def test_a_map_says_which_area_is_chosen_without_colour() -> None:
    outlines = [Outline("甲", "a", "community:a", WEST), Outline("乙", "", "", EAST)]
    view = AreaMap()
    view.outlines, view.drawing = outlines, draw(outlines, 40, 10, braille=False)
    view.areas = {"a": Area("a", "甲", "community:a", 12, 3)}
    lines = ["".join(text for text, _part in line.parts) for line in view._map_lines(40)]
    assert any(">12!3" in line for line in lines)
    assert lines[-1].startswith("> 甲")
    view.place = 1
    lines = ["".join(text for text, _part in line.parts) for line in view._map_lines(40)]
    assert not any(">12" in line for line in lines)
    assert "没有同名的单位" in lines[-1]


def test_the_made_map_has_neither_gaps_nor_overlaps() -> None:
    for amount in (1, 2, 5, 11, 40):
        names = [(f"C{number}", f"社区{number}") for number in range(amount)]
        document = demo_map(names, "seed")
        assert document == demo_map(names, "seed")
        assert [(f["properties"]["code"], f["properties"]["name"]) for f in document["features"]] == names
        areas = [area.rings for area in areas_of(json.dumps(document).encode())]
        drawn = plotting.frame_around([p for rings in areas for ring in rings for p in ring], 80, 40)
        together = cells_of(areas, drawn)
        apart = sum(number is not None for rings in areas for row in cells_of([rings], drawn) for number in row)
        covered = sum(number is not None for row in together for number in row)
        assert abs(apart - covered) <= covered * 0.01, "no overlaps"
        columns = list(zip(*together, strict=True))
        for y, row in enumerate(together):
            for x, number in enumerate(row):
                around = (row[:x], row[x + 1 :], columns[x][:y], columns[x][y + 1 :])
                enclosed = all(any(other is not None for other in side) for side in around)
                assert number is not None or not enclosed, "no gaps"


def test_the_plotting_library_is_loaded_when_something_is_drawn(repository: Path) -> None:
    """Not with the first screen, and not with the overview's module either."""
    code = (
        "import sys, console.app, console.screens.queue, console.screens.overview, console.plotting\n"
        "print('plotext' in sys.modules)\n"
        "console.plotting.bars([1], [1], ['a'], 10, 4)\n"
        "print('plotext' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=repository, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]
