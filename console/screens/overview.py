"""The overview, 一屏掌控: figures, deadlines, places, map, trends and people, each line a way to what is behind it.

Six panels. As many as are readable stand side by side; Left, Right and Tab go through all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from textual.binding import Binding
from textual.containers import Container, Vertical
from textual.widget import Widget

from console.i18n import _, mark
from console.overview_ports import Outline, OverviewView
from console.ports import QueueRow
from console.screens.dispatch import DispatchScreen
from console.screens.duty import DutyScreen
from console.screens.filtered import FilteredScreen
from console.terminal.shapes import shows_braille
from console.widgets import overview_lines
from console.widgets.area_map import AreaMap, Drawing, draw
from console.widgets.lines import Line, LinesView, text_line
from console.widgets.overview_lines import POST, QUEUE, TICKET

FILTER = "filter"
"""Leads to the queue with its filter open."""

REFRESH_EVERY = 5
"""Seconds between two readings while the store keeps changing."""
LOOK_AGAIN = 60
"""Seconds after which it is read again although nobody wrote: time passes, and tickets become late."""

PANEL_WIDTH, PANEL_HEIGHT = 40, 16
"""Cells that a panel needs to be readable."""
MOST_ACROSS, MOST_DOWN = 3, 2

PANELS = {
    "figures": mark("Figures"),
    "deadlines": mark("Deadlines"),
    "places": mark("Communities"),
    "map": mark("Map"),
    "trend": mark("Trend"),
    "people": mark("Staff"),
}


class Panel(Vertical):
    """A titled part of the overview: plots without a cursor, where it has any, above its list."""

    def __init__(self, name: str, *content: Widget) -> None:
        super().__init__(id=f"panel-{name}", classes="panel")
        self.heading = LinesView(self._title, classes="panel--title")
        self.heading.can_focus = False
        self.content = content
        self.title = _(PANELS[name])
        self.page = ""
        """Which page of how many it is on; empty when all panels are in view."""

    def compose(self) -> Iterable[Widget]:
        yield self.heading
        yield from self.content

    def on_descendant_focus(self) -> None:
        """The title says which panel has the keys."""
        self.heading.rebuild()

    def on_descendant_blur(self) -> None:
        self.heading.rebuild()

    def _title(self, _width: int) -> list[Line]:
        here = self.screen.focused in self.content
        return [Line(((("> " if here else "  ") + self.title, "title"), (f"  {self.page}", "muted")))]


class OverviewScreen(DutyScreen):
    """One screen on the whole street."""

    NAME = "overview"
    BINDINGS = [
        Binding("right,tab", "next_panel(1)", show=False, priority=True),
        Binding("left,shift+tab", "next_panel(-1)", show=False, priority=True),
    ]

    def body(self) -> Iterable[Widget]:
        self.view: OverviewView | None = None
        self.figures = self._list("figures", lambda view, width: overview_lines.figure_lines(view, width))
        self.deadlines = self._list(
            "deadlines", lambda view, width: overview_lines.deadline_lines(view, width, self.app.now)
        )
        self.places = self._list("places", overview_lines.area_lines)
        self.grids = self._list("grids", overview_lines.tree_lines)
        self.map = AreaMap(name="map")
        self.map.on_area, self.map.on_other_size = self._look_at_area, self._draw
        self.plots = LinesView(self._plot_lines, name="plots")
        self.plots.can_focus = False
        self.trend = self._list(
            "trend", lambda view, width: overview_lines.bucket_lines(view, width, self.app.status.zone)
        )
        self.people = self._list("people", overview_lines.people_lines)
        self.panels = [
            Panel("figures", self.figures),
            Panel("deadlines", self.deadlines),
            Panel("places", self.places),
            Panel("map", self.map, self.grids),
            Panel("trend", self.plots, self.trend),
            Panel("people", self.people),
        ]
        yield Container(*self.panels, id="panels")

    def _list(self, name: str, lines: Callable[[OverviewView, int], Sequence[Line]]) -> LinesView:
        """A list of lines made from what was read last."""

        def build(width: int) -> Sequence[Line]:
            return [text_line(_("Reading .."), "muted")] if self.view is None else lines(self.view, width)

        made = LinesView(build, name=name)
        made.on_pick = self._go
        return made

    # ------------------------------------------------------------------------------------------- life

    def on_mount(self) -> None:
        self._read_at = 0
        self._stale = True
        self._reading = False
        self._plotted: tuple[object, Sequence[Line]] = (None, ())
        """The plots, and the size that they are drawn for."""
        self.map.display = False
        self.set_focus(self.figures)
        self._arrange()
        self._read()

    def on_resize(self) -> None:
        self._arrange()

    def tick(self, now: int) -> None:
        super().tick(now)
        if self.view is not None and self.deadlines.display:
            self.deadlines.rebuild()
        age = abs(now - self._read_at)
        if age >= LOOK_AGAIN or (self._stale and age >= REFRESH_EVERY):
            self._read()

    def changed(self) -> None:
        self._stale = True
        if abs(self.app.now - self._read_at) >= REFRESH_EVERY:
            self._read()

    def ticket(self) -> QueueRow | None:
        """The deadline under the cursor; the other panels have no ticket."""
        view = self.view
        if view is None or self.focused is not self.deadlines:
            return None
        rows = {f"{TICKET}{row.ticket}": row for row in (*view.overdue, *view.nearest)}
        return rows.get(self.deadlines.key or "")

    # ------------------------------------------------------------------------------------------- reading and drawing

    def _read(self) -> None:
        if self._reading:
            return
        self._reading, self._stale, self._read_at = True, False, self.app.now
        now = self.app.now

        async def read() -> None:
            try:
                self.view = await self.app.load(lambda: self.app.backend.overview(now))
            except Exception as error:  # noqa: BLE001 - a failed query is a banner
                self._stale = True
                self.refuse(error)
                return
            finally:
                self._reading = False
            self._show()

        self.run_worker(read(), group="overview", exit_on_error=False)

    def _show(self) -> None:
        view = self.view
        if view is None:
            return
        had_focus = self.focused in (self.map, self.grids)
        self.map.display, self.grids.display = bool(view.outlines), not view.outlines
        if had_focus:
            self.set_focus(self.map if view.outlines else self.grids)
        for one in (self.figures, self.deadlines, self.places, self.grids, self.trend, self.people):
            one.rebuild()
        self._draw()

    def _draw(self) -> None:
        """Draw plots and map for their present sizes, away from the event loop."""
        view = self.view
        if view is None:
            return
        size, plots, braille = self.map.size, self.plots.size, shows_braille()
        known, zone = self.map.drawing, self.app.status.zone
        drawn = known is not None and known.size == tuple(size) and self.map.outlines == view.outlines

        def work() -> tuple[Drawing | None, Sequence[Line]]:
            drawing = known
            if not drawn:
                drawing = draw(view.outlines, *size, braille) if view.outlines and size.area else None
            return drawing, overview_lines.plot_lines(view, *plots, zone, braille) if plots.area else ()

        async def finish() -> None:
            try:
                drawing, lines = await self.app.load(work)
            except Exception as error:  # noqa: BLE001 - a map that cannot be drawn is a banner
                self.refuse(error)
                return
            self._plotted = (plots, lines)
            if size == self.map.size:
                self.map.show_map(view.outlines, drawing, {area.code: area for area in view.areas}, view.dots)
            self.plots.rebuild()

        self.run_worker(finish(), group="drawing", exclusive=True, exit_on_error=False)

    def _plot_lines(self, _width: int) -> Sequence[Line]:
        size, lines = self._plotted
        if size != self.plots.size:
            self._draw()
        return lines

    # ------------------------------------------------------------------------------------------- panels

    def _arrange(self) -> None:
        """As many panels side by side as are readable, and those of the page with the focus."""
        size = self.app.size
        across = min(max(size.width // PANEL_WIDTH, 1), MOST_ACROSS)
        down = min(max((size.height - 2) // PANEL_HEIGHT, 1), MOST_DOWN)
        at_once = across * down
        page = self._here() // at_once
        pages = -(-len(self.panels) // at_once)
        grid = self.query_one("#panels")
        grid.styles.grid_size_columns, grid.styles.grid_size_rows = across, down
        for number, panel in enumerate(self.panels):
            panel.display = number // at_once == page
            panel.page = f"{page + 1}/{pages}" if pages > 1 else ""
            panel.heading.rebuild()
        self.plots.styles.height = overview_lines.plot_room((size.height - 2) // down - 1)

    def _here(self) -> int:
        """The number of the panel with the focus."""
        found = (number for number, panel in enumerate(self.panels) if self.focused in panel.content)
        return next(found, 0)

    def action_next_panel(self, step: int) -> None:
        """Over to the next panel, on another page if need be."""
        panel = self.panels[(self._here() + step) % len(self.panels)]
        self._focus_panel(panel)

    def _focus_panel(self, panel: Panel) -> None:
        panel.display = True
        target = next(view for view in panel.content if view.can_focus and view.display)
        self.set_focus(target)
        self._arrange()

    # ------------------------------------------------------------------------------------------- what is behind a line

    def _look_at_area(self, outline: Outline) -> None:
        if outline.code:
            self._go(QUEUE + outline.words)
        else:
            self.say(_("This area of the map is no unit of the centre."))

    def _go(self, key: str) -> None:
        """Where a line leads: to a ticket, into the dispatch tree, or to the queue with a filter."""
        if key.startswith(TICKET):
            self.app.open_ticket(int(key.removeprefix(TICKET)))
            return
        self.app.hold_keys()

        async def go() -> None:
            try:
                if key == FILTER:
                    await self._to_filter()
                elif key.startswith(POST):
                    await self._to_post(key.removeprefix(POST))
                else:
                    await self.app.show_in_queue(key.removeprefix(QUEUE))
            finally:
                self.app.release_keys()

        self.app.run_worker(go(), group="overview-way", exit_on_error=False)

    async def _to_filter(self) -> None:
        await self.app.action_pane("queue")
        screen = self.app.duty_screen
        if isinstance(screen, FilteredScreen):
            screen.action_filter()

    async def _to_post(self, code: str) -> None:
        await self.app.action_pane("dispatch")
        screen = self.app.duty_screen
        if isinstance(screen, DispatchScreen):
            screen.look_at(code)

    def action_filter(self) -> None:
        """Filter the queue."""
        self._go(FILTER)
