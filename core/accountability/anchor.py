"""Heads kept outside the box: a file that only grows, one line each time, and what a later audit makes of it.

Whoever holds the store can write the logs anew and stamp them; against a head that they could not reach it shows.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from core.accountability.access_log import access_against, access_top
from core.accountability.findings import Finding
from core.accountability.head import head, read_anchor, verify_against
from core.accountability.organisation_log import organisation_against, organisation_top
from data.errors import BadInput
from data.queries.listing import iso
from data.reader import Reader

LONGEST = 1_000
NONE = "0:"
"""A head that says nothing."""
LOGS = ("log", "access", "organisation")
ANCHOR = "anchor"
"""The kind of what a webhook gets with a head in it."""


class Anchored(NamedTuple):
    """The heads of a centre's logs at an instant."""

    centre: str
    at: str
    log: str = NONE
    access: str = NONE
    organisation: str = NONE
    """None in what was kept before this log had a chain."""

    def line(self) -> str:
        """As it stands in the file."""
        return json.dumps(self._asdict(), ensure_ascii=False)


def heads_now(reader: Reader, centre: int, at: int) -> Anchored:
    """The heads as they are. Raises NotFound for an unknown centre."""
    top = head(reader, centre)
    others = (access_top(reader, centre).anchor, organisation_top(reader, centre).anchor)
    return Anchored(top.centre, iso(at) or "", top.anchor, *others)


def read_kept(text: str, centre: str) -> Anchored:
    """What somebody kept of one log: NUMBER:HASH of the log of events, others with their name in front.

    `access:NUMBER:HASH`, `organisation:NUMBER:HASH`; blanks as on paper. Raises BadInput.
    """
    name, colon, rest = text.strip().partition(":")
    log, written = (name.strip().lower(), rest) if colon and name.strip().lower() in LOGS else ("log", text)
    anchor = read_anchor(written)
    return Anchored(centre, "", **{log: f"{anchor.number}:{anchor.hash}"})


def append_anchor(path: Path, anchored: Anchored) -> None:
    """Add a line, on disk when this returns. Raises BadInput where the file cannot be written."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            os.write(handle, anchored.line().encode() + b"\n")
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        raise BadInput(
            "anchor-file", f"无法写入 {path}：{error.strerror}", f"Cannot write {path}: {error.strerror}"
        ) from error


def read_anchors(path: Path, centre: str) -> list[Anchored]:
    """The lines of a centre. Raises BadInput for a file that cannot be read, or a line that is none of ours."""
    found = []
    try:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if anchored := _read_line(line, number):
                    found.append(anchored)
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput("anchor-file", f"无法读取 {path}。", f"Cannot read {path}.") from error
    return [anchored for anchored in found if anchored.centre == centre]


def _read_line(line: str, number: int) -> Anchored | None:
    if not line.strip():
        return None
    try:
        values = json.loads(line[:LONGEST])
        if values.get("kind", ANCHOR) != ANCHOR:
            return None  # a notice, in a file where a receiver keeps all that it gets
        old = {"organisation": NONE, **values}
        anchored = Anchored(**{name: old[name] for name in Anchored._fields})
        for log in LOGS:
            read_anchor(getattr(anchored, log))
    except (AttributeError, KeyError, TypeError, ValueError, BadInput) as error:
        raise BadInput("anchor-line", f"第 {number} 行不是链头。", f"Line {number} is no head.") from error
    return anchored


def anchor_findings(reader: Reader, centre: int, anchors: list[Anchored]) -> Iterator[Finding]:
    """What of the logs is not as it was when these heads were kept."""
    for anchored in anchors:
        yield from verify_against(reader, centre, read_anchor(anchored.log))
        yield from access_against(reader, centre, read_anchor(anchored.access))
        yield from organisation_against(reader, centre, read_anchor(anchored.organisation))
