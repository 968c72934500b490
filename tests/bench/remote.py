"""Consoles over SSH that stand idle, many at once: memory and processor time of each, and how long one takes to open.

Every session is a real one: a client in a pseudo-terminal, sshd, the forced command, the console of an officer, on one
store of which about four deadlines lie within ten minutes; the engine is a process of its own. Memory is the
proportional set size (what is shared is shared out) of the console with the processes of sshd that serve it alone.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from statistics import median

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
from tests.remote_sshd import Remote, remote_street
from tests.sshd import SSHD

TICKETS = 400
SPAN = Span(0, 10_000)
SIZE = (120, 36)
MIB = 1024 * 1024
MEMORY_GOAL, PROCESSOR_GOAL = 40.0, 1.5
"""MiB, and per cent of one core, that a session may take."""
USABLE = 0.7
"""The share of memory and processors that sessions may take together; the rest is the store's, the engine's, yours."""
CORES = 2


def measure(run: Run) -> Iterator[Figure]:
    """Each number of sessions in turn."""
    for number in run.sessions:
        if SSHD is None:
            yield Figure(f"remote.{number}", "consoles over SSH", "", missing="no sshd here")
            continue
        for old in (run.work / "remote").glob("near-*.db"):
            remove(old)
        path = store_of(run.work / "remote", TICKETS, SPAN, "near")
        store = Store(locate(str(path)))
        with closing(store), engine_beside(path), remote_street(open_desk(store, SystemClock())) as remote:
            remote.add(OFFICER, OFFICER)
            yield from _idle(run, remote, number)


def _idle(run: Run, remote: Remote, number: int) -> Iterator[Figure]:
    """Open them one after the other, let them settle, then watch."""
    what = f"{number} consoles over SSH at once"
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
        served = [_serving(process) for process in _consoles(remote)]
        if len(served) != number:
            raise RuntimeError(f"{len(served)} sessions run where {number} were opened")
        memory = [sum(map(_pss, processes)) / MIB for processes in served]
        before, began = [sum(map(_cpu, processes)) for processes in served], time.perf_counter()
        _pass_by(sessions, 3 * run.seconds)
        passed = time.perf_counter() - began
        cpu = [
            (sum(map(_cpu, processes)) - earlier) / passed * 100
            for processes, earlier in zip(served, before, strict=True)
        ]
    yield Figure(f"remote.memory.{number}", f"{what}, idle: memory of each", "", tuple(memory), "MiB", MEMORY_GOAL)
    yield Figure(
        f"remote.cpu.{number}",
        f"{what}, idle: processor time of each, of one core",
        "",
        tuple(cpu),
        "%",
        PROCESSOR_GOAL,
        _carried(median(memory), median(cpu)),
    )
    yield Figure(f"remote.start.{number}", f"{what}: client started to the list on its screen", "", tuple(starts), "s")


def _carried(memory: float, cpu: float) -> str:
    """How many sessions this machine's memory and two cores carry."""
    whole = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / MIB
    by_memory, by_cpu = int(USABLE * whole / memory), int(USABLE * CORES * 100 / max(cpu, 0.01))
    return f"carried: {min(by_memory, by_cpu)} (memory of {whole / 1024:.0f} GiB: {by_memory}, {CORES} cores: {by_cpu})"


def _pass_by(sessions: list[Session], seconds: float) -> None:
    """Be all the terminals for some seconds."""
    until = time.perf_counter() + seconds
    while True:
        for session in sessions:
            session.read(0)
        if time.perf_counter() >= until:
            return
        time.sleep(0.1)


def _consoles(remote: Remote) -> list[int]:
    """The processes of the consoles."""
    wanted = str(remote.site.folder / "session").encode()
    found = []
    for entry in Path("/proc").iterdir():
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if wanted in words[:3]:
            found.append(int(entry.name))
    return found


def _serving(console: int) -> list[int]:
    """A console and the processes of sshd that serve it alone: its parents up to the listening one."""
    chain, process = [console], _parent(console)
    while process > 1 and b"listener" not in Path(f"/proc/{process}/cmdline").read_bytes():
        chain.append(process)
        process = _parent(process)
    return chain


def _parent(process: int) -> int:
    return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])


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
