"""What `zhihui ssh check` says of the server of consoles. It looks without connecting: whoever connects is served."""

from __future__ import annotations

import json
import os
from pathlib import Path

from console.remote.fork_client import socket_path, stamp_path
from console.remote.site import Site
from console.remote.site_check import Account
from console.remote.stamp import stamp
from data.findings import Finding

CODE = "fork-server"
SOCKETS = Path("/proc/net/unix")
LISTENING = "00010000"
"""Among the flags of a socket in `/proc/net/unix`: it takes connections."""


def fork_finding(site: Site, account: Account) -> Finding:
    """Whether consoles are forked, by a server of this account and of this program."""
    path = Path(socket_path(str(site.keep)))
    wide = [place for place in (path.parent, path) if _is_open(place, account)]
    if wide:
        names = ", ".join(map(str, wide))
        todo = f"chown {site.account} {names}; chmod go= {names}"
        return Finding(
            CODE,
            "bad",
            f"会话服务的 {names} 须属于 {site.account}、他人不可进入。",
            f"{names} of the server of consoles must be {site.account}'s and closed to others.",
            todo,
            todo,
        )
    if not path.exists():
        return Finding(
            CODE,
            "ok",
            "没有会话服务：每个控制台自行加载程序。",
            "No server of consoles runs: each console loads the program itself.",
        )
    if not listened_at(path):
        return Finding(
            CODE,
            "warn",
            "会话服务已停止：每个控制台自行加载程序。",
            "The server of consoles has ended: each console loads the program itself.",
            f"重新启动该服务（{site.folder}/fork-server）。",
            f"Start its service again ({site.folder}/fork-server).",
        )
    if loaded_by(site) != stamp():
        return Finding(
            CODE,
            "warn",
            "会话服务加载的是旧程序，下一次会话时会结束，由服务管理器重新启动。",
            "The server of consoles is of an older program: it ends at the next session; its service starts it anew.",
            "现在就可以重新启动该服务；已打开的控制台不受影响。",
            "Start the service again now; consoles that are open go on.",
        )
    return Finding(CODE, "ok", "会话服务正常。", "The server of consoles runs.")


def listened_at(path: Path, sockets: Path = SOCKETS) -> bool:
    """Whether a process takes connections at a socket."""
    try:
        lines = sockets.read_text("utf-8", "replace").splitlines()[1:]
    except OSError:
        return True  # nobody can tell
    rows = [line.split(maxsplit=7) for line in lines]
    return any(row[3] == LISTENING and row[7] == str(path) for row in rows if len(row) == 8)


def loaded_by(site: Site) -> tuple[int, int] | None:
    """Of which program the server is; None where it did not say."""
    try:
        found = json.loads(Path(stamp_path(str(site.keep))).read_text("ascii"))
        return int(found[0]), int(found[1])
    except (OSError, ValueError, TypeError, IndexError):
        return None


def _is_open(place: Path, account: Account) -> bool:
    """Whether a place is there and others than the account may use it."""
    try:
        found = os.lstat(place)
    except OSError:
        return False
    return found.st_uid != account.uid or bool(found.st_mode & 0o077)
