"""Consoles over SSH that stand idle, many at once: memory and processor time of each, and how long one takes to open.

They are forked by the server of consoles; beside it a few that load the program themselves.

Every session is a real one: a client in a pseudo-terminal, sshd, the forced command, the console of an officer, on one
store of which about four deadlines lie within ten minutes; the engine is a process of its own. Memory is the
proportional set size (what is shared is shared out) of the console, with its share of the processes of sshd and of the
server of consoles.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from statistics import median
from typing import NamedTuple

from core.clock import SystemClock
from core.desk.desk import open_desk
from data.location import locate
from data.store import Store
from tests.bench.beside import engine_beside
from tests.bench.figures import Figure
from tests.bench.run import OFFICER, TITLES, Run
from tests.bench.stores import remove, store_of
from tests.bench.weaving import Span
from tests.console.terminals import Emulator, Session, environment
from tests.remote_sshd import Remote, consoles, fork_server, processes_below, remote_street
from tests.sshd import SSHD, Wire

TICKETS = 400
SPAN = Span(0, 10_000)
SIZE = (120, 36)
ALONE = 3
MIB = 1024 * 1024
MEMORY_GOAL, PROCESSOR_GOAL, CUT_GOAL = 40.0, 1.5, 45.0
"""MiB, and per cent of one core, that a session may take; seconds after which a line that is cut has left nothing."""
USABLE = 0.7
"""The share of memory and processors that sessions may take together; the rest is the store's, the engine's, yours."""
CORES = 2


def measure(run: Run) -> Iterator[Figure]:
    """A few that load the program themselves, each number of sessions in turn, and the way of a cut line."""
    if SSHD is None:
        yield Figure("remote.memory", "consoles over SSH", "–", missing="no sshd here")
        return
    for old in (run.work / "remote").glob("near-*.db"):
        remove(old)
    path = store_of(run.work / "remote", TICKETS, SPAN, "near")
    store = Store(locate(str(path)))
    with closing(store), engine_beside(path), remote_street(open_desk(store, SystemClock())) as remote:
        remote.add(OFFICER, OFFICER)
        few = min(*run.sessions, ALONE)
        alone = _idle(run, remote, few, 0)
        yield from _figures(f"{few} consoles over SSH that load the program themselves", "alone", alone)
        with fork_server(remote) as server:
            for number in run.sessions:
                forked = _idle(run, remote, number, server.pid)
                yield from _figures(f"{number} consoles over SSH at once", str(number), forked)
                yield from _carried(number, median(forked.memory), median(forked.processor))
                if number == run.sessions[0]:
                    yield _shared(number, forked, median(alone.memory))
            cut = "a line over SSH that is cut: to the end of its last process"
            yield Figure("remote.cut", cut, "–", (_cut(remote, server.pid),), "s", CUT_GOAL)


class Idle(NamedTuple):
    """What each of some sessions takes: MiB, per cent of one core, seconds to its screen."""

    memory: list[float]
    processor: list[float]
    start: list[float]


def _idle(run: Run, remote: Remote, number: int, server: int) -> Idle:
    """Open them one after the other, let them settle, then watch. `server` is that of consoles, 0 for none."""
    with ExitStack() as stack:
        sessions: list[Session] = []
        starts = []
        for _ in range(number):
            command = remote.client(OFFICER, "-tt")
            began = time.perf_counter()
            session = stack.enter_context(closing(Session(command, Emulator(*SIZE), environment())))
            session.until(lambda text: any(title[:4] in text for title in TITLES))
            starts.append(time.perf_counter() - began)
            sessions.append(session)
            _pass_by(sessions, 0)
        _pass_by(sessions, run.seconds)
        found = set(consoles(remote, "fork-server" if server else "session")) - {server}
        if len(found) != number:
            raise RuntimeError(f"{len(found)} sessions run where {number} were opened")
        around = (processes_below(remote.sshd) | {server} - {0}) - found
        memory = _each(found, around, _pss)
        before, began = {process: _cpu(process) for process in found | around}, time.perf_counter()
        _pass_by(sessions, 3 * run.seconds)
        passed = time.perf_counter() - began
        processor = _each(found, around, lambda process: (_cpu(process) - before[process]) / passed * 100)
    return Idle([one / MIB for one in memory], processor, starts)


def _each(found: set[int], around: set[int], amount: Callable[[int], float]) -> list[float]:
    """What each console takes, with its share of what serves them all."""
    share = sum(map(amount, around)) / len(found)
    return [amount(process) + share for process in found]


def _cut(remote: Remote, server: int) -> float:
    """Seconds from a cut that tells neither end to the end of the forked console and all that sshd ran for it."""
    before = processes_below(remote.sshd)
    with Wire(remote.site.port) as wire:
        command = remote.client(OFFICER, *remote.by(wire.port), "-tt")
        with closing(Session(command, Emulator(*SIZE), environment())) as session:
            session.until(lambda text: any(title[:4] in text for title in TITLES))
            wire.cut()
            began = time.perf_counter()
            while set(consoles(remote, "fork-server")) - {server} or processes_below(remote.sshd) - before:
                if time.perf_counter() - began > 4 * CUT_GOAL:
                    raise RuntimeError("the session never ends")
                time.sleep(0.1)
            return time.perf_counter() - began


def _figures(what: str, name: str, idle: Idle) -> Iterator[Figure]:
    yield Figure(f"remote.memory.{name}", f"{what}, idle: memory of each", "–", tuple(idle.memory), "MiB", MEMORY_GOAL)
    cpu = f"{what}, idle: processor time of each, of one core"
    yield Figure(f"remote.cpu.{name}", cpu, "–", tuple(idle.processor), "%", PROCESSOR_GOAL)
    yield Figure(
        f"remote.start.{name}", f"{what}: client started to the list on its screen", "–", tuple(idle.start), "s"
    )


def _shared(number: int, forked: Idle, cold: float) -> Figure:
    return Figure(
        "remote.shared",
        f"{number} consoles over SSH at once, idle: memory of each, what is shared in part",
        "a console that loads the program itself",
        tuple(one / cold for one in forked.memory),
        goal=0.5,
        note=f"{median(forked.memory):.3g} / {cold:.3g} MiB",
    )


def _carried(number: int, memory: float, cpu: float) -> Iterator[Figure]:
    """How many sessions this machine's memory and two cores carry, by what each of a number takes."""
    whole = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / MIB
    by_memory, by_cpu = int(USABLE * whole / memory), int(USABLE * CORES * 100 / max(cpu, 0.01))
    what = f"sessions that seven tenths of {whole / 1024:.0f} GiB carry, as {number} at once take it"
    yield Figure(f"remote.carried.memory.{number}", what, "–", (by_memory,), "sessions")
    what = f"sessions that seven tenths of {CORES} cores carry, as {number} at once take them"
    yield Figure(f"remote.carried.cpu.{number}", what, "–", (by_cpu,), "sessions")


def _pass_by(sessions: list[Session], seconds: float) -> None:
    """Be all the terminals for some seconds."""
    until = time.perf_counter() + seconds
    while True:
        for session in sessions:
            session.read(0)
        if time.perf_counter() >= until:
            return
        time.sleep(0.1)


def _pss(process: int) -> int:
    """Bytes of memory, those that are shared in part."""
    for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0


def _cpu(process: int) -> float:
    """Processor seconds of all its threads."""
    tasks = Path(f"/proc/{process}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9
