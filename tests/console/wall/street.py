"""A wall's source in memory, and driving the wall in tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from textual.pilot import Pilot

from console.overview_ports import OnDuty, Share, Unstaffed
from console.ports import Counts, Heartbeat, Status
from console.wall.app import WallApp
from console.wall.view import WallTicket, WallView
from data.queries.counted import Counted
from tests.console.memory import NOW, PLACES


def made_ticket(number: int, due: int | None = None) -> WallTicket:
    """A ticket as the wall has it."""
    return WallTicket(
        code=f"20260720-{number:04d}",
        urgency="emergency" if number % 3 == 0 else "normal",
        stage="handling",
        place=PLACES[number % len(PLACES)],
        holder="城市更新岗",
        due=NOW - 2000 + number * 1000 if due is None else due,
        at=NOW - 100 * number,
    )


def made_view(**changes: object) -> WallView:
    """A street with a little of everything."""
    counts = Counts(128, Counted(17), Counted(6))
    view = WallView(
        at=NOW,
        status=Status("示范街道指挥中心", "", "Asia/Shanghai", counts, Heartbeat(1, "service")),
        intake=42,
        sections=(Share("平安法治", "", 40, 3), Share("城市治理", "", 51, 0), Share("民生服务", "", 37, 1)),
        nearest=tuple(made_ticket(number) for number in range(1, 9)),
        newest=tuple(made_ticket(number) for number in range(8, 0, -1)),
        on_duty=(OnDuty("陈一", "值班领导", "指挥中心"), OnDuty("林二", "值班员", "流转调度岗")),
        unstaffed=(Unstaffed("planning", "规划建设岗", 3, 1),),
    )
    return replace(view, **changes)  # type: ignore[arg-type]


class MemoryWall:
    """What the wall reads, as a test sets it."""

    def __init__(self, view: WallView | None = None) -> None:
        self.view = view or made_view()
        self.ringing: list[WallTicket] = []
        self.broken: Exception | None = None
        self.looks = 0

    def look(self, now: int) -> WallView:
        self.looks += 1
        if self.broken is not None:
            raise self.broken
        return replace(self.view, at=now)

    def alarms(self, now: int) -> Sequence[WallTicket]:
        rung, self.ringing = self.ringing, []
        return rung


def wall_text(app: WallApp) -> str:
    """What the wall shows, as text."""
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


async def settle(pilot: Pilot[None], app: WallApp) -> None:
    """One beat of the clock, what it reads, and what it draws."""
    await app.beat()
    await app.workers.wait_for_complete()
    await pilot.pause()
