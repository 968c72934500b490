"""The pictures of the README: `python -m tests.pictures [FOLDER]` draws the console on the demo street.

The street is made at a fixed moment from a fixed seed, so the same code draws the same pictures.
"""

from __future__ import annotations

import asyncio
import re
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from console import i18n
from console.app import ZhihuiApp
from console.backend.store import StoreBackend
from core.clock import SetClock
from core.demo import make_demo
from core.engine.loop import Engine
from data.store import Store

MOMENT = datetime(2026, 11, 20, 2, 16, tzinfo=UTC)
"""Friday 2026-11-20, 10:16 in Chongqing."""
SIZE = (120, 36)
FOLDER = Path(__file__).parent.parent / "docs" / "pictures"
FONTS = "'Sarasa Mono SC', 'Noto Sans Mono CJK SC', 'Source Han Mono SC', 'DejaVu Sans Mono', monospace"

PICTURES = {
    "queue": ("f2", "down", "down"),
    "dispatch": ("f3",),
    "leaders": ("f4",),
    "timers": ("f5",),
    "intake": ("f6",),
}
"""File name → the keys that lead to the screen."""


async def draw(url: str, officer: str, keys: tuple[str, ...], title: str) -> str:
    """One screen as SVG."""
    clock = SetClock(MOMENT)
    backend = StoreBackend(url, clock, lambda: int(clock.now().timestamp()), None, officer)
    app = ZhihuiApp(backend, lambda: int(clock.now().timestamp()), "")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause(1)
        for key in keys:
            await pilot.press(key)
            await pilot.pause(0.5)
        await app.workers.wait_for_complete()
        await pilot.pause(0.5)
        svg = app.export_screenshot(title=title)
    backend.close()
    return plain_fonts(svg)


def plain_fonts(svg: str) -> str:
    """Fonts of the reader's own machine: a picture must not fetch anything."""
    without = re.sub(r"@font-face\s*\{[^}]*\}", "", svg)
    return re.sub(r"font-family:\s*Fira Code[^;]*;|font-family:\s*arial[^;]*;", f"font-family: {FONTS};", without)


def main(folder: Path) -> None:
    """Make the street and draw every picture."""
    i18n.set_language("zh")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        url = f"sqlite:///{home}/street.db"
        demo = make_demo(url, MOMENT)
        store = Store(url)
        Engine(store, SetClock(MOMENT), demo.centre_id).once()
        store.close()
        for name, keys in PICTURES.items():
            svg = asyncio.run(draw(url, demo.officer, keys, "zhihui · 指挥"))
            (folder / f"{name}.svg").write_text(svg, "utf-8")
            print(folder.name, name, len(svg))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
