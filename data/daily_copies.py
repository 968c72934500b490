"""The daily copies of an embedded store: where they lie and what they are called."""

from __future__ import annotations

from pathlib import Path

from data.backup_log import FAILED, runs

PREFIX = "daily-"
DAY_PATTERN = "[0-9]" * 8


def folder_of(store_path: str) -> Path:
    """Where the copies of a store lie."""
    return Path(store_path).parent / "backups"


def copies_in(folder: Path) -> list[Path]:
    """The copies, the oldest first; other files are not ours."""
    return sorted(folder.glob(f"{PREFIX}{DAY_PATTERN}.db"))


def newest_day(store_path: str) -> str:
    """The day of the newest copy that did not fail its comparison, as YYYY-MM-DD; empty where there is none.

    With a `! ` before it where a newer copy failed, or could not be made.
    """
    folder = folder_of(store_path)
    failed = {run.file for run in runs(folder) if run.outcome == FAILED}
    names = sorted({copy.name for copy in copies_in(folder)} | failed)
    good = [name for name in names if name not in failed]
    if not names or (not good and not failed):
        return ""
    mark = "! " if names[-1] in failed else ""
    if not good:
        return mark.strip()
    day = good[-1].removeprefix(PREFIX)
    return f"{mark}{day[:4]}-{day[4:6]}-{day[6:8]}"
