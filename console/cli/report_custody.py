"""Custody as `zhihui report` prints it: totals by holder, and the life of one ticket in hands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from console import output
from console.cli import words
from console.cli.session import Session
from console.exit_codes import OK

if TYPE_CHECKING:
    from core.accountability.custody import HeldTotal

TOTAL_FIELDS = ("key", "name", "own", "tickets", "turns", "seconds", "average", "longest")


def total_record(line: HeldTotal) -> dict[str, Any]:
    """A total as data; lengths in seconds."""
    return {**line._asdict(), "name": words.say(line.zh, line.en), "average": line.average}


def print_totals(lines: list[HeldTotal]) -> None:
    """Totals for people."""
    from console.cli.printing import table

    rows: list[tuple[Any, ...]] = [
        (
            words.say(line.zh, line.en),
            line.tickets,
            line.turns,
            span(line.seconds),
            span(line.average),
            span(line.longest),
        )
        for line in lines
    ]
    # Tickets pass through several hands, so that their numbers do not add up; turns and time do.
    turns, seconds = sum(line.turns for line in lines), sum(line.seconds for line in lines)
    if len(lines) > 1:
        rows.append((words.say("合计", "Together"), "", turns, span(seconds), span(seconds // turns), ""))
    header = words.say("名称 件数 次数 合计 平均 最长", "Name Tickets Turns Together Average Longest").split()
    table(header, rows, right=range(1, 6))


SEGMENT_FIELDS = ("no", "holder", "unit", "officer", "tier", "stage", "from_at", "to_at", "seconds")


def one_ticket(session: Session, code: str, form: str) -> int:
    """Who held one ticket, in order; the sum is its life, to the second."""
    from core.accountability.custody import ticket_custody
    from data.queries.listing import iso

    found = ticket_custody(session.reader(), session.centre_id(), code, session.now())
    segments = [{**held._asdict(), "from_at": iso(held.from_at), "to_at": iso(held.to_at)} for held in found.segments]
    segments = [{name: segment[name] for name in SEGMENT_FIELDS} for segment in segments]
    if form == "json":
        life = {"code": found.code, "from_at": iso(found.from_at), "to_at": iso(found.to_at), "seconds": found.seconds}
        output.write_json({**life, "segments": segments})
        return OK
    if form:
        output.write_records(segments, SEGMENT_FIELDS, form)
        return OK
    _print_segments(segments, session.zone())
    together = sum(held.seconds for held in found.segments)
    output.say_line(
        words.say(
            f"各段合计 {span(together)}（{together} 秒），事件历时 {found.seconds} 秒。",
            f"Together {span(together)} ({together} s); the ticket's life is {found.seconds} s.",
        )
    )
    return OK


def _print_segments(segments: list[dict[str, Any]], zone: str) -> None:
    from console.cli.printing import moment_of, stage_label, table
    from data.terms import Holder

    rows = [
        (
            row["no"],
            moment_of(row["from_at"], zone),
            span(row["seconds"]) + (" +" if row["to_at"] is None else ""),
            stage_label(row["stage"]),
            " ".join(filter(None, (row["unit"], row["officer"]))) or words.label(Holder(row["holder"])),
        )
        for row in segments
    ]
    table(words.say("序 起 历时 环节 持有人", "No From Held Stage Holder").split(), rows, right=(0, 2))


def span(seconds: int) -> str:
    """A length of time: hours, minutes and seconds, or days, hours and minutes."""
    days, rest = divmod(seconds, 86_400)
    clock = f"{rest // 3600:02d}:{rest % 3600 // 60:02d}"
    return f"{days}d {clock}" if days else f"{clock}:{rest % 60:02d}"
