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
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from console import exit_codes
from console.remote import stamp as stamp_module
from console.remote.fork_check import fork_finding
from console.remote.fork_client import hand_over, socket_path, stamp_path
from console.remote.fork_server import listen, read_asked, serve
from console.remote.site import Site
from console.remote.site_check import Account
from console.remote.stamp import stamp
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
    """A folder that was too wide is closed first."""
    (package := tmp_path / "console" / "deep").mkdir(parents=True)
    (package / "one.py").write_text("")
    (tmp_path / "run").mkdir()
    (tmp_path / "run").chmod(0o777)
    path = socket_path(str(tmp_path))
    with listen(path) as listener:
        assert (tmp_path / "run").stat().st_mode & 0o777 == 0o700
        assert Path(path).stat().st_mode & 0o777 == 0o600
        with pytest.raises(Conflict):
            listen(path)
        listener.accept()[0].close()
        monkeypatch.setattr(stamp_module, "PROGRAM", tmp_path)
        loaded = stamp()
        assert stamp() == loaded
        os.utime(package / "one.py", ns=(1, 1))
        with socket.socket(socket.AF_UNIX) as asking:
            asking.connect(path)
            serve(listener, "", "", loaded)
            assert asking.recv(1) == b"", "the session loads the program itself"
    listen(path).close()


def test_a_folder_of_another_account_gets_no_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = socket_path(str(tmp_path))
    listen(path).close()
    uid = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: uid + 1)
    with pytest.raises(Conflict):
        listen(path)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "run").symlink_to(tmp_path / "run")
    monkeypatch.undo()
    with pytest.raises(Conflict):
        listen(socket_path(str(tmp_path / "other")))


def test_the_terminal_goes_to_no_server_of_another_account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The session loads the program itself, and the other one is given nothing."""
    with listen(socket_path(str(tmp_path))) as listener:
        uid = os.geteuid()
        monkeypatch.setattr(os, "geteuid", lambda: uid + 1)
        hand_over(str(tmp_path), ["--key-id", "1.1"], {})
        with listener.accept()[0] as line:
            assert line.recv(1) == b""


# ------------------------------------------------------------------------------------------------ its check


@pytest.fixture
def place(tmp_path: Path) -> Iterator[tuple[Site, Account, socket.socket]]:
    """A sound place: a server that listens, of this program."""
    site = Site(tmp_path / "ssh", "zhihui", "sqlite:///x.db", tmp_path)
    with listen(socket_path(str(tmp_path))) as listener:
        Path(stamp_path(str(tmp_path))).write_text(json.dumps(stamp()))
        yield site, Account(os.geteuid(), frozenset(), "/bin/sh", "/", "*"), listener


def test_the_check_finds_a_sound_server_and_asks_it_nothing(place: tuple[Site, Account, socket.socket]) -> None:
    site, account, listener = place
    found = fork_finding(site, account)
    assert (found.level, found.en) == ("ok", "The server of consoles runs.")
    listener.setblocking(False)
    with pytest.raises(BlockingIOError):
        listener.accept()


def _widen(site: Site, _listener: socket.socket) -> None:
    (site.keep / "run").chmod(0o755)


def _end(_site: Site, listener: socket.socket) -> None:
    listener.close()


def _age(site: Site, _listener: socket.socket) -> None:
    Path(stamp_path(str(site.keep))).write_text(json.dumps([1, 1]))


def _say_nothing(site: Site, _listener: socket.socket) -> None:
    Path(stamp_path(str(site.keep))).unlink()


def _take_away(site: Site, _listener: socket.socket) -> None:
    Path(socket_path(str(site.keep))).unlink()


@pytest.mark.parametrize(
    ("harm", "level", "word"),
    [
        (_widen, "bad", "closed"),
        (_end, "warn", "has ended"),
        (_age, "warn", "older program"),
        (_say_nothing, "warn", "older program"),
        (_take_away, "ok", "No server"),
    ],
)
def test_the_check_says_what_is_wrong_with_the_server(
    place: tuple[Site, Account, socket.socket], harm: Callable[[Site, socket.socket], None], level: str, word: str
) -> None:
    site, account, listener = place
    harm(site, listener)
    found = fork_finding(site, account)
    assert found.level == level
    assert word in found.en
    assert found.en.isascii()
    assert fork_finding(site, account._replace(uid=account.uid + 1)).level == "bad" or harm is _take_away
