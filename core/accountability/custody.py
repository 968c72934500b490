"""Who held a ticket, or all tickets of a period, for how long: read off the custody segments, to the second.

What nobody in the field can answer for stands in rows of its own: time without engine, time waiting for the citizen,
approved suspension, and time joined into another ticket, whose own custody says who had the work. All rows of a report
together are the life of the tickets inside the period.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any, NamedTuple

from core.accountability.lookup import Lookup
from core.accountability.period import Period
from data.queries import tickets
from data.queries.filters import Condition
from data.reader import Reader
from data.terms import Holder, Stage, Tier

OWN_ROWS = (Holder.ENGINE, Holder.CITIZEN, Holder.SUSPENSION, Holder.JOINED)
"""Hands that are nobody's in the field."""
EVERY_TICKET = Condition("1 = 1", {})


class Held(NamedTuple):
    """One custody segment of a ticket, with names; `to_at` is None while it lasts, `seconds` counts up to now."""

    no: int
    holder: str
    unit_id: int | None
    unit: str
    officer: str
    tier: str
    stage: str
    from_at: int
    to_at: int | None
    seconds: int


@dataclass(frozen=True)
class TicketCustody:
    """A ticket's life in hands. `seconds` is the length of the life, and the sum of the segments."""

    code: str
    from_at: int
    to_at: int | None
    seconds: int
    segments: list[Held]


class By(str, Enum):
    """What a custody report adds up by."""

    TIER = "tier"
    SECTION = "section"
    UNIT = "unit"
    PERSON = "person"
    COMMUNITY = "community"
    STAGE = "stage"
    HOLDER = "holder"


@dataclass(frozen=True)
class CustodyFilter:
    """Which segments count. Units, sections and officers by code or name; empty means all."""

    tier: str = ""
    section: str = ""
    unit: str = ""
    officer: str = ""
    community: str = ""
    stage: str = ""
    holder: str = ""


class HeldTotal(NamedTuple):
    """What one holder had: tickets, turns (segments), seconds together, the longest turn.

    `own` names the row when the time is nobody's in the field (engine, citizen, suspension). `key` is the code of the
    unit, section, officer or word; empty where nobody is named.
    """

    key: str
    zh: str
    en: str
    own: str
    tickets: int
    turns: int
    seconds: int
    longest: int

    @property
    def average(self) -> int:
        """Seconds of a turn on average, rounded down."""
        return self.seconds // self.turns if self.turns else 0


def ticket_custody(reader: Reader, centre: int, code: str, now: int) -> TicketCustody:
    """Who held one ticket, in order. Raises NotFound."""
    ticket_id = tickets.ticket_id(reader, centre, code)
    rows = tickets.custody(reader, centre, ticket_id)
    segments = [
        Held(
            no=row["no"],
            holder=row["holder"],
            unit_id=row["unit_id"],
            unit=row["unit_name"] or "",
            officer=row["officer_name"] or "",
            tier=row["tier"],
            stage=row["stage"],
            from_at=row["from_at"],
            to_at=row["to_at"],
            seconds=_length(row["from_at"], row["to_at"], now),
        )
        for row in rows
    ]
    start = segments[0].from_at if segments else now
    end = segments[-1].to_at if segments else now
    return TicketCustody(code, start, end, _length(start, end, now), segments)


def custody_report(
    reader: Reader,
    centre: int,
    by: By,
    now: int,
    period: Period | None = None,
    chosen: CustodyFilter = CustodyFilter(),
    where: Condition = EVERY_TICKET,
) -> list[HeldTotal]:
    """Totals by holder, the longest first; rows of nobody in the field last.

    Segments are cut to the period (all time without one), open ones to `now`. `where` is a condition on `ticket t`.
    """
    begin, end = (period.from_at, min(period.to_at, now)) if period else (0, now)
    if end <= begin:
        return []  # a period that has not begun
    parts, values = _conditions(chosen)
    sql = _REPORT.format(key=_KEYS[by], own=_OWN, where=" AND ".join([*parts, f"({where.sql})"]))
    rows = reader.rows(sql, centre=centre, begin=begin, end=end, **values, **where.values)
    found = _named(Lookup(reader, centre), by, rows)
    return sorted(found, key=lambda line: (bool(line.own), -line.seconds, line.key))


# Open segments end with the report; every segment is cut to it. One scan of the centre's segments.
_REPORT = """
SELECT x.own, x.hands, count(DISTINCT x.ticket_id), count(*), sum(x.until - x.since), max(x.until - x.since)
FROM (
    SELECT {own} AS own, CASE WHEN {own} <> '' THEN '' ELSE {key} END AS hands, s.ticket_id AS ticket_id,
           CASE WHEN s.from_at < :begin THEN :begin ELSE s.from_at END AS since,
           CASE WHEN s.to_at IS NULL OR s.to_at > :end THEN :end ELSE s.to_at END AS until
    FROM custody s
    JOIN ticket t ON t.centre_id = s.centre_id AND t.id = s.ticket_id
    LEFT JOIN unit u ON u.centre_id = s.centre_id AND u.id = s.unit_id
    WHERE s.centre_id = :centre AND s.from_at < :end AND (s.to_at IS NULL OR s.to_at > :begin) AND {where}
) x
GROUP BY x.own, x.hands
"""
_OWN = f"CASE WHEN s.holder IN ({', '.join(repr(str(word)) for word in OWN_ROWS)}) THEN s.holder ELSE '' END"
_SECTION = "CASE WHEN u.kind = 'section' THEN u.code ELSE coalesce(u.section, '') END"
_KEYS = {
    By.TIER: "s.tier",
    By.SECTION: f"CASE WHEN {_SECTION} <> '' THEN 'section:' || {_SECTION}"
    " WHEN s.unit_id IS NULL THEN 'holder:' || s.holder ELSE 'tier:' || s.tier END",
    By.UNIT: "CASE WHEN s.unit_id IS NULL THEN 'holder:' || s.holder ELSE 'unit:' || CAST(s.unit_id AS TEXT) END",
    By.PERSON: "CASE WHEN s.officer_id IS NOT NULL THEN 'officer:' || CAST(s.officer_id AS TEXT)"
    " WHEN s.unit_id IS NULL THEN 'holder:' || s.holder ELSE 'unnamed' END",
    By.COMMUNITY: "CASE WHEN t.community_id IS NULL THEN 'nowhere' ELSE 'unit:' || CAST(t.community_id AS TEXT) END",
    By.STAGE: "s.stage",
    By.HOLDER: "'holder:' || s.holder",
}
_ONE_UNIT = "SELECT id FROM unit WHERE centre_id = :centre AND (code = :{name} OR name = :{name})"
_ONE_SECTION = "SELECT code FROM unit WHERE centre_id = :centre AND kind = 'section' AND name = :section"
_FILTERS = {
    "tier": "s.tier = :tier",
    "section": f"({_SECTION} = :section OR {_SECTION} IN ({_ONE_SECTION}))",
    "unit": f"s.unit_id IN ({_ONE_UNIT.format(name='unit')})",
    "officer": "s.officer_id IN (SELECT id FROM officer WHERE centre_id = :centre"
    " AND (code = :officer OR name = :officer))",
    "community": f"t.community_id IN ({_ONE_UNIT.format(name='community')})",
    "stage": "s.stage = :stage",
    "holder": "s.holder = :holder",
}
_WORDS: dict[By, type[Tier] | type[Stage]] = {By.TIER: Tier, By.STAGE: Stage}
_PLAIN = {
    "unnamed": ("未具名", "nobody named yet"),
    "nowhere": ("未填社区", "no community"),
}


def _conditions(chosen: CustodyFilter) -> tuple[list[str], dict[str, Any]]:
    given = {name: value for name, value in vars(chosen).items() if value}
    return [_FILTERS[name] for name in given], given


def _named(lookup: Lookup, by: By, rows: list[tuple[Any, ...]]) -> list[HeldTotal]:
    """Rows with codes and names in place of ids."""
    hands = [str(row[1]) for row in rows]
    units = lookup.coded("unit", [_number(text) for text in hands if text.startswith("unit:")])
    officers = lookup.coded("officer", [_number(text) for text in hands if text.startswith("officer:")])
    sections = lookup.sections() if by == By.SECTION else {}
    found = []
    for own, text, *figures in rows:
        kind, _, rest = str(text).partition(":")
        if own:
            key, zh, en = str(own), Holder(own).zh, Holder(own).en
        elif kind in ("unit", "officer") and rest:
            key, zh, en = (units if kind == "unit" else officers).get(int(rest), (rest, rest, rest))
        elif kind == "section":
            key, zh, en = rest, *sections.get(rest, (rest, rest))
        elif text in _PLAIN:
            key, (zh, en) = "", _PLAIN[str(text)]
        else:
            key, zh, en = _word(by, kind, rest)
        found.append(HeldTotal(key, zh, en, str(own), *(int(figure) for figure in figures)))
    return found


def _word(by: By, kind: str, rest: str) -> tuple[str, str, str]:
    """A tier, a stage or a kind of hands."""
    if kind in ("holder", "tier") and rest:
        term: Holder | Tier | Stage = Holder(rest) if kind == "holder" else Tier(rest)
    else:
        term = _WORDS[by](kind)
    return term.value, term.zh, term.en


def _number(text: str) -> int:
    return int(text.partition(":")[2])


def _length(start: int, end: int | None, now: int) -> int:
    """Seconds of a segment; one that began after `now` (a clock was set back) has none yet."""
    return max(0, (now if end is None else end) - start)
