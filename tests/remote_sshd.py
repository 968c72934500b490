"""A street whose officers come in over a real sshd, set up as `zhihui ssh setup` does it, and clients that come in."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import select

from console.remote.fork_check import listened_at
from console.remote.fork_client import socket_path
from console.remote.site import Site, write
from core.desk.desk import Desk
from core.identity.public_key import PublicKey, read_public_key
from core.identity.ssh_keys import KeyBook, OfficerKey
from data.location import locate
from data.tables import AccessEvent, Ticket, TicketEvent, table
from tests.sshd import HOST, PATIENCE, SEPARATED, SSHD

STRICT = (
    *("-F", "/dev/null", "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none", "-o", "BatchMode=yes"),
    *("-o", "StrictHostKeyChecking=yes", "-o", "ConnectTimeout=20", "-o", "LogLevel=ERROR"),
)
SESSION_PATIENCE = 60.0
"""Seconds for a console to come or to go on a busy machine."""


def until(condition: Callable[[], object], what: str) -> None:
    """Wait until a condition holds; fails when patience is over."""
    deadline = time.monotonic() + SESSION_PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"did not happen: {what}"
        time.sleep(0.05)


class Remote:
    """The running server of a place, and the keys of its officers."""

    def __init__(self, folder: Path, site: Site, desk: Desk, log: Path, sshd: int) -> None:
        """`sshd` is the process that listens."""
        self.folder, self.site, self.desk, self.log, self.sshd = folder, site, desk, log, sshd
        self.user = getpass.getuser()

    def key(self, name: str, *kind: str) -> PublicKey:
        """Make a key pair on the client's side."""
        path = self.folder / name
        subprocess.run(
            ["ssh-keygen", "-q", "-N", "", "-C", name, "-f", str(path), *(kind or ("-t", "ed25519"))], check=True
        )
        return read_public_key(path.with_suffix(".pub").read_text())

    def add(self, officer: str, name: str, *kind: str, **more: object) -> OfficerKey:
        """Make a key and give it to an officer."""
        key, desk = self.key(name, *kind), self.desk
        with desk.store.write() as connection:
            book = KeyBook(connection, desk.centre_id, desk.now(), desk.actor("chen"))
            return book.add(officer, key, **more)  # type: ignore[arg-type]

    def all_keys(self) -> list[OfficerKey]:
        """All keys of the centre."""
        desk = self.desk
        with desk.store.read() as connection:
            return KeyBook(connection, desk.centre_id, desk.now(), desk.actor("chen")).listed()

    def event(self, ticket: str) -> dict[str, Any]:
        """The body of a ticket's newest event."""
        event, row = table(TicketEvent).c, table(Ticket).c
        with self.desk.store.read() as connection:
            wanted = select(row.id).where(row.centre_id == self.desk.centre_id, row.code == ticket)
            found = select(event.body).where(
                event.centre_id == self.desk.centre_id, event.ticket_id == connection.execute(wanted).scalar_one()
            )
            return dict(connection.execute(found.order_by(event.id.desc())).scalars().first() or {})

    def access(self) -> list[dict[str, Any]]:
        """The access log."""
        entry = table(AccessEvent)
        with self.desk.store.read() as connection:
            wanted = select(entry).where(entry.c.centre_id == self.desk.centre_id).order_by(entry.c.id)
            return [dict(row._mapping) for row in connection.execute(wanted)]

    def revoke(self, key: OfficerKey) -> None:
        desk = self.desk
        with desk.store.write() as connection:
            KeyBook(connection, desk.centre_id, desk.now(), desk.actor("chen")).revoke(key.fingerprint, "试验")

    def options(self, name: str, line: str = "") -> list[str]:
        """Options of ssh, scp and sftp for a key; whoever gives the same `line` shares one connection."""
        shared = ("-o", "ControlMaster=auto", "-o", f"ControlPath={self.folder}/line-{line}", "-o", "ControlPersist=60")
        key = ("-i", str(self.folder / name), "-o", f"UserKnownHostsFile={self.folder}/known")
        return [*STRICT, *key, "-o", f"Port={self.site.port}", *(shared if line else ())]

    def client(self, name: str, *options: str, line: str = "") -> list[str]:
        """The beginning of an ssh command line with a key; what follows is the command."""
        return ["ssh", *options, *self.options(name, line), f"{self.user}@{HOST}", "--"]

    def by(self, port: int) -> tuple[str, ...]:
        """Options by which a client comes to this server through another port, as that of a `Wire`."""
        return ("-o", f"Port={port}", "-o", f"HostKeyAlias=[{HOST}]:{self.site.port}")

    def run(self, name: str, *words: str, line: str = "", data: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        """Run one command as the holder of a key; ssh joins its words by blanks."""
        return run([*self.client(name, line=line), *words], data)


def run(
    command: Sequence[str], data: bytes = b"", environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run a client to its end; one that does not end is ended, and has the code 124."""
    try:
        return subprocess.run(command, input=data, capture_output=True, timeout=60, check=False, env=environment)
    except subprocess.TimeoutExpired as late:
        return subprocess.CompletedProcess(command, 124, late.stdout or b"", late.stderr or b"")


@contextmanager
def remote_street(desk: Desk) -> Iterator[Remote]:
    """Run a server for the store of a desk. Raises RuntimeError with the server's own words when it does not start.

    The files lie below a folder that sshd trusts, which a temporary one is not. The account is whoever runs the tests;
    where that is root, it is let in with its forced command alone, as an interpreter may lie in root's own folders.
    """
    assert SSHD is not None
    folder = Path(tempfile.mkdtemp(prefix="zhihui-ssh-", dir="/var/lib" if os.geteuid() == 0 else Path.home()))
    folder.chmod(0o755)
    try:
        with socket.create_server((HOST, 0)) as free:
            port = free.getsockname()[1]
        (folder / "keep").mkdir(mode=0o700)
        site = Site(folder / "site", getpass.getuser(), locate(desk.store.path), folder / "keep", HOST, port, HOST)
        write(site, os.geteuid(), os.getegid())
        settings = site.folder / "sshd_config"
        text = settings.read_text().replace("PermitRootLogin no", "PermitRootLogin forced-commands-only")
        text = text.replace("UnusedConnectionTimeout 30", "UnusedConnectionTimeout 2")
        settings.write_text(f"{text}SetEnv SHLVL=2\n")  # a bash reads no files of the tester's then
        public = site.host_key.with_suffix(".pub").read_text()
        (folder / "known").write_text(f"[{HOST}]:{port} {public}")
        with _running(settings, folder / "log") as sshd:
            yield Remote(folder, site, desk, folder / "log", sshd)
    finally:
        cleared(folder)


@contextmanager
def fork_server(remote: Remote) -> Iterator[subprocess.Popen[bytes]]:
    """The server of consoles of a place. Raises RuntimeError when it does not come up."""
    with subprocess.Popen([remote.site.folder / "fork-server"], stdin=subprocess.DEVNULL) as process:
        try:
            deadline = time.monotonic() + SESSION_PATIENCE
            while not listened_at(Path(socket_path(str(remote.site.keep)))):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError("the server of consoles does not run")
                time.sleep(0.05)
            yield process
        finally:
            process.terminate()


def consoles(remote: Remote, program: str = "session") -> list[int]:
    """The processes of a program of a place; of `fork-server` those that it forked, too."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if str(remote.site.folder / program).encode() in words[:3]:
            found.append(int(entry.name))
    return found


def processes_below(process: int) -> set[int]:
    """The processes that a process started, theirs too."""
    children: dict[int, set[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            children.setdefault(int(stat.read_text().rpartition(")")[2].split()[1]), set()).add(int(stat.parent.name))
    found, fresh = set[int](), children.get(process, set())
    while fresh:
        found |= fresh
        fresh = {below for one in fresh for below in children.get(one, set())}
    return found


def cleared(folder: Path) -> None:
    """Take a site away once its last session has written what it keeps: a dropped line ends one within a minute."""
    until = time.monotonic() + 60
    while True:
        try:
            shutil.rmtree(folder)
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return


@contextmanager
def _running(settings: Path, log: Path) -> Iterator[int]:
    if os.geteuid() == 0:
        SEPARATED.mkdir(mode=0o755, exist_ok=True)
    process = subprocess.Popen([str(SSHD), "-D", "-f", str(settings), "-E", str(log)], stdin=subprocess.DEVNULL)
    try:
        port = int(settings.read_text().partition("Port ")[2].split()[0])
        deadline = time.monotonic() + PATIENCE
        while True:
            with socket.socket() as found:
                if found.connect_ex((HOST, port)) == 0:
                    break
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"sshd does not run: {log.read_text() if log.exists() else ''}")
            time.sleep(0.05)
        yield process.pid
    finally:
        process.terminate()
        process.wait()
