"""A real OpenSSH server on this machine, and the wire to it: counted, and cut when asked."""

from __future__ import annotations

import getpass
import os
import selectors
import shlex
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

SSHD = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
"""The server; None where it is not installed."""
HOST = "127.0.0.1"
PATIENCE = 20.0
SEPARATED = Path("/run/sshd")
"""An empty folder that the server wants to have when root runs it; usually made by what starts services."""
SETTINGS = """\
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host
PidFile none
AuthorizedKeysFile {folder}/client.pub
AllowUsers {user}
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
StrictModes no
UsePAM no
PrintMotd no
PrintLastLog no
ClientAliveInterval {alive}
ClientAliveCountMax 3
TCPKeepAlive no
"""
CLIENT = ("-F", "none", "-tt", "-q", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no", "-o", "LogLevel=ERROR")


class Server:
    """The server, and how to reach it."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port

    def client(self, port: int, command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> list[str]:
        """The command line of an ssh client that runs a command, on a terminal, in a folder."""
        settings = [f"{name}={value}" for name, value in environment.items()]
        remote = f"cd {shlex.quote(str(folder))} && exec {shlex.join(['env', *settings, *command])}"
        known = f"UserKnownHostsFile={self.folder}/known"
        identity = ("-i", f"{self.folder}/client", "-o", "IdentitiesOnly=yes", "-o", known)
        return ["ssh", *CLIENT, *identity, "-p", str(port), f"{getpass.getuser()}@{HOST}", remote]


@contextmanager
def serving(folder: Path, alive: int = 0) -> Iterator[Server]:
    """Run a server whose keys and settings are in a folder; `alive` is its ClientAliveInterval.

    Raises RuntimeError with the server's own words when it does not let its user in.
    """
    assert SSHD is not None
    for name in ("host", "client"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
    if os.geteuid() == 0:
        SEPARATED.mkdir(mode=0o755, exist_ok=True)
    with socket.create_server((HOST, 0)) as free:
        port = free.getsockname()[1]
    settings = folder / "sshd_config"
    settings.write_text(SETTINGS.format(port=port, folder=folder, user=getpass.getuser(), alive=alive))
    with open(folder / "log", "wb") as log:
        process = subprocess.Popen([SSHD, "-D", "-e", "-f", str(settings)], stdin=subprocess.DEVNULL, stderr=log)
    try:
        server = Server(folder, port)
        hello = server.client(port, ["true"], folder, {})
        deadline = time.monotonic() + PATIENCE
        while subprocess.run(hello, stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode:
            if time.monotonic() > deadline:
                raise RuntimeError(f"sshd lets nobody in: {(folder / 'log').read_text()}")
            time.sleep(0.1)
        yield server
    finally:
        process.terminate()
        process.wait()


class Wire:
    """A TCP connection to a server, carried piece by piece. Use as a context manager."""

    def __init__(self, port: int) -> None:
        self._far = port
        self._listener = socket.create_server((HOST, 0))
        self.port = self._listener.getsockname()[1]
        self.down = self.up = 0
        """Bytes carried so far, from the server and to it, without the headers of TCP and IP."""
        self._cut = threading.Event()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._carry, name="wire", daemon=True)

    def __enter__(self) -> Wire:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._ended.set()
        self._thread.join()

    def cut(self) -> None:
        """Carry nothing any more, and tell nobody: a cable that is pulled, a mobile link without a network."""
        self._cut.set()

    def _carry(self) -> None:
        """Connect both ends and carry until one closes or somebody ends it."""
        with self._listener:
            near = self._accept()
        if near is None:
            return
        with near, socket.create_connection((HOST, self._far)) as far, selectors.DefaultSelector() as selector:
            for end in (near, far):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                selector.register(end, selectors.EVENT_READ)
            while not self._ended.is_set():
                if self._cut.is_set():
                    self._ended.wait()
                    return
                for key, _events in selector.select(0.1):
                    with suppress(OSError):
                        if not self._pass_on(key.fileobj is far, near, far):
                            return

    def _accept(self) -> socket.socket | None:
        self._listener.settimeout(0.1)
        while not self._ended.is_set():
            with suppress(TimeoutError):
                return self._listener.accept()[0]
        return None

    def _pass_on(self, down: bool, near: socket.socket, far: socket.socket) -> bool:
        """Carry a piece; whether there was one."""
        piece = (far if down else near).recv(65536)
        (near if down else far).sendall(piece)
        if down:
            self.down += len(piece)
        else:
            self.up += len(piece)
        return bool(piece)
