"""Names of processes: where and which one, so that a holder of something that died on this machine is known."""

from __future__ import annotations

import hashlib
import os
import secrets
import socket
import time


def own_identity() -> str:
    """`host:pid:start:place:nonce` of this process; different for each engine of one process."""
    host = "".join(letter for letter in socket.gethostname() if letter.isalnum() or letter in "-.")[:40]
    pid = os.getpid()
    return f"{host}:{pid}:{_started(pid)}:{_place()}:{secrets.token_hex(3)}"


def is_gone(holder: str) -> bool:
    """Whether a holder is certainly dead: a process of this machine that is no longer there.

    False where that cannot be known. Being wrong costs nothing but a change of leader: the fence keeps a deposed
    engine from writing.
    """
    parts = holder.split(":")
    if not is_here(holder) or not parts[1].isdecimal():
        return False
    pid = int(parts[1])
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return bool(parts[2]) and _started(pid) not in ("", parts[2])


def is_here(holder: str) -> bool:
    """Whether a process is, or was, one that can be seen from here: of this boot of this machine."""
    parts = holder.split(":")
    return len(parts) == 5 and parts[3] == _place()


def short_name(holder: str) -> str:
    """What people are shown of a holder: `host:pid`."""
    return ":".join(holder.split(":")[:2])


def steady() -> float:
    """Seconds that no change of the wall clock moves, and that go on while the machine sleeps where it can tell."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot is None else time.clock_gettime(boot)


def _started(pid: int) -> str:
    """When a process started, in kernel ticks since boot: tells apart two that had the same number; empty if unknown.

    A process that is dead but not yet waited for counts as started at "dead".
    """
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            fields = file.read().rpartition(")")[2].split()
    except OSError:
        return ""
    return "dead" if fields[0] in ("Z", "X") else fields[19]


def _place() -> str:
    """The boot of the machine, and the process numbers that are seen here (a container has its own)."""
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            boot = file.read().strip()
        space = os.readlink("/proc/self/ns/pid")
    except OSError:
        return "-"
    return hashlib.blake2b(f"{boot} {space}".encode(), digest_size=4).hexdigest()
