"""Each attempt to get out of a remote session, against a real sshd: nothing made, nothing told, nobody reached."""

from __future__ import annotations

import json
import os
import shlex
import socket
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from data.tables import Officer, TicketEvent, table
from tests.console.remote.attempts import ATTEMPTS, FAILED, PAGE, Attempt, page_with_list
from tests.console.terminals import environment
from tests.remote_sshd import Remote, run
from tests.sshd import HOST, SSHD

TOKEN = "zhihui-secret-8c1f"
AT_ONCE = 3
PATIENCE = 20.0

pytestmark = pytest.mark.skipif(SSHD is None, reason="no sshd: install openssh-server")


@dataclass
class Seen:
    """What an attempt came to."""

    code: int
    out: bytes
    said: bytes
    canary: bool
    reached: int = 0
    stolen: bool = False


class Ear:
    """A port, or a socket, of the server's machine: it counts who comes, and tells them the secret."""

    def __init__(self, path: str = "") -> None:
        self.reached = 0
        self._socket = socket.socket(socket.AF_UNIX if path else socket.AF_INET)
        self._socket.bind(path or (HOST, 0))
        self._socket.listen()
        self.port = 0 if path else int(self._socket.getsockname()[1])
        threading.Thread(target=self._hear, daemon=True).start()

    def _hear(self) -> None:
        with suppress(OSError):
            while True:
                with self._socket.accept()[0] as found:
                    self.reached += 1
                    found.sendall(TOKEN.encode())

    def close(self) -> None:
        self._socket.close()


@dataclass
class Trial:
    """One attempt and what it works with."""

    remote: Remote
    attempt: Attempt
    number: int
    line: str
    words: dict[str, str] = field(default_factory=dict)

    def run(self) -> Seen:
        place = self.remote.folder
        canary, got = place / f"canary{self.number}", place / f"got{self.number}"
        with ExitStack() as stack:
            ears = [
                stack.enter_context(closing_ear(Ear())),
                stack.enter_context(closing_ear(Ear(f"{place}/s{self.number}"))),
            ]
            self.words = {
                "CANARY": str(canary),
                "GOT": str(got),
                "SECRET": str(place / "secret"),
                "MINE": str(place / "mine"),
                "EVIL": str(place / "evil"),
                "SESSION": str(self.remote.site.folder / "session"),
                "SOCKET": f"{place}/s{self.number}",
                "BATCH": str(place / f"sftp{self.number}"),
                "PORT": str(ears[0].port),
                "LOCAL": str(free_port()),
                "FREE": str(free_port()),
                **{name: str(place / name.lower()) for name in ("STRANGER", "REVOKED", "ELSEWHERE", "LEFT")},
            }
            code, out, err = getattr(self, f"_{self.attempt.way}")()
            return Seen(code, out, out + err, canary.exists(), sum(ear.reached for ear in ears), got.exists())

    def put(self, text: str) -> str:
        for name, value in self.words.items():
            text = text.replace(name, value)
        return text

    def _ended(self, ended: subprocess.CompletedProcess[bytes]) -> tuple[int, bytes, bytes]:
        return ended.returncode, ended.stdout, ended.stderr

    def _command(self) -> tuple[int, bytes, bytes]:
        text, data = self.put(self.attempt.text), self.put(self.attempt.data)
        return self._ended(self.remote.run("zhang", text, line=self.line, data=data.encode()))

    def _terminal(self) -> tuple[int, bytes, bytes]:
        """With a terminal on the far side."""
        told = dict(one.split("=", 1) for one in self.attempt.more if one.startswith("TERM="))
        options = [self.put(one) for one in self.attempt.more if not one.startswith("TERM=")]
        command = [
            *self.remote.client("zhang", *options, line="" if "-o" in options else self.line),
            self.put(self.attempt.text),
        ]
        return self._ended(run(command, self.put(self.attempt.data).encode(), {**environment(), **told}))

    def _client(self) -> tuple[int, bytes, bytes]:
        options = [self.put(one) for one in self.attempt.more]
        own = "-i" in options
        command = self.remote.client(options[options.index("-i") + 1] if own else "zhang", *(() if own else options))
        return self._ended(run([*command, *filter(None, [self.put(self.attempt.text)])]))

    def _program(self) -> tuple[int, bytes, bytes]:
        Path(self.words["BATCH"]).write_text(self.put("get SECRET GOT\nput MINE CANARY\n"))
        words = [self.put(word) for word in shlex.split(self.attempt.text)]
        host = f"{self.remote.user}@{HOST}"
        given = [part for word in words for part in (self.remote.options("zhang") if word == "SSH" else [word])]
        return self._ended(run([word.replace("HOST", host) for word in given]))

    def _forward(self) -> tuple[int, bytes, bytes]:
        """Open the client's end and speak into it."""
        options = [self.put(one) for one in self.attempt.more]
        client = subprocess.Popen(
            self.remote.client("zhang", "-N", *options), stdin=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        try:
            said = speak(int(self.words["LOCAL"]), int(self.words["PORT"]), "-D" in options, client)
        finally:
            client.terminate()
            heard = client.communicate()[1]
        return FAILED, said, heard

    def _variable(self) -> tuple[int, bytes, bytes]:
        """As if sshd had let the variables through; what it lets through stands in a test of its own."""
        session = Path(self.words["SESSION"])
        number = (self.remote.folder / "zhang.number").read_text()
        told = {
            "SSH_ORIGINAL_COMMAND": self.attempt.text,
            "SSH_CONNECTION": f"{HOST} 1 {HOST} 2",
            "PATH": os.defpath,
            **dict(self.put(one).split("=", 1) for one in self.attempt.more),
        }
        return self._ended(run([str(session), "--key-id", number], environment=told))


class closing_ear:
    def __init__(self, ear: Ear) -> None:
        self.ear = ear

    def __enter__(self) -> Ear:
        return self.ear

    def __exit__(self, *_exception: object) -> None:
        self.ear.close()


def free_port() -> int:
    with socket.create_server((HOST, 0)) as free:
        return int(free.getsockname()[1])


def speak(local: int, port: int, socks: bool, client: subprocess.Popen[bytes]) -> bytes:
    """Connect to the client's end of a forwarding, ask by SOCKS where that is spoken, and take what comes."""
    deadline = time.monotonic() + PATIENCE
    while client.poll() is None and time.monotonic() < deadline:
        with suppress(ConnectionRefusedError), socket.create_connection((HOST, local)) as far:
            far.settimeout(PATIENCE)
            if socks:
                far.sendall(b"\x05\x01\x00")
                far.recv(2)
                far.sendall(b"\x05\x01\x00\x01" + socket.inet_aton(HOST) + port.to_bytes(2, "big"))
            with suppress(ConnectionResetError):
                return far.recv(4096)
            return b""
        time.sleep(0.02)
    raise AssertionError("the client's end of the forwarding was never there")


@pytest.fixture(scope="module")
def tried(remote: Remote) -> dict[Attempt, Seen]:
    """All attempts, a few at a time, each on a line of its own thread's."""
    place = remote.folder
    (place / "secret").write_text(TOKEN + "\n")
    (place / "mine").write_text("mine\n")
    evil = place / "evil"
    evil.mkdir()
    for name in ("sitecustomize.py", "usercustomize.py"):
        (evil / name).write_text(f"open({str(place / 'evil-ran')!r}, 'w')\n")
    (evil / "rc").write_text(f"#!/bin/sh\ntouch {place}/evil-ran\n")
    (evil / "rc").chmod(0o755)
    remote.key("stranger")
    remote.revoke(remote.add("zhang", "revoked"))
    remote.add("zhang", "elsewhere", addresses=["192.0.2.0/24"])
    remote.add("sun", "left")
    key = next(key for key in remote.all_keys() if key.comment == "zhang")
    (place / "zhang.number").write_text(f"{remote.desk.centre_id}.{key.id}")
    with remote.desk.store.write() as connection:
        connection.execute(
            update(table(Officer)).where(Officer.centre_id == 1, Officer.code == "sun").values(active=False)
        )
    lines = threading.local()

    def one(numbered: tuple[int, Attempt]) -> Seen:
        lines.name = getattr(lines, "name", f"t{threading.get_ident()}")
        return Trial(remote, numbered[1], numbered[0], lines.name).run()

    before = events(remote)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = dict(zip(ATTEMPTS, pool.map(one, enumerate(ATTEMPTS)), strict=True))
    (place / "events").write_text(str(events(remote) - before))
    return found


def events(remote: Remote) -> int:
    with remote.desk.store.read() as connection:
        return int(
            connection.execute(
                select(func.count()).select_from(table(TicketEvent)), execution_options={"fanout": True}
            ).scalar_one()
        )


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda attempt: attempt.what)
def test_nothing_is_got(tried: dict[Attempt, Seen], attempt: Attempt) -> None:
    seen = tried[attempt]
    assert not seen.canary, "a file was made on the server"
    assert not seen.stolen, "a file came to the client"
    assert TOKEN.encode() not in seen.said, "the secret was told"
    assert seen.reached == 0, "a port of the server's machine was reached"
    assert not any(signs in seen.said for signs in (b"\x1b]0;owned", b"\x1b[2J", b"\x9b2J")), seen.said
    if attempt.code is None:
        assert seen.code != 0, seen.said
    else:
        assert seen.code == attempt.code, seen.said
    if attempt.way == "variable":
        titles = [row["title"] for row in json.loads(seen.out)]
        assert "井盖缺失" in titles, "the list of another store"


def test_no_ticket_changed_and_no_program_of_the_clients_ran(tried: dict[Attempt, Seen], remote: Remote) -> None:
    assert tried
    assert (remote.folder / "events").read_text() == "0"
    assert not (remote.folder / "evil-ran").exists()


def test_there_are_many_each_is_told_apart_and_the_page_has_them() -> None:
    assert len(ATTEMPTS) >= 60
    assert len({attempt.what for attempt in ATTEMPTS}) == len(ATTEMPTS)
    page = PAGE.read_text("utf-8")
    assert page_with_list(page) == page, "run python -m tests.console.remote.attempts"
