"""What the console sends, in bytes: `python -m tests.console.byte_table` writes the table into docs/bad-lines.md."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from rich.color import ColorSystem
from textual.drivers import headless_driver
from textual.pilot import Pilot

from console.app import ZhihuiApp
from console.ports import QueueRow
from console.terminal.line import LOCAL, REMOTE, Line
from console.terminal.link import LinkSign
from console.terminal.pacing import Pacer
from console.widgets.fields import TextField
from tests.console.counting import CountingDriver
from tests.console.memory import NOW, MemoryBackend, made_row
from tests.console.pilots import ready, until

PAGE = Path(__file__).parents[2] / "docs" / "bad-lines.md"
BEGIN, END = "<!-- table of bytes: python -m tests.console.byte_table -->", "<!-- end of the table -->"
SIZES = ((80, 24), (120, 36), (160, 50))
LINES = {"local": LOCAL, "remote": REMOTE}
IDLE_SECONDS = 60
STILL = 0.3
"""Seconds without output after which a picture is finished: longer than the rest before a ticket is read."""

WHAT = {
    "first": "first screen",
    "idle": "idle, 4 deadlines within 10 minutes, per second",
    "busy": "idle, all deadlines within 10 minutes, per second",
    "far": "idle, no deadline within the hour, per second",
    "cursor": "cursor one line down",
    "scroll": "scroll by one line",
    "page": "page down",
    "typed": "character typed into a field",
    "drawer": "drawer opened (F7)",
    "close": "drawer closed",
    "screen": "another screen (F3)",
    "back": "and back (F2)",
}
"""What is measured, in bytes to the terminal; for the remote line with its position requests."""


def rows(near: int, amount: int = 400) -> list[QueueRow]:
    """Tickets of which `near` are due within ten minutes, the others in more than two hours."""
    return [made_row(n, NOW + 200 + n if n < near else NOW + 8000 + 97 * n) for n in range(amount)]


class Meter:
    """Reads what one console sends."""

    def __init__(self, app: ZhihuiApp, pilot: Pilot[None], clock: list[int]) -> None:
        self.app = app
        self.pilot = pilot
        self._clock = clock
        driver = app._driver
        assert isinstance(driver, CountingDriver)
        self.driver = driver

    async def still(self) -> int:
        """Wait until nothing more comes; the bytes since the last look."""
        seen = -1
        while seen != len(self.driver.sent):
            seen = len(self.driver.sent)
            await self.pilot.pause(STILL)
        return self.driver.bytes()

    async def press(self, *keys: str) -> int:
        """The bytes that keys cost, each."""
        await self.still()
        await self.pilot.press(*keys)
        return round(await self.still() / len(keys))

    async def idle(self) -> float:
        """Bytes per second while only time passes."""
        await self.still()
        for _second in range(IDLE_SECONDS):
            self._clock[0] += 1
            await self.app._beat()
            await self.pilot.pause()
        return round(await self.still() / IDLE_SECONDS, 1)


async def measure(size: tuple[int, int], line: Line) -> dict[str, float]:
    """Every figure at a size, on a line."""
    found: dict[str, float] = {}

    async def flow(meter: Meter) -> None:
        found["first"] = await meter.still()
        found["idle"] = await meter.idle()
        found["cursor"] = await meter.press("down")
        found["page"] = await meter.press("pagedown")
        await meter.press("end")
        await meter.press("pageup")
        found["scroll"] = await meter.press("up")
        await meter.press("home")
        found["drawer"] = await meter.press("f7")
        found["close"] = await meter.press("escape")
        found["screen"] = await meter.press("f3")
        found["back"] = await meter.press("f2")
        await meter.press("f6")
        await until(meter.pilot, lambda: isinstance(meter.app.focused, TextField))
        await meter.press("enter", "enter")
        field = meter.app.focused
        assert isinstance(field, TextField)
        field.clear()  # a console before this one left a draft
        await meter.press("x")
        found["typed"] = await meter.press(*"abcdefgh")
        assert field.value == "xabcdefgh"

    async def busy(meter: Meter) -> None:
        found["busy"] = await meter.idle()

    async def far(meter: Meter) -> None:
        found["far"] = await meter.idle()

    await with_console(size, line, rows(4), flow)
    await with_console(size, line, rows(400), busy)
    await with_console(size, line, rows(0), far)
    return {name: found[name] for name in WHAT}


async def with_console(
    size: tuple[int, int], line: Line, tickets: Sequence[QueueRow], use: Callable[[Meter], Awaitable[None]]
) -> None:
    """Run a console in 256 colours on a counting terminal that answers at once."""
    clock = [NOW]
    app = ZhihuiApp(MemoryBackend(tickets), lambda: clock[0], line=line)
    app.console._color_system = ColorSystem.EIGHT_BIT
    if app.pacer is not None:
        app.pacer = Pacer(lambda: float(clock[0]))
        app._sign = LinkSign(app.pacer, lambda: float(clock[0]))
    stock, headless_driver.HeadlessDriver = headless_driver.HeadlessDriver, CountingDriver  # type: ignore[misc]
    try:
        async with app.run_test(size=size) as pilot:
            meter = Meter(app, pilot, clock)
            view = await ready(pilot)
            await until(pilot, lambda: view.row is not None)
            await use(meter)
    finally:
        headless_driver.HeadlessDriver = stock  # type: ignore[misc]


def table(found: dict[tuple[int, int], dict[str, dict[str, float]]]) -> str:
    """All figures as a table in Markdown."""
    heads = [f"{name} {width}x{height}" for width, height in found for name in LINES]
    lines = [f"| bytes | {' | '.join(heads)} |", "|---|" + "--:|" * len(heads)]
    for name, words in WHAT.items():
        cells = [f"{found[size][line][name]:,g}" for size in found for line in LINES]
        lines.append(f"| {words} | {' | '.join(cells)} |")
    return "\n".join(lines)


async def _all() -> dict[tuple[int, int], dict[str, dict[str, float]]]:
    return {size: {name: await measure(size, line) for name, line in LINES.items()} for size in SIZES}


def main() -> None:
    """Measure, print, and put the table into its page."""
    with tempfile.TemporaryDirectory() as state:
        os.environ["XDG_STATE_HOME"] = state  # what is typed is kept there as a draft
        text = table(asyncio.run(_all()))
    print(text)
    if PAGE.exists():
        before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
        _, _, after = rest.partition(END)
        PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", "utf-8")


if __name__ == "__main__":
    main()
