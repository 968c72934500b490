"""Sending only changed cells leaves the same screen as sending everything: played on a terminal emulator."""

from __future__ import annotations

import random

import pyte
import pytest
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual._compositor import LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from console.app import ZhihuiApp
from console.terminal.painter import CellPainter
from console.widgets.queue_view import QueueView
from data.clean import clean
from tests.console.counting import CountingDriver, count_output
from tests.console.memory import NOW, MemoryBackend, made_row
from tests.console.pilots import strips_of, until

KEYS = [
    "down",
    "down",
    "up",
    "pagedown",
    "pageup",
    "end",
    "home",
    "space",
    "f7",
    "escape",
    "f1",
    "escape",
    "f9",
    "slash",
]
KEYS += [
    "堡",
    "井",
    "backspace",
    "escape",
    "f12",
    "down",
    "escape",
    "f3",
    "f4",
    "f5",
    "f2",
    "enter",
    "escape",
    "escape",
]


def lines_of(screen: pyte.Screen) -> list[str]:
    """What the emulated terminal shows."""
    return ["".join(screen.buffer[y][x].data for x in range(screen.columns)) for y in range(screen.lines)]


@pytest.mark.parametrize(("size", "seed"), [((80, 24), 1), ((120, 36), 2), ((160, 50), 3)])
async def test_random_use_leaves_the_right_screen(
    monkeypatch: pytest.MonkeyPatch, size: tuple[int, int], seed: int
) -> None:
    count_output(monkeypatch)
    dice = random.Random(seed)
    clock = [NOW]
    app = ZhihuiApp(MemoryBackend([made_row(number) for number in range(500)]), lambda: clock[0])
    terminal = pyte.Screen(*size)
    stream = pyte.Stream(terminal)
    async with app.run_test(size=size) as pilot:
        driver = app._driver
        assert isinstance(driver, CountingDriver)
        for step in range(36):
            clock[0] += dice.choice((0, 1, 1, 60))
            await pilot.press(dice.choice(KEYS))
            await pilot.pause(0.02 if step % 10 else 0.2)

            def same() -> bool:
                stream.feed(driver.take())
                return lines_of(terminal) == [strip.text for strip in strips_of(app)]

            await until(pilot, same, f"the same screen after step {step}")


def paint(painter: CellPainter, lines: list[str], width: int) -> str:
    """Send a whole screen of plain lines."""
    strips = [
        [Strip([Segment(line, Style(color="red" if "红" in line else None))]).adjust_cell_length(width)]
        for line in lines
    ]
    region = Region(0, 0, width, len(lines))
    return painter.encode(LayoutUpdate(strips, region), (width, len(lines)), ColorSystem.TRUECOLOR)


ALPHABET = "ab 中文红，。0é“”…·—①│😀"


def test_random_screens_on_an_emulator() -> None:
    dice = random.Random(7)
    painter, terminal = CellPainter(), pyte.Screen(24, 6)
    stream = pyte.Stream(terminal)
    lines = [""] * 6
    for _step in range(400):
        lines = [
            clean("".join(dice.choices(ALPHABET, k=dice.randint(0, 14)))) if dice.random() < 0.4 else line
            for line in lines
        ]
        stream.feed(paint(painter, lines, 24))
        assert lines_of(terminal) == [Strip([Segment(line)]).adjust_cell_length(24).text for line in lines]


STYLES = [
    Style(),
    Style(color="red"),
    Style(color="#aabbcc", bgcolor="#102030"),
    Style(color="#aabbcc", bgcolor="#102030", bold=True),
    Style(bgcolor="#405060", underline=True),
    Style(color="bright_white", bgcolor="bright_blue", bold=True, reverse=True),
    Style(color="color(120)", bgcolor="color(200)"),
]


def seen_on(terminal: pyte.Screen, y: int) -> list[pyte.screens.Char]:
    """A line of a terminal as it is seen: a blank has no ink of its own, unless it is underlined or swapped."""
    cells = [terminal.buffer[y][x] for x in range(terminal.columns)]
    return [
        cell._replace(fg="", bold=False, italics=False)
        if cell.data == " " and not (cell.underscore or cell.reverse or cell.strikethrough)
        else cell
        for cell in cells
    ]


@pytest.mark.parametrize("system", [ColorSystem.TRUECOLOR, ColorSystem.EIGHT_BIT, ColorSystem.STANDARD])
def test_styles_are_the_same_as_when_everything_is_sent(system: ColorSystem) -> None:
    """Cell by cell, with colours and attributes, against a terminal that gets each screen whole."""
    dice = random.Random(5)
    painter, terminal, whole = CellPainter(), pyte.Screen(24, 6), pyte.Screen(24, 6)
    stream, other = pyte.Stream(terminal), pyte.Stream(whole)
    lines = [[Segment(" " * 24, Style())] for _ in range(6)]
    for _step in range(300):
        for y in range(6):
            if dice.random() < 0.5:
                words = ["".join(dice.choices("ab 中文0", k=dice.randint(1, 6))) for _ in range(4)]
                lines[y] = [Segment(word, dice.choice(STYLES)) for word in words]
        strips = [[Strip(line).adjust_cell_length(24, Style())] for line in lines]
        update = LayoutUpdate(strips, Region(0, 0, 24, 6))
        stream.feed(painter.encode(update, (24, 6), system))
        other.feed(CellPainter().encode(update, (24, 6), system))
        for y in range(6):
            assert seen_on(terminal, y) == seen_on(whole, y)


def test_lines_that_move_are_moved_by_the_terminal() -> None:
    """Right hints, wrong hints and no hints leave the same screen; a right one saves most of the bytes."""
    dice = random.Random(11)
    painter, terminal = CellPainter(), pyte.Screen(40, 12)
    stream = pyte.Stream(terminal)
    rows = [f"{number:03d} 井盖破损第{number}件" for number in range(400)]
    at = 100
    stream.feed(paint(painter, [rows[at + y] for y in range(12)], 40))
    for _step in range(300):
        lines = dice.choice((-3, -1, 1, 1, 1, 2, 5, 9))
        at = min(max(at + lines, 0), 380)
        if dice.random() < 0.8:
            painter.scrolled(0, 11, lines if dice.random() < 0.8 else dice.choice((-2, 3)))
        stream.feed(paint(painter, [rows[at + y] for y in range(12)], 40))
        assert lines_of(terminal) == [Strip([Segment(rows[at + y])]).adjust_cell_length(40).text for y in range(12)]
    plain = len(paint(painter, [rows[at + y + 1] for y in range(12)], 40))
    painter.scrolled(0, 11, 1)
    assert len(paint(painter, [rows[at + y + 2] for y in range(12)], 40)) < plain / 2


def test_the_same_screen_sends_nothing_and_forgetting_sends_all() -> None:
    painter = CellPainter()
    first = paint(painter, ["井盖", "破损"], 10)
    assert paint(painter, ["井盖", "破损"], 10) == ""
    painter.forget()
    assert paint(painter, ["井盖", "破损"], 10) == first


def test_one_digit_costs_a_few_bytes() -> None:
    painter = CellPainter()
    paint(painter, ["  10:00 井盖破损", "  11:00 红色"], 20)
    assert len(paint(painter, ["  10:01 井盖破损", "  11:00 红色"], 20)) <= 12


def test_a_character_of_doubtful_width_is_followed_by_a_move() -> None:
    """A terminal that draws it two cells wide must not shift what comes after."""
    assert "“\x1b[1;2Ha" in paint(CellPainter(), ["“a"], 4)


def test_a_screen_laid_out_for_a_wider_terminal_is_cut_between_cells() -> None:
    """While a terminal is made smaller: what does not fit is left out, half a character as a blank, and never wraps."""
    painter, terminal = CellPainter(), pyte.Screen(5, 2)
    stream = pyte.Stream(terminal)
    for text, shown in (("井盖破损", "井盖 "), ("ab井盖破", "ab井 "), ("", " " * 5)):
        strips = [[Strip([Segment(text)]).adjust_cell_length(8)] for _ in range(3)]
        update = LayoutUpdate(strips, Region(0, 0, 8, 3))
        stream.feed(painter.encode(update, (5, 2), ColorSystem.TRUECOLOR))
        assert lines_of(terminal) == [shown] * 2


def test_links_are_never_sent() -> None:
    strips = [[Strip([Segment("x", Style(link="file:///etc/passwd"))])]]
    sent = CellPainter().encode(LayoutUpdate(strips, Region(0, 0, 1, 1)), (1, 1), ColorSystem.TRUECOLOR)
    assert "\x1b]" not in sent


async def test_a_terminal_that_does_not_read_gets_the_newest_state_later(monkeypatch: pytest.MonkeyPatch) -> None:
    count_output(monkeypatch)
    clock = [NOW]
    app = ZhihuiApp(MemoryBackend([made_row(number) for number in range(500)]), lambda: clock[0])
    terminal = pyte.Screen(80, 24)
    stream = pyte.Stream(terminal)
    async with app.run_test(size=(80, 24)) as pilot:
        driver = app._driver
        assert isinstance(driver, CountingDriver)
        await pilot.pause(0.3)
        stream.feed(driver.take())
        driver.behind = True
        for _second in range(30):
            clock[0] += 1
            await app._beat()
            await pilot.press("down")
        assert driver.take() == ""
        driver.behind = False
        await app._beat()
        await pilot.pause(0.2)
        stream.feed(driver.take())
        assert app.screen.query_one(QueueView).cursor == 30
        assert lines_of(terminal) == [strip.text for strip in strips_of(app)]
