"""The console in a session of a real sshd: spared line, a peer that is gone, a stall that ends."""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from console.drafts import INTAKE, Drafts, drafts_path
from core.desk.desk import Desk
from core.desk.orders import Report
from tests.console.conftest import StreetCopy
from tests.console.terminal.test_slow_line import beat_of
from tests.console.terminals import HOUSE, Emulator, Session, environment
from tests.sshd import SSHD, Server, Wire, serving

PATIENCE = 150.0
"""Seconds after which something counts as never happening; a peer is given up within 45."""
F6 = "\x1b[17~"
HOMES = ("HOME", "XDG_RUNTIME_DIR", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(SSHD is None, reason="no sshd: install openssh-server"),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that never looks for its peer by itself: what ends a session is the console."""
    with serving(tmp_path_factory.mktemp("sshd")) as found:
        yield found


@pytest.fixture
def street(street_copy: StreetCopy) -> Iterator[tuple[Desk, str]]:
    desk, officer = street_copy()
    yield desk, officer
    desk.store.close()


def over_ssh(server: Server, port: int, street: tuple[Desk, str], pid: Path) -> Session:
    """The console in a session of its own, its list on the screen. `pid` is where its process writes its number."""
    desk, officer = street
    console = [sys.executable, "-m", "console", "--store", desk.store.path, "--as", officer]
    kept = {name: os.environ[name] for name in HOMES}
    kept["LC_ALL"] = "C.UTF-8"
    command = ["sh", "-c", 'echo $$ >"$0"; exec "$@"', str(pid), *console]
    session = Session(server.client(port, command, HOUSE, kept), Emulator(100, 30), environment())
    session.until("待派单")
    session.until(lambda text: bool(re.search(r"链路 ?\d", text)))
    return session


def is_there(process: int) -> bool:
    """Whether a process still runs."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"did not happen: {what}"
        time.sleep(0.2)


def test_a_peer_that_is_gone_ends_its_session_and_what_was_typed_is_kept(
    server: Server, street: tuple[Desk, str], tmp_path: Path
) -> None:
    """A client that is stopped, and a wire that carries nothing: nothing hangs up, and this sshd asks nobody.

    A third session, whose user only looks on for as long, stays.
    """
    desk, officer = street
    numbers = [tmp_path / name for name in ("stopped", "cut", "there")]
    with (
        Wire(server.port) as wire,
        closing(over_ssh(server, server.port, street, numbers[0])) as stopped,
        closing(over_ssh(server, wire.port, street, numbers[1])) as cut,
        closing(over_ssh(server, server.port, street, numbers[2])) as there,
    ):
        cut.press(F6)
        cut.until("地点")
        cut.press("堡坎裂缝")
        cut.until("堡坎裂缝")
        os.kill(stopped.process.pid, signal.SIGSTOP)
        wire.cut()
        consoles = [int(path.read_text()) for path in numbers]
        assert all(is_there(console) for console in consoles)

        def over() -> bool:
            there.read()
            return not any(is_there(console) for console in consoles[:2])

        until(over, "the consoles end")
        assert is_there(consoles[2])
        path = drafts_path(f"{desk.store.url}#{desk.centre_id}", officer)
        assert Drafts(path, desk.now).get(INTAKE).values["title"] == "堡坎裂缝"
        os.kill(stopped.process.pid, signal.SIGCONT)
        stopped.until("没有应答")
        assert stopped.ended() != 255, "ssh itself did not fail"


def test_a_stall_of_a_third_of_a_minute_harms_nothing(server: Server, street: tuple[Desk, str], tmp_path: Path) -> None:
    """The client reads nothing while the engine of this console beats twenty times; then the newest state is there."""
    desk, officer = street
    with closing(over_ssh(server, server.port, street, tmp_path / "pid")) as session:
        session.until("引擎正常")
        os.kill(session.process.pid, signal.SIGSTOP)
        beats: set[int] = set()

        def beaten() -> bool:
            beats.add(beat_of(desk.store.path))
            return len(beats) > 20

        until(beaten, "twenty beats")
        desk.do(Report(title="停滞期间的来件", address="阳光路"), desk.actor(officer))
        os.kill(session.process.pid, signal.SIGCONT)
        session.until("链路断")
        session.press(F6)
        session.until("地点")
        session.press("\x1b" + "\x1bOQ")
        session.until("停滞期间的来件")
