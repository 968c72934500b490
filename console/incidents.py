"""Unexpected errors: a number for the user, the details in a log file, and nothing personal in either.

The log holds the kind of error, where in the program it came from, and versions; no values of variables, no messages
of exceptions that may quote what people wrote.
"""

from __future__ import annotations

import os
import re
import secrets
import sys
import time
import traceback

LOG_LIMIT = 1_000_000
MODULE = re.compile(r"[A-Za-z_]\w{0,60}(\.\w{1,60}){0,8}", re.ASCII)


def log_path() -> str:
    """The log file in the XDG state folder."""
    base = os.environ.get("XDG_STATE_HOME") or os.path.join(os.path.expanduser("~"), ".local", "state")
    return os.path.join(base, "zhihui", "incidents.log")


def record(error: BaseException) -> tuple[str, str]:
    """Write an error down; gives the incident's number and the log's path (empty when it could not be written)."""
    number = time.strftime("%Y%m%d-", time.gmtime()) + secrets.token_hex(3)
    path = log_path()
    try:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        if os.path.exists(path) and os.path.getsize(path) > LOG_LIMIT:
            os.replace(path, path + ".old")
        with open(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "a", encoding="utf-8") as log:
            log.writelines(_entry(number, error))
    except OSError:
        return number, ""
    return number, path


def _entry(number: str, error: BaseException) -> list[str]:
    head = f"{number} {time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())} python {sys.version.split()[0]}"
    return [line + "\n" for line in (head, *places(error))]


def places(error: BaseException) -> list[str]:
    """The kinds of an error and of those behind it, and where each came from; no values and no messages."""
    lines: list[str] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        lines.append(f"  {type(current).__module__}.{type(current).__qualname__}{_missing(current)}")
        lines += [
            f"    {_short(frame.filename)}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(current.__traceback__)
        ]
        current = current.__cause__ or current.__context__
    return lines


def _missing(error: BaseException) -> str:
    """The module that was not there: a name out of the program, never out of what people wrote."""
    name = error.name if isinstance(error, ImportError) else None
    return f" {name}" if name and MODULE.fullmatch(name) else ""


def _short(filename: str) -> str:
    """The file's place without the folders above: they name people and machines."""
    return "/".join(filename.replace(os.sep, "/").split("/")[-3:])
