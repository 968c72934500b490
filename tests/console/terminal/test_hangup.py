"""A dropped line, a kill or a lost terminal ends the program in seconds, even when it is stuck or ignores signals."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from console.remote.site import ALIVE, MISSED
from console.terminal.hangup import LAST_OUTSIDE, PARTING, PATIENCE

PROGRAM = """
import os, signal, sys, time, threading
{before}
from console.terminal.hangup import Hangup
watch = Hangup()
left = threading.Event()
watch.watch({leave}, 0)
print("ready", flush=True)
{after}
left.wait()
watch.finished()
print("left", flush=True)
"""
STUCK = "lambda: None"
POLITE = "left.set"


def start(repository: Path, leave: str, before: str = "", after: str = "") -> tuple[subprocess.Popen[bytes], int]:
    """The program on a terminal of its own; the process and our end of the terminal."""
    ours, theirs = pty.openpty()
    code = PROGRAM.format(leave=leave, before=before, after=after)
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdin=theirs, stdout=theirs, stderr=theirs, cwd=repository, start_new_session=True
    )
    os.close(theirs)
    seen = b""
    while b"ready" not in seen:
        seen += os.read(ours, 1024)
    return process, ours


def ended(process: subprocess.Popen[bytes], within: float) -> int:
    """The exit status; fails the test when the process is still there."""
    try:
        return process.wait(within)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        pytest.fail("the process is an orphan")


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM])
def test_a_signal_lets_the_app_leave_by_itself(repository: Path, number: signal.Signals) -> None:
    process, ours = start(repository, POLITE)
    process.send_signal(number)
    assert ended(process, 10) == 0
    os.close(ours)


@pytest.mark.slow
@pytest.mark.parametrize(("leave", "status"), [(POLITE, 0), (STUCK, 128 + signal.SIGHUP)])
def test_a_line_that_is_given_up_ends_like_one_that_drops(repository: Path, leave: str, status: int) -> None:
    process, ours = start(repository, leave, after="watch.hang_up()")
    assert ended(process, 10) == status
    os.close(ours)


@pytest.mark.slow
def test_an_app_that_is_stuck_is_ended(repository: Path) -> None:
    process, ours = start(repository, STUCK)
    began = time.monotonic()
    process.send_signal(signal.SIGHUP)
    assert ended(process, 10) == 128 + signal.SIGHUP
    assert time.monotonic() - began >= 2.5
    os.close(ours)


def test_a_lost_terminal_is_noticed_although_the_signal_is_ignored(repository: Path) -> None:
    process, ours = start(repository, POLITE, before="signal.signal(signal.SIGHUP, signal.SIG_IGN)")
    os.close(ours)
    assert ended(process, 10) in (0, 1, 120)


def test_a_thread_that_hangs_when_the_app_has_left_is_not_waited_for(repository: Path) -> None:
    """As a reader inside SQLite did: not a daemon, so that the interpreter waits for it, and for ever."""
    process, ours = start(
        repository,
        POLITE,
        before="import console.terminal.hangup as module; module.LAST_PATIENCE = 0.5",
        after="threading.Thread(target=threading.Event().wait).start(); left.set()",
    )
    assert ended(process, 10) == 1
    assert b"Timeout" in os.read(ours, 65_536), "it says where its threads stood"
    os.close(ours)


def test_a_thread_that_hangs_after_a_dropped_line_is_waited_for_less(repository: Path) -> None:
    """So that all is over within 45 seconds of the cut, which sshd takes 35 of to notice."""
    assert ALIVE * (MISSED + 1) + PATIENCE + LAST_OUTSIDE < 45
    assert ALIVE * (MISSED + 1) + PATIENCE + PARTING < 45
    process, ours = start(
        repository,
        POLITE,
        before="import console.terminal.hangup as module; module.LAST_OUTSIDE = 0.5",
        after="threading.Thread(target=threading.Event().wait).start()",
    )
    process.send_signal(signal.SIGHUP)
    assert ended(process, 10) == 1
    os.close(ours)
