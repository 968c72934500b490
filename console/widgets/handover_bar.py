"""The line that stays while a change of shift is not signed; a click opens the handover."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from console.handover_ports import UnsignedHandover
from console.i18n import _
from console.keyboard import table as keys
from console.keyboard.table import key_name
from console.widgets.bars import Bar, Parts
from console.widgets.columns import label
from data.handover_terms import HandoverState

if TYPE_CHECKING:
    from console.app import ZhihuiApp


class HandoverBar(Bar):
    """Which handover, how far it is, how long ago the shift changed, and the key."""

    FAMILY = "handover"

    def __init__(self) -> None:
        super().__init__()
        self.unsigned: UnsignedHandover | None = None
        self.now = 0

    def show(self, unsigned: UnsignedHandover | None, now: int) -> None:
        """Show it at an instant; when all is signed there is no line."""
        self.unsigned, self.now = unsigned, now
        self.set_class(unsigned is not None, "-shown")
        self.update()

    def parts(self, width: int) -> Parts:
        if self.unsigned is None:
            return []
        words = _(" ! Handover {n} not signed ({state}), {m} min past the change of shift  {key}")
        return [
            (
                words.format(
                    n=self.unsigned.number,
                    state=label(HandoverState, self.unsigned.state),
                    m=max(self.now - self.unsigned.change_at, 0) // 60,
                    key=key_name(keys.action("handover").keys[0]),
                ),
                "",
            )
        ]

    async def on_click(self) -> None:
        await cast("ZhihuiApp", self.app).run_named("handover")
