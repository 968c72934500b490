"""What was asked for and what became of it: requests by kind, and tickets sent back by reason.

Requests are counted from their clocks and the events that ended them; returns from the log, those after the final
deadline apart (domain.md 2.4). A period is that of the asking, or of the return.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from core.accountability.lookup import plain
from core.accountability.period import Period
from data.queries.requests import AskedLine, asked
from data.reader import Reader, expand
from data.terms import ClockState, RequestKind, ReturnReason

AT_ONCE = 500


class RequestLine(NamedTuple):
    """Requests of one kind. `decided` were granted or declined; `late` of all were decided late, or wait and are late.

    `average` is seconds from the asking to the decision, rounded down; None where nothing was decided.
    """

    kind: str
    asked: int
    granted: int
    declined: int
    withdrawn: int
    lapsed: int
    waiting: int
    late: int
    average: int | None


class ReturnLine(NamedTuple):
    """Tickets sent back for one reason: how often, how many tickets, how often after their final deadline."""

    code: str
    times: int
    tickets: int
    after_deadline: int


class _Outcome(NamedTuple):
    kind: str
    end: str
    """The verb that ended it; `lapsed`, or `waiting`."""
    line: AskedLine


_ENDS = """
SELECT ticket_id, at, kind, body FROM ticket_event
WHERE centre_id = :centre AND ticket_id IN ({ids}) AND kind IN ('request', 'grant', 'decline', 'withdraw')
ORDER BY ticket_id, seq
"""
_RETURNS = """
SELECT e.ticket_id, e.at, e.kind, e.body FROM ticket t
JOIN ticket_event e ON e.centre_id = t.centre_id AND e.ticket_id = t.id
WHERE t.centre_id = :centre AND t.bounces > 0 AND e.kind IN ('return', 'request', 'grant')
    AND e.at < :end
ORDER BY e.ticket_id, e.seq
"""


def request_report(reader: Reader, centre: int, now: int, period: Period | None = None) -> list[RequestLine]:
    """A line per kind that was asked for, in the order of the kinds."""
    begin, end = (period.from_at, period.to_at) if period else (0, 1 << 62)
    found = list(_outcomes(reader, centre, asked(reader, centre, begin, end)))
    return [_line(kind.value, [one for one in found if one.kind == kind], now)
            for kind in RequestKind if any(one.kind == kind for one in found)]  # fmt: skip


def _outcomes(reader: Reader, centre: int, lines: Sequence[AskedLine]) -> Iterator[_Outcome]:
    """What became of each request: its clock says when it ended, the ticket's events at that moment say how."""
    events: dict[int, list[tuple[int, str, str]]] = {}
    for ticket, at, verb, body in _events(reader, centre, {line.ticket_id for line in lines}):
        events.setdefault(ticket, []).append((at, verb, str(plain(body).get("kind", ""))))
    for line in lines:
        own = events.get(line.ticket_id, [])
        kind = next((kind for at, verb, kind in own if verb == "request" and at == line.started_at), "")
        if line.state in (ClockState.RUNNING, ClockState.PAUSED):
            end = "waiting"
        elif line.state == ClockState.CANCELLED:
            end = "lapsed"
        else:
            ends = [verb for at, verb, _kind in own if verb != "request" and at == line.stopped_at]
            end = ends[-1] if ends else "lapsed"
        yield _Outcome(kind, end, line)


def _events(reader: Reader, centre: int, ids: Iterable[int]) -> Iterator[tuple[Any, ...]]:
    wanted = sorted(ids)
    for start in range(0, len(wanted), AT_ONCE):
        names, values = expand("id", wanted[start : start + AT_ONCE])
        yield from reader.rows(_ENDS.format(ids=names), centre=centre, **values)


def _line(kind: str, found: Sequence[_Outcome], now: int) -> RequestLine:
    ends = [one.end for one in found]
    decided = [one.line for one in found if one.end in ("grant", "decline")]
    spent = [(line.stopped_at or now) - line.started_at for line in decided]
    late = sum(
        1
        for one in found
        if one.line.due is not None
        and (one.end == "waiting" or one.line in decided)
        and (one.line.stopped_at or now) > one.line.due
    )
    return RequestLine(
        kind=kind,
        asked=len(found),
        granted=ends.count("grant"),
        declined=ends.count("decline"),
        withdrawn=ends.count("withdraw"),
        lapsed=ends.count("lapsed"),
        waiting=ends.count("waiting"),
        late=late,
        average=sum(spent) // len(spent) if spent else None,
    )


def return_report(reader: Reader, centre: int, period: Period | None = None) -> list[ReturnLine]:
    """Returns by reason code, the most frequent first; one that was asked for has the code of its request."""
    begin, end = (period.from_at, period.to_at) if period else (0, 1 << 62)
    times: dict[str, list[tuple[int, bool]]] = {}
    wanted: dict[int, str] = {}
    for ticket, at, kind, stored in reader.rows(_RETURNS, centre=centre, end=end):
        body = plain(stored)
        asks = body.get("kind") == RequestKind.RETURN
        if kind == "request":
            if asks:
                wanted[ticket] = str(body.get("code", ""))
            continue
        if (kind == "grant" and not asks) or at < begin:
            continue
        code = str(body.get("code", "")) if kind == "return" else wanted.get(ticket, "")
        times.setdefault(code, []).append((ticket, bool(body.get("after_deadline"))))
    lines = [
        ReturnLine(code, len(each), len({ticket for ticket, _late in each}), sum(late for _ticket, late in each))
        for code, each in times.items()
    ]
    return sorted(lines, key=lambda line: (-line.times, [*ReturnReason, ""].index(line.code)))
