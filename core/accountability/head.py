"""The head of the log: what is printed on the hand-over sheet, and what a later log is held against."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from core.accountability.findings import MISSING, Finding
from core.accountability.lookup import Lookup
from data.errors import BadInput
from data.reader import Reader

GROUP, GROUPS_PER_LINE = 4, 8


class Anchor(NamedTuple):
    """A head as somebody wrote it down."""

    number: int
    hash: str


@dataclass(frozen=True)
class Head:
    """The newest event of a centre's chain; `at` is its time in epoch seconds, None for an empty log."""

    centre: str
    name: str
    zone: str
    number: int
    hash: str
    at: int | None

    @property
    def anchor(self) -> str:
        """NUMBER:HASH, as `read_anchor` takes it."""
        return f"{self.number}:{self.hash}"


def head(reader: Reader, centre: int) -> Head:
    """The head of a centre's log now. Raises NotFound for an unknown centre."""
    facts = Lookup(reader, centre).centre()
    rows = reader.bare_rows(
        "SELECT id, hash, at FROM ticket_event WHERE centre_id = :centre ORDER BY id DESC LIMIT 1", centre=centre
    )
    number, digest, at = (int(rows[0][0]), str(rows[0][1]), int(rows[0][2])) if rows else (0, "", None)
    return Head(facts.code, facts.name, facts.zone, number, digest, at)


def head_lines(found: Head, language: str) -> list[str]:
    """The head in a few lines for paper, `zh` or `en`; the hash in short groups that can be read out."""
    at = (
        "-"
        if found.at is None
        else datetime.fromtimestamp(found.at, ZoneInfo(found.zone)).strftime("%Y-%m-%d %H:%M:%S")
    )
    lines = hash_lines(found.hash)
    titles = ("centre", "event", "time", "hash") if language == "en" else ("中心", "事件号", "时间", "校验")
    width = 8 if language == "en" else 4
    pad = [
        title + " " * (width - len(title)) if language == "en" else title + "　" * (width - len(title))
        for title in titles
    ]
    first, *rest = lines or ["-"]
    blank = " " * width if language == "en" else "　" * width
    return [
        f"{pad[0]}{found.centre} {found.name}",
        f"{pad[1]}{found.number}",
        f"{pad[2]}{at} ({found.zone})",
        f"{pad[3]}{first}",
        *(blank + line for line in rest),
    ]


def hash_lines(digest: str) -> list[str]:
    """A hash in short groups that can be read out."""
    groups = [digest[place : place + GROUP] for place in range(0, len(digest), GROUP)]
    return [" ".join(groups[place : place + GROUPS_PER_LINE]) for place in range(0, len(groups), GROUPS_PER_LINE)]


def read_anchor(text: str) -> Anchor:
    """An anchor from NUMBER:HASH; blanks between groups are allowed, as on paper. Raises BadInput."""
    packed = re.sub(r"\s+", "", text).lower()
    number, _, digest = packed.partition(":")
    empty = number == "0" and not digest
    if not number.isascii() or not number.isdigit() or len(number) > 18 or not (
        empty or re.fullmatch(r"[0-9a-f]{64}", digest)
    ):  # fmt: skip
        raise BadInput(
            "anchor", "链头须写成 编号:校验（64 位十六进制）。", "Write the head as NUMBER:HASH, with 64 hex digits."
        )
    return Anchor(int(number), digest)


def verify_against(reader: Reader, centre: int, anchor: Anchor) -> list[Finding]:
    """Whether the log still holds the event of a head that was printed before, with the same hash.

    A tail that was cut off behind it, or a log written anew, cannot be hidden from this.
    """
    if anchor.number == 0:
        return []
    row = reader.one(
        "SELECT hash, ticket_id FROM ticket_event WHERE centre_id = :centre AND id = :number",
        centre=centre,
        number=anchor.number,
    )
    if row is None:
        return [Finding("anchor", anchor.number, None, "event", anchor.hash, MISSING)]
    if str(row[0]) != anchor.hash:
        return [Finding("anchor", anchor.number, int(row[1]), "hash", anchor.hash, str(row[0]))]
    return []
