"""The line above everything while an emergency lasts: in words, never by colour alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from console.emergency_ports import ModeView, OwedReport
from console.i18n import _, language
from console.terminal.legible import clean
from console.terminal.width import cells
from console.widgets import countdown
from console.widgets.bars import Bar, Parts
from console.widgets.columns import label
from data.terms import ClockKind, Grade

OWED_WIDTH = 16
"""Cells that what is owed next needs at least."""


class ModeBar(Bar):
    """Grade, colour, since when, by whom and in whose name, and what is owed upward next."""

    COMPONENT_CLASSES = {"mode--owed"}
    FAMILY = "mode"

    def __init__(self) -> None:
        super().__init__()
        self.mode: ModeView | None = None
        self.zone = "Asia/Shanghai"
        self.now = 0

    def show(self, mode: ModeView | None, zone: str, now: int) -> None:
        """Show the mode at an instant; in normal times there is no line."""
        self.mode, self.zone, self.now = mode, zone, now
        self.set_class(mode is not None, "-shown")
        self.update()

    def parts(self, width: int) -> Parts:
        if self.mode is None:
            return []
        words = f" {mode_words(self.mode, self.zone)}  "
        if cells(words) + OWED_WIDTH > width:
            words = f" {mode_words(self.mode, self.zone, short=True)}  "
        owed = owed_words(self.mode.owed, self.now) if self.mode.owed is not None else ""
        if self.mode.owed is not None and cells(words) + cells(owed) > width:
            owed = owed_words(replace(self.mode.owed, code=""), self.now).rstrip()
        reason = clean(self.mode.reason, 60)
        if reason and cells(words) + cells(owed) + cells(reason) + 2 <= width:
            words += f"{reason}  "
        return [(words, ""), (owed, "owed")]


def mode_words(mode: ModeView, zone: str, short: bool = False) -> str:
    """The mode in one line; a `short` one has the numeral and the colour of the grade without its name."""
    since = datetime.fromtimestamp(mode.since, ZoneInfo(zone)).strftime("%H:%M" if short else "%m-%d %H:%M")
    by = clean(mode.by, 20)
    if mode.behalf:
        by = _("{name} for {commander}").format(name=by, commander=clean(mode.behalf, 20))
    return _("!! EMERGENCY {grade} since {time}, {by}").format(grade=grade_words(mode.grade, short), time=since, by=by)


def grade_words(grade: str, short: bool = False) -> str:
    """A grade and its colour, both in words."""
    known = next((item for item in Grade if item == grade), None)
    if known is None:
        return clean(grade, 10)
    name = _("grade {numeral}").format(numeral=known.numeral) if short else known.label(language())
    return _("{grade} {colour}").format(grade=name, colour=known.colour.label(language()))


def owed_words(owed: OwedReport, now: int) -> str:
    """A report that is owed upward, with the time that is left."""
    left, band = countdown.label(owed.due, now, owed.warn, False)
    return f"{countdown.MARKERS[band]}{label(ClockKind, owed.kind)} {left.strip()} {clean(owed.code, 20)}"
