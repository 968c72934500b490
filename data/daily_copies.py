"""The daily copies of an embedded store: where they lie and what they are called."""

from __future__ import annotations

from pathlib import Path

PREFIX = "daily-"
DAY_PATTERN = "[0-9]" * 8


def folder_of(store_path: str) -> Path:
    """Where the copies of a store lie."""
    return Path(store_path).parent / "backups"


def copies_in(folder: Path) -> list[Path]:
    """The copies, the oldest first; other files are not ours."""
    return sorted(folder.glob(f"{PREFIX}{DAY_PATTERN}.db"))


def newest_day(store_path: str) -> str:
    """The day of the newest copy as YYYY-MM-DD; empty where there is none."""
    found = copies_in(folder_of(store_path))
    if not found:
        return ""
    day = found[-1].stem.removeprefix(PREFIX)
    return f"{day[:4]}-{day[4:6]}-{day[6:]}"
