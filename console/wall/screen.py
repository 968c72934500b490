"""What is on the wall: a head, a page in large type, a foot; red from edge to edge when the engine is silent."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from console.i18n import _
from console.terminal.width import cells
from console.wall.layout import BLOCK, Row, Rows, centred, fitted, spaced
from console.wall.pages import Page, alarm, head, plan
from console.wall.view import EVERY, WallTicket, WallView
from console.widgets.bars import engine_text
from console.widgets.glass_bar import glass_words
from console.widgets.mode_bar import mode_words

PARTS = ("title", "muted", "late", "soon", "ok", "urgent")
LARGE = ("late", "soon", "muted")
"""Parts that come in large type as well."""
EDGE = 2
"""Lines above and below the page: head and a blank, a blank and foot."""


class WallWidget(Widget):
    """Draws the wall line by line; a line that reads the same is not drawn again."""

    COMPONENT_CLASSES = {f"wall--{part}" for part in ("plain", "bar", "block", *PARTS)} | {
        f"wall--{part}-block" for part in LARGE
    }
    DEFAULT_CSS = "WallWidget { width: 1fr; height: 1fr; }"

    def __init__(self) -> None:
        super().__init__()
        self.view: WallView | None = None
        self.held = False
        self._now = 0
        self._lost = False
        self._alarm: WallTicket | None = None
        self._at = 0
        self._pages: list[Page] = []
        self._drawn: Rows = []
        self._styles: dict[str, Style] = {}

    # ------------------------------------------------------------------------------------------- what is shown

    def show(self, view: WallView) -> None:
        """Show how things stand now."""
        self.view, self._lost = view, False
        self._plan()
        self.tick(max(self._now, view.at))

    def lost(self) -> None:
        """The store does not answer: what is shown is as old as it says."""
        self._lost = True
        self.tick(self._now)

    def show_alarm(self, ticket: WallTicket | None) -> None:
        """Put an alarm over the page, or take it away."""
        self._alarm = ticket

    def turn(self, step: int) -> None:
        """To another page."""
        self._at = (self._at + step) % len(self._pages) if self._pages else 0

    @property
    def page(self) -> str:
        """The title of the page that is on."""
        return self._pages[self._at].title if self._pages else ""

    def tick(self, now: int) -> None:
        """Draw the lines that read differently at an instant."""
        self._now = now
        self.set_class(self._red(), "-silent")
        rows, old = self._rows(), self._drawn
        self._drawn = rows
        changed = [y for y, row in enumerate(rows) if y >= len(old) or old[y] != row]
        if changed:
            self.refresh(*[Region(0, y, self.size.width, 1) for y in changed])

    def _red(self) -> bool:
        return self._alarm is not None or (self.view is not None and not self.view.status.heartbeat.well)

    def _plan(self) -> None:
        if self.view is not None and self.size.height > 2 * EDGE:
            self._pages = plan(self.view, self.size.width, self.size.height - 2 * EDGE)
            self._at = min(self._at, len(self._pages) - 1)

    def _rows(self) -> Rows:
        """All lines of the wall."""
        width, height = self.size.width, self.size.height
        if self.view is None or not self._pages:
            words = _("The store does not answer.") if self._lost else _("Reading ..")
            return [() if y != height // 2 else centred(spaced(words), width, "title") for y in range(height)]
        room = height - 2 * EDGE
        if self._alarm is not None:
            title, body = _("ALARM"), alarm(self._alarm, self._now, width, room)
        else:
            title, body = self.page, self._pages[self._at].draw(self._now)
        place = f"{self._at + 1}/{len(self._pages)}" + (" " + _("[held]") if self.held else "")
        top = fitted(head(self.view, title, place, self._now, width), width)
        body = [*body[:room], *[()] * (room - len(body))]
        return [top, self._trouble(), *body, (), self._foot()]

    def _trouble(self) -> Row:
        """The line under the head: a lost store, a silent engine, an emergency; blank when all is well."""
        view = self.view
        if view is None:
            return ()
        if self._lost:
            stamp = datetime.fromtimestamp(view.at, ZoneInfo(view.status.zone)).strftime("%m-%d %H:%M:%S")
            return centred(
                "! " + _("The store does not answer; figures of {at}").format(at=stamp), self.size.width, "late"
            )
        if not view.status.heartbeat.well:
            words = engine_text(view.status.heartbeat).strip()
            return centred(f"! {spaced(words)}  " + _("nothing climbs by itself"), self.size.width, "late")
        broken = glass_words(view.status.rights.glass, view.status.zone, self._now)
        if broken and (view.status.mode is None or self._now // EVERY % 2):
            return centred(broken, self.size.width, "late")
        if view.status.mode is not None:
            return centred(mode_words(view.status.mode, view.status.zone), self.size.width, "late")
        return ()

    def _foot(self) -> Row:
        """The last line: figures and keys."""
        if self.view is None:
            return ()
        counts = self.view.status.counts
        left = _(" open {n}").format(n=counts.open) + _(" !late {n}").format(n=counts.late)
        left += _(" ~soon {n}").format(n=counts.soon) + "  " + engine_text(self.view.status.heartbeat)
        keys = _("Space hold, arrows turn, Esc leaves ")
        return ((left, "muted"), (" " * max(self.size.width - cells(left) - cells(keys), 1), ""), (keys, "muted"))

    # ------------------------------------------------------------------------------------------- drawing

    def on_resize(self, _event: events.Resize) -> None:
        self._plan()
        self._drawn = []
        self.tick(self._now)

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._styles.clear()

    def render_line(self, y: int) -> Strip:
        """One line, exactly as wide as the wall."""
        width = self.size.width
        ground = self._style("bar" if y == 0 else "plain")
        row = self._drawn[y] if y < len(self._drawn) else ()
        segments = [Segment(text, ground + self._style(part) if part else ground) for text, part in fitted(row, width)]
        return Strip(segments).adjust_cell_length(width, ground)

    def _style(self, part: str) -> Style:
        """The style of a part, worked out once per theme and per state of the engine."""
        if part not in self._styles:
            name = f"{part.removesuffix(BLOCK)}-block".removeprefix("-") if part.endswith(BLOCK) else part
            partial = part not in ("plain", "bar")
            self._styles[part] = self.get_component_rich_style(f"wall--{name}", partial=partial)
        return self._styles[part]
