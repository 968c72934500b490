"""Text from outside is harmless wherever it is shown: no control reaches the terminal, no markup is obeyed."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from console.app import ZhihuiApp
from console.intake_ports import MatterHit, OfficerRow, PlaceHit
from console.leader_ports import LeaderView
from console.ports import (
    ClockLine,
    CustodyLine,
    HistoryLine,
    NoticeRow,
    PostNode,
    Proposal,
    QueueRow,
    Status,
    TaskLine,
    TicketView,
)
from console.screens.intake import IntakeScreen
from console.widgets.queue_view import QueueView
from data.errors import BadInput
from tests.console.counting import CountingDriver, count_output
from tests.console.memory import NOW, MemoryBackend, made_row
from tests.console.pilots import ready, screen_text, until

NASTY = [
    "\x1b]0;pwned\x07",
    "\x1b[2J\x1b[31m",
    "\x9b2J\x90q\x9c",
    "\x1b]52;c;cHduZWQ=\x07",
    "[@click=app.leave]点我[/]",
    "楼道[/]灯坏",
    "[/foo]",
    "[link=file:///etc/passwd]x[/link]",
    "[nosuchstyle()]",
    "[a区3号]漏水",
    "\u202egnp.exe\u2066",
    "a" + "\u0336" * 60,
    "零\u200b宽\ufeff",
    "一\n二\r\n三\t四\x00五\x7f",
    "👨\u200d👩\u200d👧🇨🇳👍🏽",
    "长" * 5000,
]


class HostileBackend(MemoryBackend):
    """Every text that comes from outside is a nasty one."""

    def __init__(self, text: str) -> None:
        super().__init__([self._row(number, text) for number in range(30)])
        self.text = text
        self.officer = None
        self.choices = [replace(choice, title=text, reason="" if choice.allowed else text) for choice in self.choices]
        self.news = [NoticeRow(1, "alarm", text, 1)]

    @staticmethod
    def _row(number: int, text: str) -> QueueRow:
        row = made_row(number)
        return replace(row, code=text[:60], title=text, place=text, holder=text, stage=text[:20], urgency=text[:20])

    def status(self, now: int) -> Status:
        return replace(super().status(now), centre=self.text, officer=self.text)

    def officers(self) -> Sequence[OfficerRow]:
        return [OfficerRow(self.text, self.text, self.text)]

    def ticket(self, ticket_id: int) -> TicketView | None:
        text = self.text
        return TicketView(
            self.tickets[0],
            ((text, text),),
            text,
            (HistoryLine(NOW, text, text, text),),
            (CustodyLine(NOW - 5, None, text, text[:20]),),
            (ClockLine(text[:12], "running", NOW, None, text, text, NOW, True, text),),
            (TaskLine(text[:8], text, text[:12], NOW, text=text),),
        )

    def posts(self) -> Sequence[PostNode]:
        text = self.text
        return [PostNode(1, "s", text, 0, False), PostNode(2, text, text, 1, True, text, True, 1, 1, text)]

    def proposal(self, ticket_id: int) -> Proposal:
        return Proposal(2, self.text, self.text, (self.text,))

    def leaders(self, now: int) -> Sequence[LeaderView]:
        text, rows = self.text, tuple(self.tickets[:3])
        return [LeaderView(1, text, text, text[:1], text, False, text, text, 1, 1, 1, rows, rows)]

    def matters(self, text: str, limit: int) -> Sequence[MatterHit]:
        return [
            replace(hit, title=self.text, section=self.text, ask=self.text, reason=self.text)
            for hit in super().matters("", limit)
        ]

    def places(self, text: str, limit: int) -> Sequence[PlaceHit]:
        return [PlaceHit(1, self.text, "c")]


FORBIDDEN = re.compile("[\x00-\x06\x0e-\x1a\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


GROUPS = {
    "controls": " ".join(NASTY[:4]),
    "markup": " ".join(NASTY[4:10]),
    "invisible": " ".join(NASTY[10:15]),
    "bare tag": NASTY[6],
    "long": NASTY[15],
}
POINTER = "\x1b\\][0-9]*;[a-z-]*(\x1b\\\\|\x07)"
"""Textual sets the shape of the mouse pointer; the words are its own."""
TITLE = "\x1b\\]2;(! [0-9]+ )?指挥\x07"
"""The title of the window says how many alarms wait, in words of our own."""


@pytest.mark.parametrize("text", GROUPS.values(), ids=GROUPS.keys())
async def test_every_screen_shows_it_and_is_unharmed(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    count_output(monkeypatch)
    backend = HostileBackend(text)
    backend.refusal = BadInput("nasty", text, text)
    app = ZhihuiApp(backend, lambda: NOW)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: bool(app.status.centre) and len(app.screen_stack) > 1)
        await pilot.press("escape")
        await ready(pilot)
        for keys in (
            ("down",), ("f7",), ("1", "1"), ("escape", "escape"), ("d",), ("escape",), ("s",), ("escape",), ("enter",),
            ("right",), ("right",), ("right",), ("escape",), ("f3",), ("right",), ("f4",), ("enter",), ("f5",),
            ("f12",), ("escape",), ("f1",), ("escape",), ("f6",),
        ):  # fmt: skip
            await pilot.press(*keys)
            await pilot.pause(0.03)
        for _look in range(100):
            if isinstance(app.screen, IntakeScreen):
                break
            await pilot.press("escape", "f6")
            await pilot.pause(0.05)
        await until(pilot, lambda: isinstance(app.screen, IntakeScreen))
        await pilot.press("x")
        await until(pilot, lambda: bool(getattr(app.screen, "hits", ())))
        await pilot.press("f2")
        await pilot.pause(0.1)
        assert not FORBIDDEN.search(screen_text(app))
        driver = app._driver
        assert isinstance(driver, CountingDriver)
        sent = re.sub(f"\x1b\\[[0-9;?]*[A-Za-z]|{POINTER}|{TITLE}", "", driver.take())
        assert not FORBIDDEN.search(sent)
        assert re.findall("\x1b.{0,12}", sent) == []
        await pilot.click(QueueView, offset=(30, 3))
        await pilot.pause()
        assert app.is_running


ALLOWED_WIDGETS = {"Input"}
FORBIDDEN_CALLS = {"notify", "from_markup", "print", "Markdown", "Static"}


def test_nothing_in_the_console_parses_markup(repository: Path) -> None:
    """No widget that reads markup out of a string is used, and nothing is turned from markup into text."""
    found = []
    for path in sorted((repository / "console").rglob("*.py")):
        if "cli" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == "textual.widgets":
                found += [f"{path.name}: {name.name}" for name in node.names if name.name not in ALLOWED_WIDGETS]
            if isinstance(node, ast.Call):
                called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if called in FORBIDDEN_CALLS:
                    found.append(f"{path.name}:{node.lineno}: {called}")
                found += [f"{path.name}:{node.lineno}" for word in node.keywords if word.arg == "markup"]
    assert found == []
