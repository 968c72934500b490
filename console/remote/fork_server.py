"""Consoles by fork: one process has loaded the program, and consoles share its memory until they write to it.

A session's own process (`fork_client`) hands its terminal over and stays behind as what sshd waits for. The server has
no thread, no store and no officer; who may come in is looked up by the console itself, as without a server.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import pkgutil
import random
import signal
import socket
import stat
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from console import exit_codes
from console.remote.environment import rebuild, take_over
from console.remote.fork_client import FORKED, GO, LONGEST, PATIENCE, peer, socket_path, stamp_path
from console.remote.stamp import LOADED, stamp
from data.errors import Conflict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

UNNEEDED = ("console.cli.", "data.migrations.", "console.__main__")
"""What no console uses, but for what is imported by others."""
ARENAS = "MALLOC_ARENA_MAX"
"""One arena instead of one per thread: less that every console has of its own. Read when a process starts."""


class Asked(NamedTuple):
    """What a session sent."""

    arguments: list[str]
    environment: dict[str, str]
    terminal: list[int]
    """Its descriptors 0, 1 and 2."""

    def close(self) -> None:
        """Let go of the terminal."""
        for descriptor in self.terminal:
            os.close(descriptor)


def main(arguments: Sequence[str], store: str, folder: str) -> int:
    """Serve until the program is replaced or somebody ends this; gives the exit code."""
    if os.environ.get(ARENAS) != "1":
        os.execve(sys.executable, sys.orig_argv, {**rebuild(os.environ, "", folder), ARENAS: "1"})  # noqa: S606
    take_over(rebuild(os.environ, "", folder))
    loaded = stamp()
    load()
    try:
        listener = listen(socket_path(folder))
    except Conflict as conflict:
        from console.entry import refuse

        refuse(conflict)
        return exit_codes.of_refusal(conflict)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for consoles
    Path(stamp_path(folder)).write_text(json.dumps(loaded), "ascii")
    with listener:
        serve(listener, store, folder, loaded)
    return exit_codes.OK


def load() -> None:
    """All that consoles load sooner or later. No garbage is collected: each console would write into the gaps."""
    gc.disable()
    for name in LOADED:
        package = importlib.import_module(name)
        for found in pkgutil.walk_packages(package.__path__, f"{name}."):
            if not f"{found.name}.".startswith(UNNEEDED):
                importlib.import_module(found.name)
    from sqlalchemy.orm import configure_mappers

    from console.i18n import _

    configure_mappers()
    _("Quit")  # reads the words
    gc.freeze()


def listen(path: str) -> socket.socket:
    """The socket at a path, for this account alone; one at which nobody answers is replaced.

    Raises Conflict where somebody answers at it already, or where its folder is another account's.
    """
    _close_folder(os.path.dirname(path))
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as other:
        if other.connect_ex(path) == 0:
            raise Conflict("fork-server", "会话服务已在运行。", "A server of consoles is running already.")
    Path(path).unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(path)
    os.chmod(path, 0o600)
    listener.listen(128)
    return listener


def _close_folder(folder: str) -> None:
    """The folder of the socket: only this account enters it, even where it was made wider before."""
    os.makedirs(folder, mode=0o700, exist_ok=True)
    found = os.lstat(folder)
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise Conflict(
            "fork-run",
            f"{folder} 不属于会话账号，会话服务未启动。",
            f"{folder} is not the account's own: the server of consoles does not start.",
        )
    if found.st_mode & 0o077:
        os.chmod(folder, 0o700)


def serve(listener: socket.socket, store: str, folder: str, loaded: tuple[int, int] | None) -> None:
    """Fork a console for each session that asks, until the program is another one than was `loaded`."""
    while True:
        line, _address = listener.accept()
        with line:
            if stamp() != loaded:
                return
            asked = read_asked(line)
            if asked is None:
                continue
            if os.fork() == 0:
                listener.close()
                _become_console(line, asked, store, folder)
            asked.close()


def read_asked(line: socket.socket) -> Asked | None:
    """What a session of this account sent, None for anything else."""
    terminal: list[int] = []
    try:
        line.settimeout(PATIENCE)
        sent, terminal, _flags, _address = socket.recv_fds(line, LONGEST, 3)
        arguments, environment = json.loads(sent)
        if peer(line) == os.geteuid() and len(terminal) == 3:
            return Asked(arguments, environment, terminal)
    except (OSError, ValueError, TypeError):
        pass
    for descriptor in terminal:
        os.close(descriptor)
    return None


def _become_console(line: socket.socket, asked: Asked, store: str, folder: str) -> None:
    """Be the session that asked, and end with it. Never returns."""
    code = exit_codes.UNEXPECTED
    try:
        code = _console(line, asked, store, folder)
    except BaseException as error:  # noqa: BLE001 - the last guard, as in `console.entry`
        from console.incidents import record

        record(error if isinstance(error, Exception) else RuntimeError(repr(error)))
    finally:
        with suppress(OSError):
            line.sendall(f"{code}\n".encode())
        os._exit(code)  # not the server's end, which is not this one's to run


def _console(line: socket.socket, asked: Asked, store: str, folder: str) -> int:
    for number in (signal.SIGCHLD, signal.SIGHUP, signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    os.setsid()
    for standard, descriptor in enumerate(asked.terminal):
        os.dup2(descriptor, standard)
    asked.close()
    sys.stdin = sys.__stdin__ = open(0, encoding="utf-8", closefd=False)  # type: ignore[misc]  # noqa: SIM115
    sys.stdout = sys.__stdout__ = open(1, "w", encoding="utf-8", closefd=False)  # type: ignore[misc]  # noqa: SIM115
    sys.stderr = sys.__stderr__ = open(2, "w", encoding="utf-8", closefd=False)  # type: ignore[misc]  # noqa: SIM115
    random.seed()
    line.sendall(FORKED)
    if line.recv(len(GO)) != GO:
        return exit_codes.OK
    line.settimeout(None)
    _follow(line)
    from console.remote.session import run

    code = run(asked.arguments, store, folder, asked.environment)
    with suppress(OSError):  # a dropped line takes nothing more
        sys.stdout.flush()
        sys.stderr.flush()
    return code


def _follow(line: socket.socket) -> None:
    """Hear of new sizes of the window from the session's own process, and hang up when that is gone.

    Without a terminal of its own, the kernel tells this process neither.
    """

    def follow() -> None:
        with suppress(OSError):
            while line.recv(1):
                os.kill(os.getpid(), signal.SIGWINCH)
        os.kill(os.getpid(), signal.SIGHUP)

    before = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    threading.Thread(target=follow, name="session-line", daemon=True).start()
    signal.pthread_sigmask(signal.SIG_SETMASK, before)
