"""A session asks the server of consoles (`fork_server`) for its own, and hands its terminal over."""

from __future__ import annotations

import json
import os
import signal
import socket
import struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CREDENTIALS = struct.Struct("3i")
PATIENCE = 2.0
"""Seconds that either side waits for the other; then the session loads the program itself."""
LONGEST = 65536
FORKED, GO = b"forked\n", b"go\n"
KEPT = ("TERM", "COLORTERM", "SSH_CONNECTION", "SSH_TTY")
LIFELINE = 3
STAY = f"""\
trap 'echo >&{LIFELINE}; sized=1' WINCH
while :; do
    sized=
    if read -r code <&{LIFELINE}; then exit "$code"; fi
    [ "$sized" ] || exit 255
done 2>/dev/null
"""
"""What sshd waits for, in a tenth of a mebibyte: tells the console of each new size of the window, ends with its exit
code. When this is gone, the console is too.
"""


def socket_path(folder: str) -> str:
    """Where the server listens; `folder` is what only the account may enter."""
    return os.path.join(folder, "run", "consoles.sock")


def stamp_path(folder: str) -> str:
    """Where the server says of which program it is: for `zhihui ssh check`."""
    return os.path.join(folder, "run", "consoles.stamp")


def peer(line: socket.socket) -> int:
    """The user at the other end of a socket. Raises OSError."""
    return int(CREDENTIALS.unpack(line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, CREDENTIALS.size))[1])


def hand_over(folder: str, arguments: Sequence[str], given: Mapping[str, str]) -> None:
    """Have the console made by the server, and wait for it as another program. Returns where no server answers.

    The console touches the terminal only after `GO`, so that one which comes too late never shares it.
    """
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    line.settimeout(PATIENCE)
    try:
        line.connect(socket_path(folder))
        if peer(line) != os.geteuid():
            raise ConnectionError  # nobody else gets the terminal
        kept = {name: given[name] for name in KEPT if name in given}
        socket.send_fds(line, [json.dumps([list(arguments), kept]).encode()], [0, 1, 2])
        if line.recv(len(FORKED)) != FORKED:
            raise ConnectionError
        line.sendall(GO)
    except OSError:
        line.close()
        return
    line.setblocking(True)
    os.dup2(line.fileno(), LIFELINE)
    os.set_inheritable(LIFELINE, True)  # dup2 leaves it as it was where it is the same already
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    os.execve("/bin/sh", ["sh", "-c", STAY], {})  # noqa: S606 - the shell runs this text alone
