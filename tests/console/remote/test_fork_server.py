"""Consoles that a server of consoles forks: each ends as one would that loads the program itself."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import socket
import struct
import subprocess
import termios
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from console import exit_codes
from console.remote import fork_server as server_module
from console.remote.fork_client import socket_path
from console.remote.fork_server import listen, read_asked, serve
from data.errors import Conflict
from tests.console.terminals import Emulator, Session, environment
from tests.remote_sshd import Remote, consoles, fork_server, until
from tests.sshd import SSHD

AT_ONCE = 8
CTRL_Q = "\x11"

pytestmark = pytest.mark.skipif(SSHD is None, reason="no sshd: install openssh-server")


@pytest.fixture
def server(remote: Remote) -> Iterator[subprocess.Popen[bytes]]:
    with fork_server(remote) as process:
        yield process


def forked(remote: Remote, server: subprocess.Popen[bytes]) -> set[int]:
    return set(consoles(remote, "fork-server")) - {server.pid}


def opened(remote: Remote) -> Session:
    return Session(remote.client("zhang", "-tt"), Emulator(100, 30), environment())


@pytest.mark.slow
def test_many_at_once_get_their_screens_and_leave_nothing(remote: Remote, server: subprocess.Popen[bytes]) -> None:
    """They come in the same moment; `python -m tests.bench --only remote` opens 50.

    One loses its line, one its key, all their server; the others leave by themselves.
    """
    before = set(consoles(remote))
    key = remote.add("li", "taken")
    with ExitStack() as stack:
        one = stack.enter_context(closing(Session(remote.client("taken", "-tt"), Emulator(100, 30), environment())))
        sessions = [stack.enter_context(closing(opened(remote))) for _ in range(AT_ONCE - 1)]
        for session in (one, *sessions):
            session.until("井盖缺失")
        assert len(forked(remote, server)) == AT_ONCE
        assert set(consoles(remote)) == before, "none loaded the program itself"

        wider = sessions[0]
        wider.screen.resize(30, 120)
        fcntl.ioctl(wider.theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 120, 0, 0))
        os.kill(wider.process.pid, signal.SIGWINCH)
        wider.until(lambda _text: any(wider.screen.buffer[0][column].data.strip() for column in range(100, 120)))

        gone = sessions.pop()
        os.kill(gone.process.pid, signal.SIGKILL)
        remote.revoke(key)
        assert one.ended() == exit_codes.NOT_ALLOWED
        assert one.restored()
        until(lambda: len(forked(remote, server)) == AT_ONCE - 2, "both consoles end")

        server.terminate()
        server.wait()
        for session in sessions:
            session.press(CTRL_Q)
        assert [session.ended() for session in sessions] == [exit_codes.OK] * len(sessions)
        assert all(session.restored() for session in sessions)
        until(lambda: not forked(remote, server), "no process stays")
        assert not (remote.site.keep / "state/zhihui/incidents.log").exists(), "a dropped line is no incident"
        with closing(opened(remote)) as alone:
            alone.until("井盖缺失")
            assert len(set(consoles(remote)) - before) == 1, "without a server it loads the program itself"
            alone.press(CTRL_Q)
            assert alone.ended() == exit_codes.OK


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


@pytest.mark.parametrize(
    ("sent", "descriptors"),
    [
        (b"", 0),
        (b"[", 3),
        (b"[]", 3),
        (b"7", 3),
        (json.dumps([["--key-id", "1.1"], {}]).encode(), 2),
    ],
)
def test_what_is_no_session_is_not_forked_for_and_leaves_no_descriptor(
    pair: tuple[socket.socket, socket.socket], sent: bytes, descriptors: int
) -> None:
    ours, theirs = pair
    socket.send_fds(ours, [sent], [0] * descriptors) if sent else ours.close()
    before = len(list(Path("/proc/self/fd").iterdir()))
    assert read_asked(theirs) is None
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_another_account_gets_no_console(
    pair: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, theirs = pair
    asked = json.dumps([["--key-id", "1.1"], {}]).encode()
    socket.send_fds(ours, [asked], [0, 0, 0])
    found = read_asked(theirs)
    assert found is not None
    found.close()
    uid = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: uid + 1)
    socket.send_fds(ours, [asked], [0, 0, 0])
    assert read_asked(theirs) is None


def test_one_server_at_a_place_and_none_for_a_program_that_was_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = socket_path(str(tmp_path))
    with listen(path) as listener:
        with pytest.raises(Conflict):
            listen(path)
        listener.accept()[0].close()
        monkeypatch.setattr(server_module, "PROGRAM", tmp_path)
        replaced = [tmp_path, tmp_path / "gone"]
        with socket.socket(socket.AF_UNIX) as asking:
            asking.connect(path)
            monkeypatch.setattr(server_module, "stamp", lambda: replaced.pop(0))
            serve(listener, "", "")
            assert asking.recv(1) == b"", "the session loads the program itself"
    listen(path).close()
