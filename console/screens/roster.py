"""The roster of a week: days across, roles and posts down, who is on, who is away, and what is wrong below."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, ClassVar
from zoneinfo import ZoneInfo

from textual import on
from textual.binding import Binding
from textual.widget import Widget

from console.i18n import _, language
from console.screens.duty import DutyScreen
from console.terminal.legible import clean
from console.terminal.width import pad, wrap
from console.week_grid import Grid, day_name, entry_words, gap_line, grid, hours_of, legend
from console.widgets.lines import Line, LinesView, text_line
from core.organisation.duty_week import WRONG, Place, Week

if TYPE_CHECKING:
    from core.organisation.duty_ahead import GapLine

WEEK = 7
LOOK_AGAIN = 60
"""Seconds after which it is read again although nobody wrote: shifts change with time alone."""
BELOW = 4
"""Lines for what is wrong on a small screen; on a large one there are twice as many."""
LARGE = 34
HOURS = 13


class RosterScreen(DutyScreen):
    """Left and Right go by a day, - and + by a week; Enter shows a place with its hours and codes."""

    NAME = "roster"
    BINDINGS: ClassVar = [
        Binding("left", "days(-1)", show=False, priority=True),
        Binding("right", "days(1)", show=False, priority=True),
        Binding("minus,－", "days(-7)", show=False, priority=True),
        Binding("plus,＋", "days(7)", show=False, priority=True),
    ]

    def body(self) -> Iterable[Widget]:
        self.week: Week | None = None
        self.first: date | None = None
        """The first day; None for today."""
        self.chosen: Place | None = None
        """The place whose hours stand below, in place of what is wrong."""
        self._read_at = 0
        for name, lines in (("roster-title", self._title_lines), ("roster-days", self._day_lines)):
            heading = LinesView(lines, name=name)
            heading.can_focus = False
            heading.styles.height = 1
            yield heading
        yield LinesView(self._place_lines, name="roster-places")
        yield LinesView(self._wrong_lines, name="roster-wrong")

    def on_mount(self) -> None:
        self.places.on_pick, self.wrong.on_pick = self._look, self._go
        self._fit()
        self.set_focus(self.places)
        self.changed()

    def on_resize(self) -> None:
        self._fit()

    @property
    def places(self) -> LinesView:
        """The grid."""
        return self.query_one("#roster-places", LinesView)

    @property
    def wrong(self) -> LinesView:
        """What is wrong, or the hours of the chosen place."""
        return self.query_one("#roster-wrong", LinesView)

    def _fit(self) -> None:
        most = BELOW if self.app.size.height < LARGE else 2 * BELOW
        wrong = len(self.week.wrong) if self.week is not None else 0
        self.wrong.styles.height = min(most, 1 + wrong) if self.chosen is None else 2 * BELOW

    # ------------------------------------------------------------------------------------------- reading

    def changed(self) -> None:
        self._read_at = now = self.app.now
        first = self.first

        async def read() -> None:
            try:
                self.week = await self.app.load(lambda: self.app.backend.roster_week(first, now))
            except Exception as error:  # noqa: BLE001 - a failed query is a banner
                self.refuse(error)
                return
            if self.chosen is not None:
                self.chosen = next((one for one in self.week.places if one.code == self.chosen.code), None)
            self._show()

        self.run_worker(read(), group="roster", exclusive=True, exit_on_error=False)

    def tick(self, now: int) -> None:
        super().tick(now)
        if abs(now - self._read_at) >= LOOK_AGAIN:
            self.changed()

    def _show(self) -> None:
        self._fit()
        for view in self.query(LinesView):
            view.rebuild()

    # ------------------------------------------------------------------------------------------- moving about

    def action_days(self, step: int) -> None:
        """Other days: a day on, or a week."""
        first = self.first or self._today()
        self.first = first + timedelta(days=step)
        self.changed()

    def step_back(self) -> bool:
        """From the hours of a place to what is wrong; from other days to today."""
        if self.chosen is not None:
            self.chosen = None
            self._fit()
            self.wrong.rebuild()
            self.set_focus(self.places)
            return True
        if self.focused is not self.places or self.first is not None:
            self.set_focus(self.places)
            self.first = None
            self.changed()
            return True
        return False

    def _today(self) -> date:
        return datetime.fromtimestamp(self.app.now, ZoneInfo(self.app.status.zone)).date()

    def _look(self, code: str) -> None:
        """The hours of a place, with codes, below the grid."""
        if self.week is not None:
            self.chosen = next((place for place in self.week.places if place.code == code), None)
            self._fit()
            self.wrong.rebuild()
            self.wrong.action_first()

    def _go(self, key: str) -> None:
        """From what is wrong to its day and place."""
        number = int(key.rpartition(":")[2])
        if self.week is None or not key.startswith(WRONG):
            return
        gap = self.week.wrong[number].gap
        self.first = datetime.fromtimestamp(gap.from_at, ZoneInfo(self.app.status.zone)).date()
        if gap.subject:
            self.places.select(gap.subject)
        self.set_focus(self.places)
        self.changed()

    @on(LinesView.Moved)
    def _other_place(self, event: LinesView.Moved) -> None:
        """The hours below follow the cursor."""
        if event.view is self.places and self.chosen is not None:
            self._look(event.key or "")

    # ------------------------------------------------------------------------------------------- content

    def _grid(self, width: int) -> Grid | None:
        if self.week is None:
            return None
        return grid(self.week, width, self.app.status.zone, language(), self.app.now)

    def _title_lines(self, width: int) -> list[Line]:
        title = _("Roster")
        return [Line(((f" {title}  ", "title"), (legend(language()), "muted")))]

    def _day_lines(self, width: int) -> list[Line]:
        # The grid below has a column for the cursor's sign.
        found = self._grid(width - 1)
        return [Line(((" ", ""), *found.header))] if found is not None else []

    def _place_lines(self, width: int) -> Sequence[Line]:
        found = self._grid(width)
        if found is None:
            return [text_line(_("Reading .."), "muted")]
        lines = []
        for row in found.rows:
            lines += [Line(pieces, row.place.code if not number else None) for number, pieces in enumerate(row.lines)]
        return lines

    def _wrong_lines(self, width: int) -> Sequence[Line]:
        if self.week is None:
            return []
        if self.chosen is not None:
            return self._hour_lines(self.chosen, width)
        wrong = self.week.wrong
        said = _("Wrong in these days: {n}").format(n=len(wrong)) if wrong else _("Nothing is wrong in these days.")
        keys = _("Left Right a day  - + a week  Enter hours  Esc today")
        heading = Line(((f"{said}  ", "label"), (keys, "muted")))
        return [heading, *(self._wrong_line(number, gap) for number, gap in enumerate(wrong))]

    def _wrong_line(self, number: int, gap: GapLine) -> Line:
        said = gap_line(gap, self.app.status.zone, language())
        return Line(((f"! {said}", "late" if not gap.gap.officers else "soon"),), f"{WRONG}:{number}")

    def _hour_lines(self, place: Place, width: int) -> list[Line]:
        """Each day of a place, with the hours, names and codes of everybody."""
        assert self.week is not None
        spoken, zone = language(), self.app.status.zone
        name = place.name_en if spoken == "en" else place.name
        lines = [text_line(f"{clean(name, 60)}  {clean(place.code, 40)}", "title")]
        for day, entries in zip(self.week.days, place.days, strict=True):
            said = []
            for entry in entries:
                code = f" {clean(entry.officer, 40)}" if entry.officer else ""
                gaps = "".join(f" {gap.label(spoken)}" for gap in entry.gaps)
                said.append(f"{hours_of(entry, day, zone)} {entry_words(entry, spoken)}{code}{gaps}".strip())
            shown = wrap("  ".join(said), max(width - HOURS - 1, 10))
            for number, text in enumerate(shown):
                head = day_name(day, spoken, today=False) if not number else ""
                lines.append(Line(((pad(f" {head}", HOURS), "label"), (text, ""))))
        return lines
