"""The line on every screen while somebody has broken the glass: who, what right, until when, why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from console.i18n import _
from console.rights_ports import GlassView
from console.terminal.legible import clean
from console.widgets.bars import Bar, Parts

MINUTE = 60


class GlassBar(Bar):
    """Goes by itself when the time is over."""

    def __init__(self, reasons: bool = True) -> None:
        """Without `reasons` on a locked screen: they may name somebody."""
        super().__init__()
        self.told = ""
        self.reasons = reasons
        self._lasting: dict[int, GlassView] = {}

    def show(self, glass: Sequence[GlassView], zone: str, now: int) -> list[GlassView]:
        """Show what lasts at an instant; without anything there is no line. Gives what has ended since."""
        lasting = {use.number: use for use in glass if use.until > now}
        over = [use for number, use in self._lasting.items() if number not in lasting]
        self._lasting = lasting
        self.told = glass_words(glass, zone, now, self.reasons)
        self.set_class(bool(self.told), "-shown")
        self.update()
        return over

    def parts(self, width: int) -> Parts:
        del width
        return [(f" {self.told}", "")] if self.told else []


def glass_words(glass: Sequence[GlassView], zone: str, now: int, reasons: bool = True) -> str:
    """What lasts at an instant, in one line; empty when nothing does."""
    lasting = [use for use in glass if use.until > now]
    if not lasting:
        return ""
    first = lasting[0]
    until = datetime.fromtimestamp(first.until, ZoneInfo(zone)).strftime("%H:%M")
    words = _("!! BREAK-GLASS {name} acts as {role} until {time}, {left}").format(
        name=clean(first.name, 20), role=clean(first.role, 20), time=until, left=left_words(first.until, now)
    )
    if reasons:
        words = _("{words}: {reason}").format(words=words, reason=clean(first.reason, 80))
    more = _(" (and {n} more)").format(n=len(lasting) - 1) if len(lasting) > 1 else ""
    return words + more


def left_words(until: int, now: int) -> str:
    """How long it still lasts, in whole minutes: a line that changes each second costs too much over a slow line."""
    return _("{n} min left").format(n=-(-(until - now) // MINUTE))


def over_words(use: GlassView) -> str:
    """What is said when it ends."""
    return _("Break-glass of {name} ({role}) is over; the commander or the duty leader reviews it.").format(
        name=clean(use.name, 20), role=clean(use.role, 20)
    )
