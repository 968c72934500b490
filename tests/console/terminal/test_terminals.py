"""The console on the terminals that people have: wide ambiguous characters, GBK, few colours, tmux, screen.

Each is a real program in a real pseudo-terminal: started, read, a ticket dispatched, left, the terminal as it was.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.desk.desk import Desk
from data.queries import tickets
from tests.console.conftest import StreetCopy
from tests.console.terminals import Emulator, Session, console_on, environment, needs_screen, needs_tmux

F8, F10 = "\x1b[19~", "\x1b[21~"
READY = "20261120-0004"
"""The ticket of the street that waits to be dispatched."""


@pytest.fixture
def street(street_copy: StreetCopy) -> Iterator[tuple[Desk, str]]:
    desk, officer = street_copy()
    yield desk, officer
    desk.store.close()


def kinds(desk: Desk, code: str) -> list[str]:
    """What happened to a ticket."""
    with desk.store.reader() as reader:
        number = tickets.ticket_id(reader, desk.centre_id, code)
        return [str(event["kind"]) for event in tickets.events(reader, desk.centre_id, number)]


def chosen(session: Session) -> str:
    """The row of the list on which the cursor stands, empty while there is none."""
    return next((row for row in session.screen.rows() if row.startswith(">")), "")


def work(desk: Desk, session: Session, english: bool) -> None:
    """Read the list, dispatch the ticket that waits for it, leave; the terminal is as it was."""
    stage = "assessed" if english else "待派单"
    session.until(stage)
    session.until(lambda _text: chosen(session) != "")
    rows = session.screen.rows()
    waiting = next(row for row in rows if stage in row)
    session.press("j" * (rows.index(waiting) - rows.index(chosen(session))))
    session.until(lambda _text: stage in chosen(session))  # the line of alarms may have moved all rows meanwhile
    session.press(F8 + "\r")  # the second key waits for the drawer that the first one opens
    session.until(lambda _text: "dispatch" in kinds(desk, READY))
    session.press(F10)
    assert session.ended() == 0, session.sent[-2000:]
    assert session.restored()


PLACES = {
    "wide": ({}, {"ambiguous": 2}, False),
    "GBK": ({"LANG": "zh_CN.GBK"}, {"encoding": "gbk"}, True),
    "locale C": ({"LANG": "C", "LC_ALL": "C"}, {}, False),
    "POSIX without coercion": (
        {"LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}, {}, False,
    ),
    "16 colours": ({"TERM": "xterm-16color"}, {}, False),
    "no colour": ({"NO_COLOR": "1"}, {}, False),
    "vt100": ({"TERM": "vt100"}, {}, False),
    "linux": ({"TERM": "linux"}, {}, True),
    "mute": ({}, {"mute": True}, False),
    "mute vt100": ({"TERM": "vt100"}, {"mute": True}, True),
    "no TERM": ({"TERM": ""}, {}, False),
}  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_a_ticket_is_dispatched_on(street: tuple[Desk, str], place: str) -> None:
    desk, officer = street
    changes, kind, english = PLACES[place]
    screen = Emulator(80, 24, **kind)  # type: ignore[arg-type]
    with console_on(desk.store.path, officer, screen, **changes) as session:
        work(desk, session, english)


def test_a_dumb_terminal_is_told_what_to_do(street: tuple[Desk, str]) -> None:
    desk, officer = street
    with console_on(desk.store.path, officer, Emulator(80, 24), TERM="dumb") as session:
        assert session.ended() == 2
        assert "TERM=xterm-256color" in session.screen.text.replace("\n", "")
        assert session.restored()
        assert b"\x1b" not in session.sent


def test_what_was_typed_ahead_is_done(street: tuple[Desk, str]) -> None:
    """Keys that come before the first screen, among the answers, are neither eaten nor echoed."""
    desk, officer = street
    with console_on(desk.store.path, officer, Emulator(80, 24)) as session:
        session.press("4")
        session.until("[F5")
        session.press(F10)
        assert session.ended() == 0


def test_a_store_that_is_not_there_leaves_no_answers_behind(tmp_path: Path) -> None:
    with console_on(str(tmp_path / "none.sqlite"), "x", Emulator(80, 24)) as session:
        assert session.ended() != 0
        assert session.restored()
        assert "[1;" not in session.screen.text


@needs_tmux
def test_inside_tmux(street: tuple[Desk, str], tmp_path: Path) -> None:
    desk, officer = street
    tmux = ["tmux", "-S", str(tmp_path / "s"), "-f", "/dev/null", "-u", "new-session"]
    _inside([*tmux, "-x", "80", "-y", "24", *_console(desk, officer)], desk)


@needs_screen
def test_inside_screen(street: tuple[Desk, str], tmp_path: Path) -> None:
    desk, officer = street
    settings = tmp_path / "screenrc"
    settings.write_text("defutf8 on\nstartup_message off\n")
    folder = tmp_path / "screens"
    folder.mkdir(mode=0o700)
    _inside(["screen", "-U", "-c", str(settings), *_console(desk, officer)], desk, SCREENDIR=str(folder))


def _console(desk: Desk, officer: str) -> list[str]:
    return [sys.executable, "-m", "console", "--store", desk.store.path, "--as", officer]


def _inside(command: list[str], desk: Desk, **changes: str) -> None:
    session = Session(command, Emulator(80, 24), environment(**changes))
    try:
        session.until("待派单")
        line = next(row for row in session.screen.rows() if "待派单" in row)
        assert line.index("!") < line.index("待")
        session.press("4")
        session.until("F5时限]")
        session.press("1")
        session.until("F2队列]")
        work(desk, session, english=False)
    finally:
        session.close()
        if command[0] == "tmux" and shutil.which("tmux"):
            subprocess.run([*command[:3], "kill-server"], capture_output=True, check=False)
