"""The timers: every running clock by deadline, its band, and what the ladder does next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from textual.widget import Widget

from console.i18n import _
from console.plan_ports import NextStep
from console.screens.filtered import FilteredScreen
from console.terminal.legible import clean
from console.widgets.columns import timer_columns
from console.widgets.lines import Line, LinesView, Part, text_line
from console.widgets.queue_view import QueueView

COMING = 3
"""Steps of the ladder shown above the list."""


class TimersScreen(FilteredScreen):
    """Running clocks."""

    NAME = "timers"
    orders = ("due",)

    def lists(self) -> Iterable[Widget]:
        coming = LinesView(self._coming_lines, name="coming")
        coming.can_focus = False
        coming.styles.height = COMING
        yield coming
        yield QueueView(self.app.load, timer_columns, empty=_("No clock is running."), name="timers")

    def on_mount(self) -> None:
        self.provide = lambda words, _order: self.app.backend.timers(words)
        self.coming: Sequence[NextStep] = ()
        self._read_coming()

    def changed(self) -> None:
        super().changed()
        self._read_coming()

    def tick(self, now: int) -> None:
        """What has fired is no longer coming: look for what is, once the first of it is due."""
        super().tick(now)
        if self.coming and self.coming[0].at < now:
            self._read_coming()

    def _read_coming(self) -> None:
        async def read() -> None:
            try:
                self.coming = await self.app.load(lambda: self.app.backend.next_steps(COMING))
            except Exception as error:  # noqa: BLE001 - a failed query is a banner
                self.refuse(error)
                return
            self.query_one("#coming", LinesView).rebuild()

        self.run_worker(read(), group="coming", exclusive=True, exit_on_error=False)

    def _coming_lines(self, _width: int) -> list[Line]:
        """What fires next: when, for which ticket, whom it tells."""
        if not self.coming:
            return [text_line(_("No step of a ladder is to come."), "muted")]
        zone = ZoneInfo(self.app.status.zone)
        return [self._coming_line(step, zone, number == 0) for number, step in enumerate(self.coming)]

    def _coming_line(self, step: NextStep, zone: ZoneInfo, first: bool) -> Line:
        at = datetime.fromtimestamp(step.at, UTC).astimezone(zone).strftime("%m-%d %H:%M:%S")
        lead = _("next") if first else _("then")
        parts: list[Part] = [
            (f" {lead}  {at}  ", "title" if first else "muted"),
            (f"{clean(step.words, 60)}  ", "soon" if first else "muted"),
            (f"{clean(step.code, 40)}  ", "label"),
            (clean(step.title, 100), "" if first else "muted"),
        ]
        return Line(tuple(parts))
