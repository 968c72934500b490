"""The token of who signed in at this terminal: a file that is its owner's alone, one per store and centre."""

from __future__ import annotations

import os

LONGEST = 200


def token_path(url: str, centre: int) -> str:
    """Where the token for a centre is kept."""
    import hashlib

    base = os.environ.get("XDG_STATE_HOME") or os.path.join(os.path.expanduser("~"), ".local", "state")
    name = hashlib.sha256(f"{url}\n{centre}".encode()).hexdigest()[:32]
    return os.path.join(base, "zhihui", "sessions", name)


def read_token(url: str, centre: int) -> str:
    """The token; empty where there is none, or where somebody else could have read or put it there."""
    try:
        handle = os.open(token_path(url, centre), os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return ""
    with open(handle, encoding="ascii", errors="replace") as file:
        found = os.fstat(handle)
        if found.st_uid != os.getuid() or found.st_mode & 0o077:
            return ""
        return file.read(LONGEST).strip()


def write_token(url: str, centre: int, token: str) -> None:
    """Keep the token. Raises OSError."""
    path = token_path(url, centre)
    os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    fresh = f"{path}.{os.getpid()}"
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "w") as file:
        file.write(token)
    os.replace(fresh, path)


def drop_token(url: str, centre: int) -> None:
    """Forget the token."""
    try:
        os.unlink(token_path(url, centre))
    except FileNotFoundError:
        return
