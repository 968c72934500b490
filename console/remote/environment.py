"""The environment of a remote session, made from nothing: what the client sent never reaches a program."""

from __future__ import annotations

import os
import pwd
import re
import resource

from console.closed import VARIABLES
from core.identity.key_file import VARIABLE, below

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

TERM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,39}", re.ASCII)
COLOURS = frozenset({"truecolor", "24bit"})
CONNECTION = re.compile(r"[0-9A-Fa-f:.%\w]{2,60} \d{1,5} [0-9A-Fa-f:.%\w]{2,60} \d{1,5}", re.ASCII)
DEVICE = re.compile(r"/dev/(pts/\d{1,6}|tty[A-Za-z0-9]{1,6})", re.ASCII)


class Asked:
    """What sshd says of a session: what the client wants to run, and where it comes from."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self.command = os.fsencode(given.get("SSH_ORIGINAL_COMMAND", ""))
        connection = given.get("SSH_CONNECTION", "")
        self.connection = connection if CONNECTION.fullmatch(connection) else ""
        self.address = self.connection.partition(" ")[0]
        """The client's; empty where sshd did not start this."""


def rebuild(given: Mapping[str, str], connection: str, folder: str) -> dict[str, str]:
    """The environment of a session. `folder` holds what the program keeps: drafts, logs, settings."""
    term, colours, terminal = given.get("TERM", ""), given.get("COLORTERM", ""), given.get("SSH_TTY", "")
    made = {**VARIABLES, "TERM": term if TERM.fullmatch(term) else "xterm-256color", "SSH_CONNECTION": connection}
    made |= {name: os.path.join(folder, part) for name, part in XDG.items()}
    own = below(made["XDG_CONFIG_HOME"])
    # Where the account's console at the machine has it, unless what sessions keep has one.
    made[VARIABLE] = own if os.path.exists(own) else below(os.path.join(pwd.getpwuid(os.getuid()).pw_dir, ".config"))
    if colours in COLOURS:
        made["COLORTERM"] = colours
    if DEVICE.fullmatch(terminal):
        made["SSH_TTY"] = terminal
    return made


XDG = {
    "XDG_DATA_HOME": "data",
    "XDG_CONFIG_HOME": "config",
    "XDG_STATE_HOME": "state",
    "XDG_CACHE_HOME": "cache",
    "XDG_RUNTIME_DIR": "run",
}


MEMORY = 2 * 1024**3
"""Bytes that one session may take; a console takes 90 MB. Whoever makes it grow ends it, and no other session."""


def take_over(made: Mapping[str, str]) -> None:
    """Make this the environment of the process, before anything that reads its own variables is loaded.

    It leaves no picture of its memory when it is killed, and takes no more of the machine's than a session needs.
    """
    os.environ.clear()
    os.environ.update(made)
    os.umask(0o077)
    os.chdir("/")
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    most = resource.getrlimit(resource.RLIMIT_DATA)[1]
    limit = MEMORY if most == resource.RLIM_INFINITY else min(MEMORY, most)
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
