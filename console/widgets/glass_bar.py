"""The line on every screen while somebody has broken the glass: who, what right, until when, why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from console.i18n import _
from console.rights_ports import GlassView
from console.terminal.legible import clean
from console.widgets.bars import Bar, Parts


class GlassBar(Bar):
    """Goes by itself when the time is over."""

    def __init__(self) -> None:
        super().__init__()
        self.told = ""

    def show(self, glass: Sequence[GlassView], zone: str, now: int) -> None:
        """Show what lasts at an instant; without anything there is no line."""
        self.told = glass_words(glass, zone, now)
        self.set_class(bool(self.told), "-shown")
        self.update()

    def parts(self, width: int) -> Parts:
        del width
        return [(f" {self.told}", "")] if self.told else []


def glass_words(glass: Sequence[GlassView], zone: str, now: int) -> str:
    """What lasts at an instant, in one line; empty when nothing does."""
    lasting = [use for use in glass if use.until > now]
    if not lasting:
        return ""
    first = lasting[0]
    until = datetime.fromtimestamp(first.until, ZoneInfo(zone)).strftime("%H:%M")
    words = _("!! BREAK-GLASS {name} acts as {role} until {time}: {reason}").format(
        name=clean(first.name, 20), role=first.role, time=until, reason=clean(first.reason, 80)
    )
    more = _(" (and {n} more)").format(n=len(lasting) - 1) if len(lasting) > 1 else ""
    return words + more
