"""The theme that was chosen on this machine, in one small file in the XDG state folder."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from console.theming.recipe import NAME

LONGEST = 400
"""Bytes of the file that are looked at."""


def path() -> Path:
    """Where the choice is kept."""
    base = os.environ.get("XDG_STATE_HOME") or os.path.join(os.path.expanduser("~"), ".local", "state")
    return Path(base) / "zhihui" / "theme"


def recall() -> str:
    """The name of the theme chosen last; empty when there is none or the file holds something else."""
    try:
        with path().open("rb") as file:
            name = file.read(LONGEST).decode("utf-8", "replace").strip()
    except OSError:
        return ""
    return name if NAME.fullmatch(name) else ""


def remember(name: str) -> None:
    """Keep a choice; whole or not at all, whatever happens on the way. Raises OSError when there is no room."""
    target = path()
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(prefix=".theme-", dir=target.parent)
    try:
        with open(handle, "w", encoding="utf-8") as file:
            file.write(name + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, target)
    except BaseException:
        os.unlink(part)
        raise
