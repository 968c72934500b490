"""A line that is cut, a client that stops, a process in between that is killed: nothing stays, and nothing is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import termios
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from tests.console.remote.test_sessions import F6, forget_drafts, kept_report
from tests.console.terminals import Emulator, Session, environment
from tests.remote_sshd import Remote, consoles, fork_server, processes_below, until
from tests.sshd import SSHD, Wire

F1 = "\x1bOP"
CTRL_S = "\x13"

pytestmark = [pytest.mark.slow, pytest.mark.skipif(SSHD is None, reason="no sshd: install openssh-server")]


@pytest.fixture
def server(remote: Remote) -> Iterator[subprocess.Popen[bytes]]:
    with fork_server(remote) as process:
        yield process


@pytest.fixture(autouse=True)
def no_drafts(remote: Remote) -> Iterator[None]:
    """Each test begins its own reports, and leaves none."""
    forget_drafts(remote)
    yield
    forget_drafts(remote)


def over(remote: Remote, officer: str, port: int = 0) -> Session:
    """The client of an officer's console, by a port that leads to sshd."""
    by = remote.by(port) if port else ()
    return Session(remote.client(officer, *by, "-tt"), Emulator(100, 30), environment())


def begin_report(session: Session, words: str) -> None:
    """Something typed and not sent."""
    session.until("井盖缺失")
    session.press(F6)
    session.until("地点")
    session.press(words)
    session.until(words)


def of_sshd(remote: Remote) -> set[int]:
    """What sshd runs: its own processes for each session, the shells that wait, the consoles that it started."""
    return processes_below(remote.sshd)


def words_of(process: int) -> str:
    try:
        return Path(f"/proc/{process}/cmdline").read_text("utf-8", "replace").replace("\0", " ")
    except OSError:
        return ""


def test_a_cut_line_leaves_nothing_and_keeps_what_was_typed(remote: Remote) -> None:
    """Cut without a word to either end: a console that loaded the program itself, one that was forked, and a forked one
    whose client is stopped. What was typed is kept."""
    before = of_sshd(remote)
    with ExitStack() as stack:
        wires = [stack.enter_context(Wire(remote.site.port)) for _ in range(2)]
        alone = stack.enter_context(closing(over(remote, "zhang", wires[0].port)))
        begin_report(alone, "单独加载")
        itself = set(consoles(remote))
        server = stack.enter_context(fork_server(remote))
        forked = stack.enter_context(closing(over(remote, "li", wires[1].port)))
        begin_report(forked, "由服务派生")
        stopped = stack.enter_context(closing(over(remote, "zhang")))
        stopped.until("井盖缺失")
        assert len(itself) == 1
        assert set(consoles(remote)) == itself, "the others are forked"
        assert len(set(consoles(remote, "fork-server")) - {server.pid}) == 2
        until(lambda: kept_report(remote, "li") == "由服务派生", "drafts are written as they are typed")
        for wire in wires:
            wire.cut()
        os.kill(stopped.process.pid, signal.SIGSTOP)
        until(
            lambda: not set(consoles(remote)) & itself and set(consoles(remote, "fork-server")) == {server.pid},
            "the consoles end",
        )
        until(lambda: of_sshd(remote) <= before, "nothing of sshd's stays")
    assert kept_report(remote, "zhang") == "单独加载"
    assert kept_report(remote, "li") == "由服务派生"
    assert not (remote.site.keep / "state/zhihui/incidents.log").exists(), "a dropped line is no incident"


@pytest.mark.parametrize("mute", [False, True], ids=["at the first screen", "of a terminal that answers nothing"])
def test_a_line_that_is_cut(remote: Remote, server: subprocess.Popen[bytes], mute: bool) -> None:
    """Before anything was answered but the first questions, and where nothing ever is: then sshd must find out."""
    before = of_sshd(remote)
    with Wire(remote.site.port) as wire:
        command = remote.client("zhang", *remote.by(wire.port), "-tt")
        with closing(Session(command, Emulator(100, 30, mute=mute), environment())) as session:
            session.until("井盖缺失")
            wire.cut()
            until(lambda: set(consoles(remote, "fork-server")) == {server.pid}, "the console ends")
            until(lambda: of_sshd(remote) <= before, "nothing stays")


def test_a_killed_server_takes_no_console_with_it_and_a_killed_sshd_leaves_none(
    remote: Remote, server: subprocess.Popen[bytes]
) -> None:
    """kill -9 each: the server, sshd's processes of one session, the shell that waits for another."""
    before = of_sshd(remote)
    with closing(over(remote, "zhang")) as one, closing(over(remote, "li")) as other:
        begin_report(one, "一号未发送")
        begin_report(other, "二号未发送")
        forked = set(consoles(remote, "fork-server")) - {server.pid}
        assert len(forked) == 2
        server.kill()
        server.wait()
        other.press("继续")
        other.until("二号未发送继续")
        assert set(consoles(remote, "fork-server")) == forked

        mine = of_sshd(remote) - before
        shells = [process for process in mine if words_of(process).startswith("sh -c")]
        assert len(shells) == 2, {process: words_of(process) for process in mine}
        for process in mine - set(shells):
            os.kill(process, signal.SIGKILL)
        until(lambda: not consoles(remote, "fork-server"), "the consoles end with their sessions")
        until(lambda: of_sshd(remote) <= before, "nothing stays")
        assert {one.ended(), other.ended()} == {255}
    assert kept_report(remote, "zhang") == "一号未发送"
    assert kept_report(remote, "li") == "二号未发送继续"
    with fork_server(remote) as again, closing(over(remote, "zhang")) as new:
        new.until("井盖缺失")
        (console,) = set(consoles(remote, "fork-server")) - {again.pid}
        (shell,) = [process for process in of_sshd(remote) - before if words_of(process).startswith("sh -c")]
        os.kill(shell, signal.SIGKILL)
        until(lambda: console not in consoles(remote, "fork-server"), "it ends without the shell")
        assert new.ended() != 0


@pytest.mark.parametrize("forking", [False, True], ids=["alone", "forked"])
def test_output_that_is_held_before_the_console_is_up_holds_no_process(remote: Remote, forking: bool) -> None:
    """Ctrl+S while the program loads, and then the client is gone."""
    before = of_sshd(remote)
    with ExitStack() as stack:
        server = stack.enter_context(fork_server(remote)).pid if forking else 0
        session = stack.enter_context(closing(over(remote, "zhang")))
        until(lambda: not termios.tcgetattr(session.theirs)[3] & termios.ICANON, "the client has a terminal")
        session.press(CTRL_S)
        until(lambda: set(consoles(remote, "fork-server" if forking else "session")) - {server}, "a console loads")
        session.process.kill()
        until(lambda: not {*consoles(remote), *consoles(remote, "fork-server")} - {server}, "it ends")
        until(lambda: of_sshd(remote) <= before, "nothing stays")
