"""The console in a session of a real sshd: bytes on the wire, and what a client gets that read nothing for a while.

Both contenders are the console on stores woven alike, about four deadlines within ten minutes: one as it is over SSH,
one with Textual's own output (ZHIHUI_PAINT=stock, --line fast). Counted is what TCP carries to the client, the packets
of SSH with their headers and sums; the headers of TCP and IP, about 52 bytes to a packet, come to it.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.beside import engine_beside
from tests.bench.figures import Figure, Rounds
from tests.bench.run import REPOSITORY, TITLES, Run, program
from tests.bench.stores import remove, store_of
from tests.bench.weaving import Span
from tests.console.terminals import Emulator, Session, environment
from tests.sshd import SSHD, Server, Wire, serving

TICKETS = 400
SPAN = Span(0, 10_000)
SIZES = ((80, 24), (160, 50))
SETTLED = 4.0
"""Seconds after which a screen is finished: the ticket beside the list is read, forms have their fields."""
ECHO = 0.5
"""Seconds after a key in which its answer comes; the wire itself takes no time."""
TYPED = "abcdefgh"
F6, DOWN = "\x1b[17~", "\x1b[B"
CONTENDERS: dict[str, dict[str, str]] = {"console": {}, "stock": {"ZHIHUI_LINE": "fast", "ZHIHUI_PAINT": "stock"}}
WHAT = {
    "first": ("log-in to the whole first screen", "B", None),
    "idle": ("while nothing happens", "B/s", 150.0),
    "down": ("cursor one line down", "B", None),
    "typed": ("a character typed into a field", "B", 110.0),
    "stall": ("after {seconds:g} s in which the client read nothing", "B", None),
}
"""What is measured, its unit, and its goal at 80x24."""


def measure(run: Run) -> Iterator[Figure]:
    """Each at two sizes; in a quick run at one."""
    sizes = SIZES if run.keys > 3 else SIZES[:1]
    if SSHD is None:
        yield from (
            Figure(_name(what, size), WHAT[what][0], "", missing="no sshd here") for size in sizes for what in WHAT
        )
        return
    with TemporaryDirectory() as folder, serving(Path(folder)) as server:
        for size in sizes:
            rounds = Rounds()
            for _ in range(max(run.rounds // 2, 1)):
                for name, settings in CONTENDERS.items():
                    for what, value in _sitting(run, server, settings, size).items():
                        rounds.add(f"{name} {what}", value)
            for what, (words, unit, goal) in WHAT.items():
                ours, stock = f"console {what}", f"stock {what}"
                yield Figure(
                    _name(what, size),
                    f"over SSH, {words.format(seconds=_stall(run))}, {size[0]}x{size[1]}",
                    "the same console with Textual's own output",
                    tuple(rounds.readings[ours]),
                    unit,
                    goal if size == SIZES[0] else None,
                    rounds.amounts(unit, ours, stock),
                )


def _name(what: str, size: tuple[int, int]) -> str:
    return f"ssh.{what}.{size[0]}x{size[1]}"


def _stall(run: Run) -> float:
    """Seconds for which the client reads nothing: shorter than those after which it counts as gone."""
    return 3 * run.seconds


def _sitting(run: Run, server: Server, settings: dict[str, str], size: tuple[int, int]) -> dict[str, float]:
    """One sitting on a store of its own, so that all have their deadlines equally near."""
    folder = run.work / "ssh"
    for old in folder.glob("near-*.db"):
        remove(old)
    path = store_of(folder, TICKETS, SPAN, "near")
    with TemporaryDirectory() as state, engine_beside(path), Wire(server.port) as wire:
        told = {**run.environment(path), "COLORTERM": "", "XDG_STATE_HOME": state, **settings}
        command = server.client(wire.port, program(), REPOSITORY, told)
        with closing(Session(command, Emulator(*size), environment())) as session:
            return _session(session, wire, run)


def _session(session: Session, wire: Wire, run: Run) -> dict[str, float]:
    """Bytes to the client for each step."""
    session.until(lambda text: any(title[:4] in text for title in TITLES) and "F10" in text)
    _pass_by(session, SETTLED)
    found: dict[str, float] = {"first": wire.down}
    before, began = wire.down, time.perf_counter()
    _pass_by(session, 3 * run.seconds)
    found["idle"] = (wire.down - before) / (time.perf_counter() - began)
    found["down"] = _each(session, wire, DOWN, run.keys // 3, found["idle"])
    session.press(F6)
    session.until(lambda text: not any(title[:4] in text for title in TITLES))
    session.press("\r\r")  # to a field for which nothing is proposed
    _pass_by(session, SETTLED)
    found["typed"] = sum(_each(session, wire, key, 1, 0) for key in TYPED) / len(TYPED)
    session.until(TYPED)
    session.press("\x1b")
    _pass_by(session, ECHO)
    session.press("\x1bOQ")
    session.until(lambda text: any(title[:4] in text for title in TITLES))
    _pass_by(session, SETTLED)
    before = wire.down
    os.kill(session.process.pid, signal.SIGSTOP)
    time.sleep(_stall(run))
    os.kill(session.process.pid, signal.SIGCONT)
    _pass_by(session, SETTLED)
    found["stall"] = wire.down - before
    return found


def _each(session: Session, wire: Wire, key: str, times: int, idle: float) -> float:
    """The bytes that a key costs, without those that come anyhow."""
    before, began = wire.down, time.perf_counter()
    for _ in range(times):
        session.press(key)
        _pass_by(session, ECHO)
    return max(wire.down - before - idle * (time.perf_counter() - began), 0.0) / times


def _pass_by(session: Session, seconds: float) -> None:
    """Be a terminal for some seconds."""
    until = time.perf_counter() + seconds
    while (left := until - time.perf_counter()) > 0:
        session.read(min(left, 0.1))
