"""Units and people for the screens and commands: the dispatch tree with its load, leaders, officers."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any, Literal, NamedTuple

from data.queries.filters import Condition
from data.reader import Reader, expand
from data.terms import ADMIN_ROLES

KEPT = 31 * 86_400
"""Seconds after the last shift during which a post or section leader still counts as keeping shifts."""
KEEPING_SHIFTS = (
    "SELECT DISTINCT officer_id FROM duty WHERE centre_id = :centre AND kind = 'shift'"
    " AND role IN ('post_member', 'section_leader') AND (to_at IS NULL OR to_at > :since)"
)
"""Officers at posts and sections who keep shifts: they are off duty outside them."""
SWAPPED = (
    "SELECT unit_id, a_id, b_id FROM duty_swap"
    " WHERE centre_id = :centre AND agreed_at IS NOT NULL AND from_at <= :at AND to_at > :at"
)
"""Units whose A and B holder have changed places."""


class CentreLine(NamedTuple):
    """A centre."""

    id: int
    code: str
    name: str
    name_en: str
    zone: str
    labels: dict[str, Any]


class UnitLine(NamedTuple):
    """An open unit with what it has in hand."""

    id: int
    code: str
    kind: str
    name: str
    name_en: str
    parent_id: int | None
    section: str
    post_kind: str
    aliases: list[str]
    load: int
    late: int


class HolderLine(NamedTuple):
    """Somebody in a role at a unit now; `away` says why not present, `on_shift` the role served now by the roster."""

    officer_id: int
    officer_code: str
    name: str
    title: str
    unit_id: int
    unit_code: str
    unit_kind: str
    unit_name: str
    role: str
    rank: str
    away: str | None
    on_shift: str | None
    kept: str | None = None
    """The role of the desk that is served until the handover is signed; rules say so (`core.desk.kept_on`)."""


def centres(reader: Reader) -> list[CentreLine]:
    """Every centre of the store."""
    rows = reader.rows("SELECT id, code, name, name_en, zone, labels FROM centre ORDER BY id", fanout=True)
    return [CentreLine._make((*row[:5], _json(row[5]))) for row in rows]


def units(reader: Reader, centre: int, now: int, kinds: tuple[str, ...]) -> list[UnitLine]:
    """Open units of some kinds with load (from kept counters) and late tickets, in the organisation's order."""
    names, values = expand("kind", kinds)
    rows = reader.rows(
        "SELECT u.id, u.code, u.kind, u.name, u.name_en, u.parent_id, u.section, u.post_kind, u.aliases FROM unit u"
        f" WHERE u.centre_id = :centre AND u.closed_at IS NULL AND u.kind IN ({names}) ORDER BY u.sort_no, u.code",
        centre=centre,
        **values,
    )
    load = {int(item): amount for item, amount in _counters(reader, centre)}
    late = late_by_unit(reader, centre, now)
    return [UnitLine._make((*row[:8], _json(row[8]), load.get(row[0], 0), late.get(row[0], 0))) for row in rows]


def tagged(reader: Reader, centre: int) -> dict[str, list[str]]:
    """Codes of the open communities and grids that have each tag, in the organisation's order."""
    rows = reader.rows(
        "SELECT code, facts FROM unit WHERE centre_id = :centre AND closed_at IS NULL"
        " AND kind IN ('community', 'grid', 'exclusive_grid') ORDER BY sort_no, code",
        centre=centre,
    )
    found: dict[str, list[str]] = {}
    for code, facts in rows:
        for tag in _json(facts).get("tags", ()):
            found.setdefault(str(tag), []).append(str(code))
    return found


def late_by_unit(reader: Reader, centre: int, now: int) -> dict[int, int]:
    """Late open tickets by the unit that has them, each unit counted in its own range of the index."""
    rows = reader.rows(
        "SELECT s.item, (SELECT count(*) FROM ticket t WHERE t.centre_id = :centre AND t.open = 1"
        " AND t.holder_unit_id = CAST(s.item AS BIGINT) AND t.due_at <= :now)"
        " FROM centre_stat s WHERE s.centre_id = :centre AND s.dimension = 'open_unit' AND s.amount > 0"
        " AND s.item <> '0'",
        centre=centre,
        now=now,
    )
    return {int(unit): int(amount) for unit, amount in rows if amount}


def holders(reader: Reader, centre: int, now: int) -> list[HolderLine]:
    """Everybody in a role now, with leave and shift."""
    rows = reader.rows(
        "SELECT o.id, o.code, o.name, o.title, u.id, u.code, u.kind, u.name, a.role, a.rank"
        " FROM appointment a"
        " JOIN officer o ON o.centre_id = a.centre_id AND o.id = a.officer_id"
        " JOIN unit u ON u.centre_id = a.centre_id AND u.id = a.unit_id"
        " WHERE a.centre_id = :centre AND o.active AND a.from_at <= :now AND (a.to_at IS NULL OR a.to_at > :now)"
        " AND u.closed_at IS NULL ORDER BY u.sort_no, u.code, a.rank, o.code",
        centre=centre,
        now=now,
    )
    away, shift = duties(reader, centre, now)
    swapped = {
        (unit, officer): rank
        for unit, a, b in reader.rows(SWAPPED, centre=centre, at=now)
        for officer, rank in ((a, "b"), (b, "a"))
    }
    return [
        HolderLine._make(
            (
                *row[:9],
                swapped.get((row[4], row[0]), row[9]) if row[9] else "",
                *(away.get(row[0]), shift.get(row[0]), None),
            )
        )
        for row in rows
    ]


def duties(reader: Reader, centre: int, now: int) -> tuple[dict[int, str], dict[int, str]]:
    """Who is on leave (officer id → why) and who is on shift (officer id → role) now."""
    away: dict[int, str] = {}
    shift: dict[int, str] = {}
    rows = reader.rows(
        "SELECT officer_id, kind, role, note FROM duty"
        " WHERE centre_id = :centre AND from_at <= :now AND (to_at IS NULL OR to_at > :now)",
        centre=centre,
        now=now,
    )
    for officer, kind, role, note in rows:
        if kind == "leave":
            away[int(officer)] = note or "leave"
        else:
            shift[int(officer)] = role
    for (officer,) in reader.rows(KEEPING_SHIFTS, centre=centre, since=now - KEPT):
        if int(officer) not in shift:
            away.setdefault(int(officer), "off_duty")
    return away, shift


def unit_codes(reader: Reader, centre: int, ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """(code, name) of units, closed ones included, by id."""
    return _codes(reader, centre, "unit", ids)


def officer_codes(reader: Reader, centre: int, ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """(code, name) of officers, former ones included, by id."""
    return _codes(reader, centre, "officer", ids)


def officers(reader: Reader, centre: int) -> list[tuple[int, str, str]]:
    """(id, code, name) of every active officer."""
    return [
        (int(number), str(code), str(name))
        for number, code, name in reader.rows(
            "SELECT id, code, name FROM officer WHERE centre_id = :centre AND active ORDER BY code", centre=centre
        )
    ]


def roles_now(reader: Reader, centre: int, named: str, now: int) -> tuple[frozenset[str], frozenset[str]] | None:
    """Roles of the active officer of this code or name, and administrators' roles that nobody holds.

    None where no officer, or more than one, is meant.
    """
    found = [row for row in officers(reader, centre) if named in row[1:]]
    exact = [row for row in found if row[1] == named] or found
    if len(exact) != 1:
        return None
    held = reader.rows(
        "SELECT officer_id, role FROM appointment WHERE centre_id = :centre AND from_at <= :now"
        f" AND (to_at IS NULL OR to_at > :now) AND (officer_id = :officer OR role IN {tuple(map(str, ADMIN_ROLES))})",
        centre=centre,
        now=now,
        officer=exact[0][0],
    )
    broken = reader.rows(
        "SELECT role FROM break_glass"
        " WHERE centre_id = :centre AND officer_id = :officer AND from_at <= :now AND to_at > :now",
        centre=centre,
        now=now,
        officer=exact[0][0],
    )
    mine = {str(role) for officer, role in held if officer == exact[0][0]} | {str(role) for (role,) in broken}
    return frozenset(mine), frozenset(map(str, ADMIN_ROLES)) - {role for _, role in held}


def climbed_to(reader: Reader, centre: int) -> dict[int, int]:
    """Open tickets that came up to an officer (by the ladder, by a question, reported directly), by officer id."""
    rows = reader.rows(
        "SELECT n.officer_id, count(DISTINCT n.ticket_id) FROM notice n"
        " JOIN ticket t ON t.centre_id = n.centre_id AND t.id = n.ticket_id"
        " WHERE n.centre_id = :centre AND n.kind IN ('ladder', 'ask', 'direct', 'needs_lead')"
        " AND t.open = 1 AND n.officer_id IS NOT NULL GROUP BY n.officer_id",
        centre=centre,
    )
    return {int(officer): int(amount) for officer, amount in rows}


def climbed(officer: int) -> Condition:
    """The open tickets that `climbed_to` counts for an officer."""
    return Condition(
        "t.id IN (SELECT n.ticket_id FROM notice n WHERE n.centre_id = :centre AND n.officer_id = :officer"
        " AND n.kind IN ('ladder', 'ask', 'direct', 'needs_lead'))",
        {"officer": officer},
    )


def covered(reader: Reader, centre: int) -> list[tuple[int, int, dict[str, Any]]]:
    """(ticket, unit, takeover) of what a B holder has in place of A now, the oldest takeover first."""
    rows = reader.rows(
        "SELECT t.id, t.holder_unit_id, t.holder_officer_id, t.facts FROM ticket t WHERE t.centre_id = :centre"
        " AND t.open = 1 AND t.stage IN ('dispatched', 'acknowledged', 'on_scene', 'handling')"
        " AND t.holder_officer_id IS NOT NULL AND CAST(t.facts AS TEXT) LIKE '%\"cover\"%'",
        centre=centre,
    )
    found = []
    for ticket, unit, officer, text in rows:
        facts = _json(text)["cover"]
        if (facts["unit_id"], facts["b"]) == (unit, officer):
            found.append((int(ticket), int(unit), facts))
    return sorted(found, key=lambda row: row[2]["since"])


def _counters(reader: Reader, centre: int) -> list[tuple[str, int]]:
    return [
        (str(item), int(amount))
        for item, amount in reader.rows(
            "SELECT item, amount FROM centre_stat WHERE centre_id = :centre AND dimension = 'open_unit'", centre=centre
        )
    ]


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _codes(
    reader: Reader, centre: int, table: Literal["unit", "officer"], ids: Collection[int]
) -> dict[int, tuple[str, str]]:
    if not ids:
        return {}
    names, values = expand("id", sorted(ids))
    rows = reader.rows(
        f"SELECT id, code, name FROM {table} WHERE centre_id = :centre AND id IN ({names})", centre=centre, **values
    )
    return {int(number): (str(code), str(name)) for number, code, name in rows}
