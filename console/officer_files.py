"""Small files of an officer's own in the XDG state folder: what each is called, and how it is written whole."""

from __future__ import annotations

import hashlib
import os

from console.incidents import log_path


def officer_path(kind: str, store: str, officer: str) -> str:
    """The file of a kind for an officer on a store; the name says nothing of either."""
    name = hashlib.sha256(f"{store}\n{officer}".encode("utf-8", "replace")).hexdigest()[:24]
    return os.path.join(os.path.dirname(log_path()), kind, f"{name}.json")


def write_whole(path: str, text: str) -> None:
    """Put a text into a file that only its owner can read, all at once. Raises OSError."""
    os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    making = f"{path}.{os.getpid()}"
    with open(os.open(making, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "w", encoding="utf-8") as f:
        f.write(text)
        f.flush()
        os.fsync(f.fileno())
    os.replace(making, path)
