"""The timers: every running clock by deadline, its band, and what the ladder does next."""

from __future__ import annotations

from collections.abc import Iterable

from textual.widget import Widget

from console.i18n import _
from console.screens.filtered import FilteredScreen
from console.widgets.columns import timer_columns
from console.widgets.queue_view import QueueView


class TimersScreen(FilteredScreen):
    """Running clocks."""

    NAME = "timers"

    def lists(self) -> Iterable[Widget]:
        yield QueueView(self.app.load, timer_columns, empty=_("No clock is running."), name="timers")

    def on_mount(self) -> None:
        self.provide = self.app.backend.timers
