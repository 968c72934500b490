"""What sshd runs to learn whether a public key is let in (AuthorizedKeysCommand): at most one line of authorized_keys.

It runs before anybody has proved who they are, twice per log-in, so it loads little and only reads. What goes wrong is
in the system's log, since sshd throws this program's stderr away; then nobody is let in.
"""

from __future__ import annotations

import os
import sys
import time

from data.errors import Refusal
from data.location import locate
from data.queries.ssh_keys import key_presented
from data.reader import Reader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

KINDS = frozenset(
    {
        "ssh-ed25519",
        "sk-ssh-ed25519@openssh.com",
        "ecdsa-sha2-nistp256",
        "ecdsa-sha2-nistp384",
        "ecdsa-sha2-nistp521",
        "sk-ecdsa-sha2-nistp256@openssh.com",
        "ssh-rsa",
    }
)
BASE64 = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=")
LONGEST = 8192
RESTRICTED = "restrict,pty"
"""No forwarding, no agent, no X11, no rc file of the user; a terminal, because the console needs one."""


def main(arguments: Sequence[str], account: str, store: str, session: str) -> int:
    """Answer sshd's question: `%u %t %k %f`. `session` is the program that a session runs."""
    try:
        line = authorized(arguments, account, store, session)
    except Refusal as refusal:
        _log(refusal.en)
        return 1
    except Exception as error:  # noqa: BLE001 - whatever it is, nobody is let in
        _log(type(error).__name__)
        return 1
    os.write(sys.stdout.fileno(), line.encode("ascii"))
    return 0


def authorized(arguments: Sequence[str], account: str, store: str, session: str) -> str:
    """The line for a key that is let in, else nothing. Raises StoreTrouble."""
    if len(arguments) != 4:
        return ""
    user, kind, blob, fingerprint = arguments
    if user != account or kind not in KINDS or not 40 < len(blob) <= LONGEST or not BASE64.issuperset(blob):
        return ""
    with Reader(locate(store)) as reader:
        key = key_presented(reader, fingerprint, kind, blob, int(time.time()))
    if key is None:
        return ""
    addresses = f'from="{",".join(key.addresses)}",' if key.addresses else ""
    command = f"trap '' INT QUIT TSTP; exec {session} --key-id {key.centre_id}.{key.id}"
    return f'{RESTRICTED},{addresses}command="{command}" {kind} {blob}\n'


def _log(words: str) -> None:
    import syslog

    syslog.openlog("zhihui-ssh", syslog.LOG_PID, syslog.LOG_AUTH)
    syslog.syslog(syslog.LOG_ERR, f"no key can be looked up: {words}")
