"""On a bad line the screen is always right in the end: late and lost answers, stalls, resizes, news, random keys.

The terminal is an emulator behind a line that carries bytes in pieces and loses answers. Whenever the line has had
time to bring everything over, it must show, cell by cell, what a full repaint shows.
"""

from __future__ import annotations

import random
import time
from dataclasses import replace

import pyte
import pytest
from textual._compositor import LayoutUpdate
from textual.geometry import Region
from textual.pilot import Pilot
from textual.widgets import Input

from console.app import ZhihuiApp
from console.drafts import INTAKE
from console.terminal import cell_output
from console.terminal.line import REMOTE
from console.terminal.link import LinkSign
from console.terminal.pacing import ASK_AGAIN, BYTES_AHEAD, PATIENCE, QUESTION, Pacer
from console.terminal.painter import CellPainter
from console.widgets.queue_view import QueueView
from tests.console.counting import CountingDriver, count_output
from tests.console.memory import NOW, MemoryBackend, made_row
from tests.console.pilots import ready, strips_of, until
from tests.console.terminal.test_painter import KEYS, lines_of, seen_on

SIZES = ((80, 24), (120, 36), (160, 50), (79, 23), (101, 31), (40, 12))
TITLES = ("井盖破损", "a井b盖c破d损" * 9, "“外墙”—瓷砖①脱落…" * 4, "堡" * 70, "x" * 300, "。，；" * 30, "")


class BadLine:
    """Carries output to a terminal in pieces, and its answers back late or never."""

    def __init__(self, app: ZhihuiApp, size: tuple[int, int], dice: random.Random) -> None:
        driver = app._driver
        assert isinstance(driver, CountingDriver)
        driver.answers = False
        self.app, self.driver, self.dice = app, driver, dice
        self.terminal = pyte.Screen(*size)
        self._stream = pyte.Stream(self.terminal)
        self._under_way = ""
        self._answers = 0
        self.loses = 0.0

    def carry(self, amount: int) -> None:
        """Bring some characters to the terminal, which answers each question that it comes upon."""
        self._under_way += self.driver.take()
        piece, self._under_way = self._under_way[:amount], self._under_way[amount:]
        if self._under_way and QUESTION.startswith(self._under_way[: len(QUESTION)]):
            piece, self._under_way = piece + self._under_way, ""
        self._stream.feed(piece.replace(QUESTION, ""))
        self._answers += sum(self.dice.random() >= self.loses for _ in range(piece.count(QUESTION)))

    def bring_answers(self, amount: int) -> None:
        """Bring some answers back."""
        amount = min(amount, self._answers)
        if amount:
            self._answers -= amount
            self.app.terminal_answered(amount)

    def resize(self, width: int, height: int) -> None:
        """The terminal is resized, with what it shows and what is under way to it."""
        self.terminal.resize(height, width)

    def bring_all(self) -> None:
        self.carry(1 << 30)
        self.bring_answers(1 << 30)


def repainted(app: ZhihuiApp) -> pyte.Screen:
    """What a terminal shows that gets the whole screen anew."""
    width, height = app.size
    update = LayoutUpdate([[strip] for strip in strips_of(app)], Region(0, 0, width, height))
    terminal = pyte.Screen(width, height)
    system = app.console._color_system
    assert system is not None
    pyte.Stream(terminal).feed(CellPainter().encode(update, (width, height), system))
    return terminal


def paced(clock: list[float], rows: int = 400, size: tuple[int, int] = (80, 24)) -> ZhihuiApp:
    """The console on a long line; line and countdowns follow the clock."""
    backend = MemoryBackend(
        [replace(made_row(number), title=TITLES[number % len(TITLES)] or "井") for number in range(rows)]
    )
    app = ZhihuiApp(backend, lambda: int(clock[0]), line=REMOTE)
    app.pacer = Pacer(lambda: clock[0])
    app._sign = LinkSign(app.pacer, lambda: clock[0])
    return app


async def all_right(pilot: Pilot[None], app: ZhihuiApp, line: BadLine, clock: list[float], what: str) -> None:
    """Give the line time until the terminal shows what a full repaint shows."""
    line.driver.behind, line.loses = False, 0.0

    def same() -> bool:
        line.bring_all()
        clock[0] += 0.2
        app.catch_up_terminal()
        whole = repainted(app)
        return (line.terminal.columns, line.terminal.lines) == tuple(app.size) and all(
            seen_on(line.terminal, y) == seen_on(whole, y) for y in range(app.size.height)
        )

    try:
        await until(pilot, same, what)
    except AssertionError:
        shown, wanted = lines_of(line.terminal), lines_of(repainted(app))
        wrong = [f"{y}: {a!r}\n  is not {b!r}" for y, (a, b) in enumerate(zip(shown, wanted, strict=False)) if a != b]
        raise AssertionError(f"{what}: {app.screen}\n" + "\n".join(wrong)) from None


@pytest.mark.slow
@pytest.mark.parametrize("number", range(6))
async def test_a_bad_line_leaves_the_right_screen(monkeypatch: pytest.MonkeyPatch, seed: int, number: int) -> None:
    count_output(monkeypatch)
    monkeypatch.setattr(Pacer, "gone", False)  # here a minute without an answer passes within a few keys
    dice = random.Random(f"{seed}:{number}")
    clock = [float(NOW)]
    size = SIZES[number % len(SIZES)]
    app = paced(clock)
    backend = app.backend
    assert isinstance(backend, MemoryBackend)
    async with app.run_test(size=size) as pilot:
        line = BadLine(app, size, dice)
        for step in range(25):
            line.loses = dice.choice((0.0, 0.0, 0.3, 1.0))
            for _burst in range(dice.randint(1, 4)):
                clock[0] += dice.choice((0.05, 0.3, 1, 3, 60))
                happening = dice.random()
                if happening < 0.75:
                    await pilot.press(dice.choice(KEYS))
                    app.terminal_heard()
                elif happening < 0.85:
                    backend.tickets = [
                        replace(row, title=dice.choice(TITLES) or "盖", stage="handling")
                        for row in backend.tickets
                        if dice.random() > 0.05
                    ]
                    backend.mark += 1
                elif happening < 0.9:
                    size = dice.choice(SIZES)
                    line.resize(*size)
                    await pilot.resize_terminal(*size)
                elif happening < 0.95:
                    line.driver.behind = not line.driver.behind
                else:
                    await app._beat()
                line.carry(dice.choice((0, 7, 300, 5000)))
                line.bring_answers(dice.choice((0, 1, 5)))
                await pilot.pause()
            if step % 5 == 4:
                await all_right(pilot, app, line, clock, f"seed {seed}, number {number}, step {step}")


async def test_a_terminal_that_is_resized_there_and_back_gets_everything_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also right after the start, and although nothing was drawn in between: what it showed is gone."""
    count_output(monkeypatch)
    monkeypatch.setattr(cell_output, "SETTLING", float("inf"))
    clock = [float(NOW)]
    app = paced(clock)
    async with app.run_test(size=(80, 24)) as pilot:
        line = BadLine(app, (80, 24), random.Random(1))
        view = app.screen.query_one(QueueView)
        await until(pilot, lambda: line.bring_all() is None and view.ready and view.total > 0)
        await all_right(pilot, app, line, clock, "start")
        line.driver.behind = True
        for size in ((40, 12), (80, 24)):
            line.resize(*size)
            await pilot.resize_terminal(*size)
            await pilot.pause()
        await all_right(pilot, app, line, clock, "there and back")


async def test_a_line_that_stands_still_gets_little_and_then_the_newest(monkeypatch: pytest.MonkeyPatch) -> None:
    """No backlog: whatever happens meanwhile, two frames or 2 kB are under way, and one frame brings the rest."""
    count_output(monkeypatch)
    clock = [float(NOW)]
    app = paced(clock)
    async with app.run_test(size=(80, 24)) as pilot:
        line = BadLine(app, (80, 24), random.Random(1))
        view = app.screen.query_one(QueueView)
        await until(pilot, lambda: line.bring_all() is None and view.ready and view.total > 0)
        await all_right(pilot, app, line, clock, "start")
        for _second in range(30):
            clock[0] += 1
            await app._beat()
            await pilot.press("pagedown")
        under_way = line.driver.take()
        assert len(under_way.encode()) <= BYTES_AHEAD + 3000, "at most 2 kB, and the frame that went beyond them"
        line._under_way = under_way
        await all_right(pilot, app, line, clock, "after the stall")
        assert view.cursor >= 300, "every key was taken meanwhile"


async def test_a_line_with_nobody_at_its_end_ends_the_console_and_what_was_typed_is_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    count_output(monkeypatch)
    clock = [float(NOW)]
    app = paced(clock)
    ends: list[str] = []
    app.hang_up = lambda: ends.append("hung up")
    async with app.run_test(size=(80, 24)) as pilot:
        line = BadLine(app, (80, 24), random.Random(1))
        await ready(pilot)
        line.bring_all()
        await pilot.press("f6")
        await until(pilot, lambda: isinstance(app.focused, Input))
        await pilot.press(*"井盖")
        line.bring_all()
        for _second in range(65):
            clock[0] += 1
            await app._beat()
            if app._exit:
                break
        assert ends == ["hung up"]
    assert 33 <= clock[0] - NOW <= 45
    assert app.drafts.get(INTAKE).values["title"] == "井盖"


async def test_a_mute_terminal_is_served_by_time(monkeypatch: pytest.MonkeyPatch) -> None:
    count_output(monkeypatch)
    monkeypatch.setattr(CountingDriver, "answers", False)
    clock = [float(NOW)]
    app = paced(clock)
    async with app.run_test(size=(80, 24)) as pilot:
        line = BadLine(app, (80, 24), random.Random(1))
        view = await ready(pilot)
        assert app.pacer is not None
        clock[0] += PATIENCE + 1
        assert app.pacer.state == "mute"
        for _ in range(5):
            await pilot.press("pagedown")
            clock[0] += 1
            line.carry(1 << 30)
        clock[0] += ASK_AGAIN
        await app._beat()
        await until(pilot, lambda: "链路 ?" in line_of(line, 0, app))
        line.bring_answers(1)
        assert app.pacer.state == "answering"
        await pilot.press("down")
        await all_right(pilot, app, line, clock, "answering again")
        assert view.cursor > 50


def line_of(line: BadLine, y: int, app: ZhihuiApp) -> str:
    """A line of the terminal, when everything that may be sent has come."""
    app.catch_up_terminal()
    line.carry(1 << 30)
    return lines_of(line.terminal)[y]


async def test_nothing_moves_behind_a_field_while_somebody_types(monkeypatch: pytest.MonkeyPatch) -> None:
    """The candidates of an input method stand beside the cursor: no countdown ticks until keys have ceased."""
    count_output(monkeypatch)
    clock = [float(NOW + 1500)]
    app = paced(clock)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        driver = app._driver
        assert isinstance(driver, CountingDriver)
        await pilot.press("slash")
        await until(pilot, lambda: isinstance(app.focused, Input))
        await pilot.press("井")
        await pilot.pause(0.4)
        driver.take()
        for _second in range(8):
            clock[0] += 1
            app.last_key_at = time.monotonic()
            await app._beat()
            await pilot.pause()
        assert driver.take() == ""
        app.last_key_at -= REMOTE.typing_rest + 1
        clock[0] += 1
        await app._beat()
        await until(pilot, lambda: bool(driver.take()), "countdowns drawn again")


async def test_textuals_own_output_can_be_switched_to(monkeypatch: pytest.MonkeyPatch) -> None:
    count_output(monkeypatch)
    monkeypatch.setenv("ZHIHUI_PAINT", "stock")
    clock = [float(NOW)]
    app = ZhihuiApp(MemoryBackend([made_row(number) for number in range(60)]), lambda: int(clock[0]), line=REMOTE)
    terminal = pyte.Screen(80, 24)
    stream = pyte.Stream(terminal)
    async with app.run_test(size=(80, 24)) as pilot:
        view = await ready(pilot)
        driver = app._driver
        assert isinstance(driver, CountingDriver)
        await pilot.press("down", "pagedown")
        await until(pilot, lambda: view.cursor > 5)
        sent = []

        def same() -> bool:
            sent.append(driver.take())
            stream.feed(sent[-1])
            return lines_of(terminal) == [strip.text for strip in strips_of(app)]

        await until(pilot, same, "the same screen")
        assert QUESTION not in "".join(sent)
