"""The real console on real terminals behind bad lines: type-ahead, mute terminals, stalls, and the end of the line."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from data.location import locate
from data.reader import Reader
from tests.bench.slow_line import SlowTerminal
from tests.console.conftest import StreetCopy
from tests.console.terminals import environment

PATIENCE = 60.0


def command(store: str, officer: str) -> list[str]:
    return [sys.executable, "-m", "console", "--store", store, "--as", officer]


@pytest.fixture
def far(street_copy: StreetCopy, repository: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SlowTerminal]:
    """The console at the far end of 64 kbit/s and 300 ms, its first screen there."""
    desk, officer = street_copy()
    path = desk.store.path
    desk.store.close()
    monkeypatch.chdir(repository)
    with SlowTerminal(command(path, officer), environment(ZHIHUI_LINE="slow")) as terminal:
        shows(terminal, "F10")
        shows(terminal, "2026")
        yield terminal


def shows(terminal: SlowTerminal, wanted: str) -> None:
    """Wait for words on the far screen."""
    holds(terminal, lambda: wanted in terminal.text, wanted)


def holds(terminal: SlowTerminal, condition: Callable[[], bool], what: str) -> None:
    if terminal.until(condition, PATIENCE) >= PATIENCE:
        pytest.fail(f"{what} did not come:\n{terminal.text}")


@pytest.mark.slow
def test_what_is_typed_ahead_reaches_what_it_was_meant_for(far: SlowTerminal) -> None:
    """A whole report in one burst, before a single answer could come: form, fields and search keep their order."""
    far.press(b"\x1b[17~" + "春晖路井盖缺失，有人险些踩空\r春晖路88号\r王先生\r13900001111".encode())
    shows(far, "13900001111")
    for label, value in (("内容", "春晖路井盖缺失，有人险些踩空"), ("地点", "春晖路88号"), ("来电人", "王先生")):
        assert re.search(rf"{label} +{value}", far.text), far.text


@pytest.mark.slow
def test_answers_are_never_typed(far: SlowTerminal) -> None:
    """Field and answers at once, the answers also in pieces; the status bar tells the round trip."""
    far.press(b"\x1b[17~")
    shows(far, "地点")
    for piece in (b"ab\x1b[", b"12;7", b"9Rcd", b"\x1b[1;2Ref", b"\x1b", b"[24;80Rgh"):
        far.press(piece)
    shows(far, "abcdefgh")
    assert re.search(r"链路 ?\d", "\n".join(far.text.splitlines()[:3])), far.text


@pytest.mark.slow
def test_a_terminal_that_answers_nothing_is_served_all_the_same(
    street_copy: StreetCopy, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, officer = street_copy()
    path = desk.store.path
    desk.store.close()
    monkeypatch.chdir(repository)
    with SlowTerminal(command(path, officer), environment(ZHIHUI_LINE="slow")) as terminal:
        terminal.screen.mute = True
        shows(terminal, "链路 ?")
        terminal.press(b"\x1bOQ\x1b[B")
        holds(terminal, lambda: bool(re.search(r" 2/\d", terminal.text)), "the cursor on line 2")
        terminal.screen.mute = False
        holds(terminal, lambda: "链路 ?" not in terminal.text.splitlines()[0], "answers noticed again")


# ------------------------------------------------------------------------------------------- a stuck terminal


def open_console(path: str, officer: str, repository: Path) -> tuple[subprocess.Popen[bytes], int]:
    """The console on a pty of 100 by 30; the process and our end."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
    process = subprocess.Popen(
        command(path, officer), stdin=theirs, stdout=theirs, stderr=theirs, cwd=repository, start_new_session=True,
        env=environment(ZHIHUI_LINE="slow"),
    )  # fmt: skip
    os.close(theirs)
    return process, ours


def read_until(ours: int, wanted: str, answer: bool = True) -> str:
    """Read the terminal until words come, answering questions as something that draws nothing does."""
    seen, deadline = b"", time.monotonic() + PATIENCE
    while wanted not in seen.decode("utf-8", "replace"):
        assert time.monotonic() < deadline, f"{wanted!r} did not come: {seen[-300:]!r}"
        if select.select([ours], [], [], 0.2)[0]:
            piece = os.read(ours, 65536)
            seen += piece
            if answer:
                os.write(ours, b"\x1b[1;1R" * piece.count(b"\x1b[6n"))
    return seen.decode("utf-8", "replace")


@pytest.mark.slow
@pytest.mark.parametrize("way", ["hang-up", "reader killed"])
def test_a_console_that_waits_for_a_stuck_terminal_ends_with_it(
    street_copy: StreetCopy, repository: Path, way: str
) -> None:
    """Nobody reads and nobody answers; keys still come. When the terminal goes, the process goes within seconds."""
    desk, officer = street_copy()
    process, ours = open_console(desk.store.path, officer, repository)
    desk.store.close()
    try:
        read_until(ours, "F10")
        for _ in range(200):
            os.write(ours, b"\x1b[6~\x1b[5~")
        assert process.poll() is None
        if way == "hang-up":
            process.send_signal(signal.SIGHUP)
        os.close(ours)
        process.wait(10)
    finally:
        if process.poll() is None:
            process.kill()
            pytest.fail("the process is an orphan")


@pytest.mark.slow
def test_the_engine_beats_on_behind_a_stalled_terminal(far: SlowTerminal, tmp_path: Path) -> None:
    """The terminal is not read while ten heartbeats pass and keys come; then it shows the newest state."""
    shows(far, "引擎正常")
    path = str(tmp_path / "street.sqlite")
    beats: set[int] = set()
    deadline = time.monotonic() + PATIENCE * 2
    while len(beats) < 10 and time.monotonic() < deadline:
        os.write(far.handle, b"\x1b[6~\x1b[H")
        beats.add(beat_of(path))
        select.select([], [], [], 0.1)
    assert len(beats) == 10
    far.press(b"\x1b[17~")
    shows(far, "发生了什么")


def beat_of(path: str) -> int:
    """The number of the engine's last beat."""
    reader = Reader(locate(path))
    try:
        row = reader.one("SELECT max(beat_no) FROM lease", fanout=True)
    finally:
        reader.close()
    return int(row[0] or 0) if row else 0
