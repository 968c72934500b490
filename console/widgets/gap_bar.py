"""The line that stays while the roster of the next 24 hours has gaps or double bookings; a click opens the roster."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from console.i18n import _
from console.keyboard import table as keys
from console.keyboard.table import key_name
from console.roster_ports import GapAhead
from console.terminal.legible import clean
from console.terminal.width import cells, cut
from console.widgets.bars import Bar, Parts
from core.rules.duty_gaps import REMINDERS
from core.rules.local_time import local_span

if TYPE_CHECKING:
    from console.app import ZhihuiApp

NEAR = REMINDERS[-1]
"""So many seconds before nobody is at the desk the line is an alarm, as the engine's notice is."""


class GapBar(Bar):
    """The worst of them with its times, how many others there are, and the key."""

    FAMILY = "gaps"

    def __init__(self) -> None:
        super().__init__()
        self.gaps: Sequence[GapAhead] = ()
        self.zone = "Asia/Shanghai"
        self.now = 0

    def show(self, gaps: Sequence[GapAhead], zone: str, now: int) -> None:
        """Show what is wrong ahead of an instant, the worst first; without anything there is no line."""
        self.gaps, self.zone, self.now = [gap for gap in gaps if not is_over(gap, now)], zone, now
        self.set_class(bool(self.gaps), "-shown")
        self.set_class(any(is_near(gap, now) for gap in self.gaps), "-alarm")
        self.update()

    def parts(self, width: int) -> Parts:
        if not self.gaps:
            return []
        more = _("  {n} more").format(n=len(self.gaps) - 1) if len(self.gaps) > 1 else ""
        ending = f"{more}  {key_name(keys.action('pane.roster').keys[0])} "
        first = _(" ! Roster: {gap}").format(gap=gap_words(self.gaps[0], self.zone, self.now))
        return [(cut(first, max(width - cells(ending), 0)), ""), (ending, "")]

    async def on_click(self) -> None:
        await cast("ZhihuiApp", self.app).run_named("pane.roster")


def gap_words(gap: GapAhead, zone: str, now: int) -> str:
    """What is wrong and when, in one line; what lasts says so."""
    span = local_span(gap.from_at, gap.to_at, zone)
    since = _(" (now)") if gap.from_at <= now else ""
    return f"{clean(gap.text, 80)}  {span}{since}"


def is_over(gap: GapAhead, now: int) -> bool:
    """Whether a gap has passed at an instant."""
    return gap.to_at is not None and gap.to_at <= now


def is_near(gap: GapAhead, now: int) -> bool:
    """Whether nobody is at the desk now or soon."""
    return gap.at_desk and gap.from_at - NEAR <= now
