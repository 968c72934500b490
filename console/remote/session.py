"""The one command that sshd runs for whoever came in with a key: the console on a terminal, else one command of the
table. Who it is stands in the store and nowhere else; what the client sent decides nothing but what is asked for.
"""

from __future__ import annotations

import os
import re
import signal
import sys
import termios
import time
from contextlib import suppress
from ipaddress import ip_address, ip_network

from console import exit_codes, output
from console.remote.environment import Asked, rebuild, take_over
from console.remote.fork_client import hand_over
from console.remote.watch import KeyWatch
from data.errors import NotAllowed, Refusal
from data.location import locate
from data.queries.ssh_keys import LiveKey, key_numbered
from data.reader import Reader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from console.remote.visits import Visit

NUMBERED = re.compile(r"(\d{1,19})\.(\d{1,19})", re.ASCII)
HELP = "help"
ENDED = (
    "会话已结束：密钥被吊销，您的账号已停用，或安全管理员结束了会话。",
    "The session has ended: the key was revoked, you are an officer no more, or the security administrator ended it.",
)


def main(arguments: Sequence[str], store: str, folder: str) -> int:
    """Run the session of a key; gives the exit code.

    `arguments` are those of the forced command; `store` is where the store is, `folder` what the program keeps.
    """
    given = dict(os.environ)
    if not given.get("SSH_ORIGINAL_COMMAND") and sys.stdin.isatty() and sys.stdout.isatty():
        _keys_send_no_signals()
        hand_over(folder, arguments, given)
    else:
        _keys_interrupt()
    return run(arguments, store, folder, given)


def _keys_send_no_signals() -> None:
    """What is typed before the console is up interrupts, suspends and kills nothing. The terminal ends with us.

    Until here the signals were ignored by what sshd runs (`authorized_keys`).
    """
    with suppress(termios.error):
        modes = termios.tcgetattr(0)
        modes[3] &= ~termios.ISIG
        termios.tcsetattr(0, termios.TCSANOW, modes)


def _keys_interrupt() -> None:
    """A command on a terminal is interrupted as any."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGQUIT, signal.SIGTSTP):
        signal.signal(number, signal.SIG_DFL)


def run(arguments: Sequence[str], store: str, folder: str, given: Mapping[str, str]) -> int:
    """The session in this process; `given` is the environment that sshd made."""
    asked = Asked(given)
    take_over(rebuild(given, asked.connection, folder))
    from console.entry import refuse

    output.prepare()
    try:
        url = locate(store)
        return _run(url, _key(arguments, url, asked.address), asked)
    except Refusal as refusal:
        refuse(refusal)
        return exit_codes.of_refusal(refusal)


def _key(arguments: Sequence[str], url: str, address: str) -> LiveKey:
    """The key of the forced command, looked up again. Raises NotAllowed, StoreTrouble."""
    numbered = NUMBERED.fullmatch(arguments[1]) if len(arguments) == 2 and arguments[0] == "--key-id" else None
    if numbered is None or not address:
        raise NotAllowed(
            "remote-start",
            "此程序只由 sshd 启动，见 zhihui ssh setup。",
            "Only sshd starts this program: see zhihui ssh setup.",
        )
    with Reader(url) as reader:
        key = key_numbered(reader, int(numbered[1]), int(numbered[2]), int(time.time()))
    if key is None or not _comes_from(address, key.addresses):
        raise NotAllowed("remote-key", "这把密钥已不可用。", "This key is let in no more.")
    return key


def _comes_from(address: str, addresses: Sequence[str]) -> bool:
    """Whether an address is one of those from which a key is let in."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return not addresses or any(found in ip_network(one) for one in addresses)


def _run(url: str, key: LiveKey, asked: Asked) -> int:
    """The console, or the command that was asked for. Raises Refusal."""
    if not asked.command:
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            raise NotAllowed(
                "remote-nothing",
                "没有终端，也没有命令：控制台请用 ssh -t，可用的命令见 help。",
                "There is no terminal and no command: ssh -t opens the console, help lists the commands.",
            )
        return _console(url, key, asked.address)
    if asked.command.strip() == HELP.encode():
        from console.remote.allowed import ALLOWED

        output.write("".join(f"{row.usage()}\n" for row in ALLOWED.values()))
        return exit_codes.OK
    from console.remote.command_line import read_command

    return _command(url, key, asked.address, read_command(asked.command))


def _console(url: str, key: LiveKey, address: str) -> int:
    """The console of the key's officer, in the officer's centre. When the key is let in no more, it hangs up."""
    from console.cli.words import say
    from console.remote.visits import CONSOLE, Visit

    visit = Visit(url, key, address, CONSOLE)
    visit.open()
    watch = KeyWatch(url, key, lambda: os.kill(os.getpid(), signal.SIGHUP), session=visit.origin.session_id)
    watch.start()
    code = _as_officer([], url, key, visit)
    watch.stop()
    visit.end(watch.ended)
    if watch.ended:
        output.remark(say(*ENDED))
        return exit_codes.NOT_ALLOWED
    return code


def _command(url: str, key: LiveKey, address: str, words: list[str]) -> int:
    """One command of the table."""
    from console.remote.visits import Visit

    def end() -> None:
        for sentence in ENDED:
            output.remark(f"zhihui: {sentence}")
        os._exit(exit_codes.NOT_ALLOWED)  # a change half made is rolled back by the store

    visit = Visit(url, key, address, " ".join(words[:2]) if words[1:2] and not words[1].startswith("-") else words[0])
    visit.begin()
    watch = KeyWatch(url, key, end)
    watch.start()
    code = _as_officer(words, url, key, visit)
    watch.stop()
    return code


def _as_officer(words: list[str], url: str, key: LiveKey, visit: Visit) -> int:
    """Run a command line as the officer whose key it is."""
    from console.cli.session import Session
    from console.entry import main as run
    from console.entry import open_console

    session = Session(opener=open_console)
    session.bind(url, key.centre, key.officer, visit.origin)
    return run(words, session=session)
