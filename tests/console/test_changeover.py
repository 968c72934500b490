"""The drawer of the change of shift says at once what the officer cannot do and why, and cuts no figure."""

from __future__ import annotations

from typing import Any

import pytest

from console.dialogs.changeover import HandoverDrawer
from console.handover_ports import HandoverShown
from data.handover_terms import HandoverPart
from tests.console.memory import MemoryBackend, made_row
from tests.console.pilots import at_rest, ready, screen_text, speaking, street_app, until

WHY = "第 3 号交接由接班班次的人员签收；换人请先登记值班（zhihui duty on）"


class Given(MemoryBackend):
    """A handover that was given, with something in every list; whoever looks may not answer it."""

    def handover(self) -> HandoverShown:
        shown = super().handover()
        counts = {part.value: 1200 + number for number, part in enumerate(HandoverPart)}
        pack: dict[str, Any] = {**shown.pack, "counts": counts}
        refused = {"pack": "已移交", "note": "已移交", "give": "已移交", "accept": WHY, "refuse": WHY}
        return HandoverShown(pack, "", 3, "given", refused=refused, why=WHY)


@pytest.mark.parametrize("size", [(80, 24), (120, 36)], ids=str)
async def test_why_not_is_said_when_it_opens_and_no_figure_is_cut(size: tuple[int, int]) -> None:
    app = street_app(Given([made_row(number) for number in range(9)]))
    with speaking("zh"):
        async with app.run_test(size=size) as pilot:
            await ready(pilot)
            await pilot.press("ctrl+o")
            await until(pilot, lambda: isinstance(app.screen, HandoverDrawer) and "第 3 号交接" in screen_text(app))
            await at_rest(pilot)
            shown = screen_text(app)
            assert f"! {WHY}" in shown
            for number, part in enumerate(HandoverPart):
                assert str(1200 + number) in shown, f"the figure of {part.zh} is cut"
            assert "6 针对此件说明" not in shown
            # The key of what is refused says why, and the drawer stays: nothing was lost by trying.
            await pilot.press("4")
            await until(pilot, lambda: screen_text(app).count(f"! {WHY}") == 2, "the reason beside the keys")
            assert isinstance(app.screen, HandoverDrawer)
