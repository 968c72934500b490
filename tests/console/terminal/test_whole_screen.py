"""Every screen with the worst texts, on a terminal that draws ambiguous characters in two cells: all stays straight.

A real street whose reports are drawn at random. At each stop the emulated terminal must show, cell by cell, what the
console meant; no wide character is cut, no line is longer than the screen.
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pyte
import pytest
from rich.cells import get_character_cell_size
from textual.widgets import Input

from console.app import ZhihuiApp
from console.backend.store import StoreBackend
from console.terminal import legible
from console.terminal.legible import Reach, stand_ins
from console.terminal.pacing import QUESTION
from core.clock import SetClock
from core.desk.desk import Desk
from core.desk.orders import Note, Report, read_order
from core.desk.verbs.table import VERBS
from data.errors import Refusal
from tests.console.counting import CountingDriver, count_output
from tests.console.pilots import ready, strips_of, until
from tests.console.real_street import START, STEPS, made_street
from tests.console.terminals import Emulator

ALPHABETS = (
    "井盖缺失堡坎裂缝路灯不亮下水道堵塞",
    "…“”‘’·—→←①②●■★℃±×÷αβγДЖЯ─│┌№§°",
    "e\u0301o\u0308u\u0304a\u0323n\u0303",
    "😀🚒🔥👍🏽👨\u200d👩\u200d👧🇨🇳",
    "שלום\u202eمرحبا\u2066\u200f",
    "\x00\x1b\x07\x9b\x7f\t\u200b\ufeff\u2028",
    "abc XYZ 0123 .,;",
    "ｱｲｳＡＢＣ１２３，。：？　한국어",
)
LENGTHS = (1, 7, 39, 80, 120, 190)
OPENED = {
    "queue": ("f2",), "ticket": ("enter",), "history": ("right",), "custody": ("right",), "clocks": ("right",),
    "act": ("escape", "f7"), "proposed": ("escape", "8"), "dispatch to": ("escape", "ctrl+d"),
    "return": ("escape", "ctrl+r"),
    "views": ("escape", "6"), "help": ("escape", "f1"), "palette": ("escape", "f12"), "notices": ("escape", "ctrl+e"),
    "change of shift": ("escape", "ctrl+o"), "leave": ("escape", "f24"), "rights": ("escape", "alt+0"),
    "jump": ("escape", "ctrl+g"),
    "plans": ("escape", "ctrl+y"), "card": ("escape", "f18"), "meetings": ("escape", "ctrl+n"),
    "sweeps": ("escape", "f16"), "devices": ("escape", "f14"), "review": ("escape", "f15"),
    "late": ("right",), "replay": ("left", "enter"), "next event": ("right",),
    "filter": ("escape", "escape", "escape", "ctrl+f"),
    "dispatch": ("escape", "escape", "f3"), "posts": ("right",), "leaders": ("f4",), "timers": ("f5",),
    "overview": ("5",), "next panel": ("right",), "map": ("right", "right"), "trend": ("right",), "intake": ("f6",),
}  # fmt: skip
"""Each stop, and the keys that lead to it from the one before."""

SCREENS = {
    *("QueueScreen", "TicketScreen", "DispatchScreen", "LeadersScreen", "TimersScreen", "OverviewScreen"),
    *("IntakeScreen", "MenuDrawer", "PlanDrawer", "SearchDrawer", "ViewsDrawer", "HelpDrawer", "NoticesDrawer"),
    *("HandoverDrawer", "RightsDrawer", "JumpScreen", "OffersDrawer", "CardDrawer", "ReviewScreen", "ReplayScreen"),
}
"""What must have been looked at."""


def nasty(dice: random.Random, most: int = 300) -> str:
    """A text of a few alphabets, at the most so long, that is no blank."""
    length = min(dice.choice((*LENGTHS, 300)), most)
    alphabets = dice.sample(ALPHABETS, dice.randint(1, 4))
    text = "".join(dice.choice(dice.choice(alphabets)) for _ in range(length - 1)).replace("\x00", " ")
    return f"{dice.choice(ALPHABETS[0])}{text}"


def hostile_street(path: Path, dice: random.Random) -> tuple[Desk, str]:
    """The shipped street with reports of such texts at many stages."""
    desk, officer = made_street(path, 0, SetClock(START))
    actor = desk.actor(officer)
    for number in range(14):
        given = {
            "title": nasty(dice, 200), "address": nasty(dice, 300), "reporter_name": nasty(dice, 60),
            "reporter_phone": nasty(dice, 40), "body": "\n".join(nasty(dice) for _ in range(3)),
            "matter": "BJ0101",
        }  # fmt: skip
        code = desk.do(Report.model_validate(given), actor).ticket
        desk.do(Note(ticket=code, text=nasty(dice)), actor)
        for verb in STEPS[: number % 7]:
            values = {"dispatch": {"to": "CSGX"}, "complete": {"outcome": nasty(dice)}}.get(verb, {})
            try:
                desk.do(read_order(VERBS[verb].order, {"ticket": code, **values}), actor)
            except Refusal:
                break
    desk.clock.advance(minutes=10)  # type: ignore[attr-defined]
    return desk, officer


class Watched:
    """The console's output on a terminal, and what the console meant to show."""

    def __init__(self, app: ZhihuiApp, size: tuple[int, int]) -> None:
        assert isinstance(app._driver, CountingDriver)
        self.app, self.driver, self.size = app, app._driver, size
        self.terminal = Emulator(*size, ambiguous=2)
        self._stream = pyte.Stream(self.terminal)

    def wrong(self) -> list[str]:
        """The lines that are not what they should be; the terminal's first."""
        self._stream.feed(self.driver.take().replace(QUESTION, ""))
        width, height = self.size
        strips = strips_of(self.app)
        found = [f"{strip.cell_length} cells: {strip.text}" for strip in strips if strip.cell_length != width]
        found += [] if len(strips) == height else [f"{len(strips)} lines"]
        table = stand_ins() or {}
        for y, (row, strip) in enumerate(zip(self.terminal.rows(), strips, strict=False)):
            meant = "".join(table.get(char, char) if get_character_cell_size(char) else char for char in strip.text)
            if unicodedata.normalize("NFC", row) != unicodedata.normalize("NFC", meant):
                found += [f"{y:2} shown {row!r}", f"{y:2} meant {meant!r}"]
            found += self._cut(y)
        return found

    def _cut(self, y: int) -> list[str]:
        """Halves of wide characters in a line."""
        cells = [self.terminal.buffer[y][x].data for x in range(self.size[0])]
        wide = [bool(char) and get_character_cell_size(char[0]) == 2 for char in cells]
        second = [not char or unicodedata.combining(char[0]) > 0 for char in cells]  # the emulator puts marks there
        halves = [x for x in range(len(cells)) if second[x] != (x > 0 and wide[x - 1])]
        halves += [len(cells) - 1] if wide[-1] else []
        return [f"{y:2} half a character at {halves}"] if halves else []


@pytest.fixture(autouse=True)
def _wide_ambiguous() -> Iterator[None]:
    legible.adapt(Reach.SURE)
    yield
    legible.adapt(Reach.ALL)


@pytest.mark.slow
@pytest.mark.parametrize("size", [(80, 24), (100, 30), (160, 50)], ids=str)
async def test_every_screen_is_straight_with_any_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int, size: tuple[int, int]
) -> None:
    dice = random.Random(seed * 1000 + size[0])
    print(f"seed: {seed}")
    count_output(monkeypatch)
    desk, officer = hostile_street(tmp_path / "street.sqlite", dice)
    backend = StoreBackend(desk.store.url, desk.clock, desk.now, None, officer)
    backend.start = backend.desk  # type: ignore[method-assign, assignment]  # no engine: the clock stands still
    app = ZhihuiApp(backend, desk.now)
    async with app.run_test(size=size) as pilot:
        await ready(pilot)
        watched = Watched(app, size)
        app.action_repaint()
        visited = set()
        for place, keys in OPENED.items():
            for key in keys:
                before = app._number
                await pilot.press(key)
                await until(pilot, lambda: app._number > before and not app._busy_since and not app._held_since, place)  # noqa: B023
            if isinstance(app.focused, Input):
                await pilot.press(*nasty(dice, 39).replace("\x1b", ""))
            visited.add(type(app.screen).__name__)
            try:
                await until(pilot, lambda: not watched.wrong())
            except AssertionError as error:
                lines = "\n".join(watched.wrong()[:12])
                raise AssertionError(f"{place}, ZHIHUI_TEST_SEED={seed}:\n{lines}") from error
    assert visited >= SCREENS
    backend.close()
    desk.store.close()
