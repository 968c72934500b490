"""Each attempt of an officer's terminal against the console, over a real sshd, loaded by itself and forked."""

from __future__ import annotations

import codecs
import fcntl
import os
import re
import signal
import struct
import termios
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy import func, select

from data.tables import TicketEvent, table
from tests.console.remote.console_attempts import DUMB, ENDS, MOST, SIZE, TRIES, VARIABLES, Try, on_one
from tests.console.remote.test_break_out import TOKEN
from tests.console.remote.test_sessions import SENT, forget_drafts
from tests.console.terminals import Emulator, Session, environment
from tests.remote_sshd import Remote, consoles, fork_server, until
from tests.sshd import HOST, SSHD

AT_ONCE = 3
AGAIN = 3.0
"""Seconds after which keys are pressed once more."""
UP = b"\x1b[?1049h"
"""What the console says first of all."""
HELP = ("输入要找的内容", "type to find; Enter runs it")
"""In English where the terminal told at first that it draws no Chinese, as one of one cell does."""
ALONE, FORKED = "alone", "forked"
ESCAPES, F1, F2 = "\x1b[27u" * 6, "\x1bOP", "\x1bOQ"
DRAWN = re.compile(
    r"[\r\n\b\a]|[^\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
    r"|\x1b\[[\d;]*[ABCDHJKLMmrX]"  # where, which colour, lines moved
    r"|\x1b\[6n|\x1b\[\?2026\$p"  # where the cursor stands; whether a frame can come in one
    r"|\x1b\[\?(?:7|25|1000|1002|1003|1004|1006|1015|1049|2004|2026)[hl]"
    r"|\x1b\[[<>]\d*u"  # keys told apart
    r"|\x1b\[2[23];2t|\x1b\]2;[指挥!\d ]*\a"  # the title: how many alarms wait, and no words of anybody's
    r"|\x1b\]22;(?:default|text|pointer)\a"  # the shape of the mouse
    r"|\x1b\]52;c;[A-Za-z0-9+/=]*\a"  # what the officer copies
)
"""What a screen is drawn with, and nothing else."""

pytestmark = pytest.mark.skipif(SSHD is None, reason="no sshd: install openssh-server")


class Seen(NamedTuple):
    """What an attempt came to: what was sent to the terminal, what it left, and how the console was afterwards."""

    sent: bytes
    canary: bool
    below: list[str]
    memory: int
    """MiB, of the largest console."""
    works: bool
    code: int | None
    screen: str


class Player:
    """Plays attempts one way."""

    def __init__(self, remote: Remote, server: int) -> None:
        """`server` is that of consoles, 0 for none."""
        self.remote, self.server = remote, server
        key = next(key for key in remote.all_keys() if key.comment == "zhang")
        self.number = f"{remote.desk.centre_id}.{key.id}"

    def all_on_one(self, tries: list[Try]) -> dict[Try, Seen]:
        """One console takes them one after the other; one that ends is followed by another."""
        found, left = dict[Try, Seen](), list(tries)
        while left:
            with closing(self.opened(left[0])) as session:
                session.until("井盖缺失")
                works = True
                while left and works:
                    one, begun = left.pop(0), len(session.sent)
                    self.type(session, self.put(one, one.typed))
                    for size in one.sizes and (*one.sizes, SIZE):
                        resize(session, *size)
                        session.read(0.05)
                    found[one] = self.seen(one, session, begun)
                    works = found[one].works
        return found

    def by_itself(self, one: Try) -> Seen:
        """In a session of its own."""
        with closing(self.opened(one)) as session:
            if one.ahead:
                until(lambda: not termios.tcgetattr(session.theirs)[3] & termios.ICANON, "the client has a terminal")
                self.type(session, self.put(one, one.ahead))
                while one.again and session.process.poll() is None and UP not in session.sent:
                    self.type(session, one.ahead)
                    session.read(0.1)
            if one.begin != SIZE:
                session.until(lambda _text: UP in session.sent)
                resize(session, *SIZE)
            return self.seen(one, session, 0)

    def all_told(self, tries: list[Try]) -> dict[Try, Seen]:
        """One session is told all variables, as if sshd had let them through."""
        variables = dict(self.put(one, setting).split("=", 1) for one in tries for setting in one.told)
        told = {"TERM": "xterm-256color", "SSH_CONNECTION": f"{HOST} 1 {HOST} 2", **variables}
        program = [str(self.remote.site.folder / "session"), "--key-id", self.number]
        with closing(Session(program, Emulator(*SIZE), told)) as session:
            seen = self.seen(tries[0], session, 0)
        return {one: seen._replace(canary=self.canary(one).exists()) for one in tries}

    def opened(self, one: Try) -> Session:
        """The client, told what it is to tell."""
        options = [SENT.join(self.put(one, option).split("ALL")) for option in one.options]
        command = self.remote.client("zhang", "-tt", *options)
        return Session(command, Emulator(*SIZE), environment(TERM=one.term), one.begin)

    def put(self, one: Try, text: str) -> str:
        place = self.remote.folder
        words = {"CANARY": self.canary(one), "SECRET": place / "secret", "EVIL": place / "evil"}
        for word, path in words.items():
            text = text.replace(word, str(path))
        return text

    def canary(self, one: Try) -> Path:
        return self.remote.folder / f"canary-{TRIES.index(one)}"

    def type(self, session: Session, text: str) -> None:
        """Type without waiting for whoever reads, and take what comes meanwhile."""
        data = text.encode("utf-8", "surrogateescape" if "\udcff" in text else "surrogatepass")
        os.set_blocking(session.ours, False)
        try:
            while data and session.process.poll() is None:
                with suppress(BlockingIOError):
                    data = data[os.write(session.ours, data) :]
                session.read(0.01)
        finally:
            os.set_blocking(session.ours, True)

    def seen(self, one: Try, session: Session, begun: int) -> Seen:
        works = False
        if one.holds == DUMB:
            session.ended()
        else:
            with suppress(AssertionError):  # told below
                works = self.works(session)
        mine = {*consoles(self.remote), *consoles(self.remote, "fork-server")} - {self.server}
        return Seen(
            session.sent[begun:], self.canary(one).exists(), [words for each in mine for words in below(each)],
            max(map(memory, mine), default=0), works, session.process.poll(), session.screen.text,
        )  # fmt: skip

    def works(self, session: Session) -> bool:
        """Whether what was opened closes, the help comes on its key, and then the list; a console that ended does not.

        What a key opened may come late: then it is closed again.
        """
        session.press(ESCAPES + F2 + F1)
        pressed = time.monotonic()

        def shown(text: str) -> bool:
            nonlocal pressed
            if time.monotonic() - pressed > AGAIN and session.process.poll() is None:
                session.press(ESCAPES + F2 + F1)
                pressed = time.monotonic()
            return shows_help(text) or session.process.poll() is not None

        session.until(shown)
        if session.process.poll() is None:
            session.press(ESCAPES)
            session.until(lambda text: not shows_help(text) or session.process.poll() is not None)
        return session.process.poll() is None


def shows_help(text: str) -> bool:
    return any(words in text for words in HELP)


def resize(session: Session, columns: int, lines: int) -> None:
    """Another size of the window; the emulator draws at most what a screen has."""
    session.screen.resize(max(1, min(lines, 300)), max(1, min(columns, 1000)))
    fcntl.ioctl(session.theirs, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
    os.kill(session.process.pid, signal.SIGWINCH)


def below(process: int) -> list[str]:
    """What runs below a process."""
    with suppress(OSError):
        children = [
            one for task in Path(f"/proc/{process}/task").iterdir() for one in (task / "children").read_text().split()
        ]
        return [Path(f"/proc/{child}/cmdline").read_text() for child in children]
    return []


def memory(process: int) -> int:
    """The most that a process ever had, in MiB."""
    with suppress(OSError, IndexError):
        return int(Path(f"/proc/{process}/status").read_text().partition("VmHWM:")[2].split()[0]) // 1024
    return 0


@pytest.fixture(scope="module")
def played(remote: Remote) -> dict[tuple[str, Try], Seen]:
    """All of them: those that need a session of their own a few at a time."""
    place = remote.folder
    (place / "secret").write_text(TOKEN + "\n")
    evil = place / "evil"
    evil.mkdir(exist_ok=True)
    for name in ("sitecustomize.py", "usercustomize.py", "rc"):
        (evil / name).write_text(
            f"#!/bin/sh\ntouch {place}/evil-ran\n" if name == "rc" else f"open('{place}/evil-ran', 'w')\n"
        )
        (evil / name).chmod(0o755)
    before = events(remote)
    found = {(ALONE, one): seen for one, seen in play(Player(remote, 0)).items()}
    with fork_server(remote) as server:
        found |= {(FORKED, one): seen for one, seen in play(Player(remote, server.pid)).items()}
        until(lambda: not set(consoles(remote, "fork-server")) - {server.pid}, "no forked console stays")
    until(lambda: not consoles(remote), "no console stays")
    forget_drafts(remote)
    (place / "events-of-consoles").write_text(str(events(remote) - before))
    return found


def play(player: Player) -> dict[Try, Seen]:
    own = [one for one in TRIES if not on_one(one) and not one.told]
    found = player.all_on_one([one for one in TRIES if on_one(one)]) | player.all_told(list(VARIABLES))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return found | dict(zip(own, pool.map(player.by_itself, own), strict=True))


def events(remote: Remote) -> int:
    with remote.desk.store.read() as connection:
        return int(
            connection.execute(
                select(func.count()).select_from(table(TicketEvent)), execution_options={"fanout": True}
            ).scalar_one()
        )


def unknown(sent: bytes) -> str:
    """The first of what was sent that no screen is drawn with; a sequence that is cut off at the end is none."""
    text = codecs.getincrementaldecoder("utf-8")().decode(sent)
    at = 0
    while at < len(text):
        found = DRAWN.match(text, at)
        if found is None:
            rest = text[at : at + 60]
            return "" if re.fullmatch(r"\x1b(?:\[[\d;?<>$]*)?", rest) else rest
        at = found.end()
    return ""


@pytest.mark.parametrize("way", [ALONE, FORKED])
@pytest.mark.parametrize("one", TRIES, ids=lambda one: one.what if isinstance(one, Try) else "")
def test_nothing_is_got_at_a_console(played: dict[tuple[str, Try], Seen], way: str, one: Try) -> None:
    seen = played[way, one]
    assert not seen.canary, "a file was made on the server"
    assert TOKEN.encode() not in seen.sent, "the secret was told"
    assert not unknown(seen.sent), "the terminal got what no screen is drawn with"
    assert seen.below == [], "a program runs below a console"
    assert seen.memory < MOST
    assert b"Traceback" not in seen.sent, seen.screen
    if one.holds == DUMB:
        assert seen.code == 2, seen.screen
    elif one.holds != ENDS:
        assert seen.works, seen.screen


def test_no_ticket_changed_and_no_program_of_a_terminal_ran(
    played: dict[tuple[str, Try], Seen], remote: Remote
) -> None:
    assert played
    assert (remote.folder / "events-of-consoles").read_text() == "0"
    assert not (remote.folder / "evil-ran").exists()
    incidents = remote.site.keep / "state/zhihui/incidents.log"
    assert not incidents.exists(), f"a console broke: {incidents.read_text()}"


def test_what_no_screen_is_drawn_with_is_seen() -> None:
    """The test of the tests."""
    assert unknown("\x1b[1;1H井\x1b[m\x1b[6n\x1b[2".encode()) == ""
    for bad in ("\x1b]0;owned\x07", "\x1b]52;c;?\x07", "\x1bP1$r\x1b\\", "\x9b2J", "\u202e", "\x1b[5i", "\x00"):
        assert unknown(f"x{bad}y".encode()), bad
