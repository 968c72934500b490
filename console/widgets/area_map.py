"""The map: outlines with each area's figures in it. Up and down go from area to area, Enter looks into one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from textual import events

from console import plotting
from console.area_cells import Cells, Spot, cells_of, spots_of
from console.i18n import _
from console.overview_ports import Area, Dot, Outline
from console.plotting import Frame
from console.terminal.legible import clean
from console.terminal.width import cells, cut, pad
from console.widgets.lines import Line, LinesView, Part, text_line

MOST_IN_A_CELL = 9
CAPTION = 1
"""Lines below the map: the chosen area in words."""


@dataclass(frozen=True)
class Drawing:
    """A map drawn for one size: lines of text, the area of each cell, the place of each area's figures."""

    size: tuple[int, int]
    lines: Sequence[str]
    cells: Cells
    spots: Sequence[Spot | None]
    frame: Frame


def draw(outlines: Sequence[Outline], width: int, height: int, braille: bool) -> Drawing:
    """Draw a map. Takes a while: not for the event loop."""
    points = [point for outline in outlines for ring in outline.rings for point in ring]
    tall = max(height - CAPTION, 1)
    frame = plotting.frame_around(points, width, tall)
    lines = plotting.outlines([ring for outline in outlines for ring in outline.rings], frame, braille)
    found = cells_of([outline.rings for outline in outlines], frame)
    return Drawing((width, height), lines, found, spots_of(found, len(outlines)), frame)


class AreaMap(LinesView):
    """Shows a drawing with figures; the cursor is on an area."""

    def __init__(self, *, name: str | None = None, classes: str | None = None) -> None:
        super().__init__(self._map_lines, name=name, classes=classes)
        self.outlines: Sequence[Outline] = ()
        self.drawing: Drawing | None = None
        self.areas: Mapping[str, Area] = {}
        self.dots: Sequence[Dot] = ()
        self.place = 0
        """Number of the area under the cursor."""
        self.on_area: Callable[[Outline], object] | None = None
        self.on_other_size: Callable[[], object] | None = None
        """Called when the map has to be drawn for another size."""

    def show_map(
        self,
        outlines: Sequence[Outline],
        drawing: Drawing | None,
        areas: Mapping[str, Area],
        dots: Sequence[Dot] = (),
    ) -> None:
        """Show a drawing of outlines with the figures of places by code, and single tickets where they are."""
        self.outlines, self.drawing, self.areas, self.dots = outlines, drawing, areas, dots
        self.place = min(self.place, max(len(outlines) - 1, 0))
        self.rebuild()

    # ------------------------------------------------------------------------------------------- moving

    def action_move(self, step: int) -> None:
        self._go_to(self.place + step)

    def action_page(self, direction: int) -> None:
        self._go_to(self.place + 5 * direction)

    def action_first(self) -> None:
        self._go_to(0)

    def action_last(self) -> None:
        self._go_to(len(self.outlines) - 1)

    def _go_to(self, place: int) -> None:
        self.place = min(max(place, 0), max(len(self.outlines) - 1, 0))
        self.rebuild()

    def action_pick(self) -> None:
        if self.outlines and self.on_area is not None:
            self.on_area(self.outlines[self.place])

    def on_click(self, event: events.Click) -> None:
        drawing = self.drawing
        if drawing is None or not 0 <= event.y < len(drawing.cells):
            return
        number = drawing.cells[event.y][event.x] if 0 <= event.x < len(drawing.cells[event.y]) else None
        if number is None:
            return
        again = number == self.place
        self._go_to(number)
        if again:
            self.action_pick()

    def on_focus(self) -> None:
        self.rebuild()

    def on_blur(self) -> None:
        self.rebuild()

    # ------------------------------------------------------------------------------------------- content

    def _map_lines(self, width: int) -> list[Line]:
        drawing = self.drawing
        stale = drawing is None or drawing.size != tuple(self.size)
        if stale and self.size.area and self.on_other_size is not None:
            self.on_other_size()
        if drawing is None or not self.outlines:
            return []
        labels = _marks(drawing.frame, self.dots)
        for number, spot in enumerate(drawing.spots):
            if spot is not None:
                for line, label in self._labels(number, spot, drawing.cells):
                    apart = Spot(line.row, line.column - 1, line.width + 2)  # `*` and `!` must not read as part of it
                    free = [one for one in labels.get(line.row, []) if not _overlap(one[0], apart)]
                    labels[line.row] = [*free, (line, label)]
        lines = [
            Line(tuple(self._row(text, drawing.cells[row], labels.get(row, ()))))
            for row, text in enumerate(drawing.lines)
        ]
        return [*lines, self._caption(width)]

    def _labels(self, number: int, spot: Spot, found: Cells) -> list[tuple[Spot, list[Part]]]:
        """An area's figures in its best stretch of cells, and its name above them where there is room."""
        area = self._area(number)
        chosen = ">" if number == self.place else ""
        opened, late = f"{chosen}{area.open}", f"!{area.late}" if area.late else ""
        whole = cells(opened + late)
        if whole > spot.width:
            opened, late = (f"{chosen}!", "") if area.late else (chosen or opened[:1], "")
            whole = cells(opened)
        parts: list[Part] = [(opened, "" if area.open else "muted"), (late, "late")]
        labels = [(_centred(spot, whole), parts)]
        name = clean(self.outlines[number].name, 40)
        above = spot._replace(row=spot.row - 1)
        free = above.row >= 0 and all(
            place == number for place in found[above.row][spot.column : spot.column + spot.width]
        )
        if free and cells(name) > spot.width:
            name = cut(name, spot.width, dots=False)
        if free and cells(name) > 2:
            labels.append((_centred(above, cells(name)), [(name, "label")]))
        return labels

    def _area(self, number: int) -> Area:
        outline = self.outlines[number]
        return self.areas.get(outline.code) or Area(outline.code, outline.name, outline.words)

    def _row(self, text: str, owners: Sequence[int | None], labels: Sequence[tuple[Spot, list[Part]]]) -> list[Part]:
        """A row of the map with labels laid over it; cells of the chosen area have the cursor's ground."""
        under = "cursor" if self.has_focus else "cursor-away"
        parts: list[Part] = []

        def outline(first: int, last: int) -> None:
            start = first
            for column in range(first + 1, last + 1):
                here, before = owners[column] if column < last else -1, owners[start]
                if here != before:
                    chosen = before == self.place and before is not None
                    parts.append((text[start:column], under if chosen else "muted"))
                    start = column

        at = 0
        for spot, label in sorted(labels, key=lambda item: item[0].column):
            if spot.column < at:
                continue
            if spot.column > at:
                outline(at, spot.column)
            parts += label
            at = spot.column + spot.width
        if at < len(text):
            outline(at, len(text))
        return parts

    def _caption(self, width: int) -> Line:
        outline, area = self.outlines[self.place], self._area(self.place)
        if not outline.code:
            return text_line(
                pad(_("> {name}: no unit of this name").format(name=clean(outline.name, 40)), width), "label"
            )
        late = _(" !late {n}").format(n=area.late) if area.late else ""
        return Line(
            (
                (f"> {clean(outline.name, 40)}", "title"),
                (_(" open {n}").format(n=area.open), ""),
                (late, "late"),
            )
        )


def _marks(frame: Frame, dots: Sequence[Dot]) -> dict[int, list[tuple[Spot, list[Part]]]]:
    """Tickets by the cell that they are in: `*`, `!` where one of them is late, and how many where there are more."""
    found: dict[tuple[int, int], list[Dot]] = {}
    for dot in dots:
        if frame.west <= dot.x < frame.east and frame.south < dot.y <= frame.north:
            column, row = frame.cell(dot.x, dot.y)
            found.setdefault((row, column), []).append(dot)
    marks: dict[int, list[tuple[Spot, list[Part]]]] = {}
    for (row, column), here in sorted(found.items(), key=lambda item: not any(dot.late for dot in item[1])):
        late = any(dot.late for dot in here)
        many = "+" if len(here) > MOST_IN_A_CELL else str(len(here))
        text = ("!" if late else "*") + (many if len(here) > 1 else "")
        spot = Spot(row, min(column, frame.width - len(text)), len(text))
        taken = marks.setdefault(row, [])
        if not any(_overlap(one, spot) for one, _parts in taken):
            taken.append((spot, [(text, "late" if late else "soon")]))
    return marks


def _overlap(one: Spot, other: Spot) -> bool:
    return one.column < other.column + other.width and other.column < one.column + one.width


def _centred(spot: Spot, width: int) -> Spot:
    """A stretch of some width in the middle of another."""
    return Spot(spot.row, spot.column + max(spot.width - width, 0) // 2, width)
