"""The rotations of a centre: read from a TOML file, checked, kept as a setting, else the organisation's own turns."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from core.catalogue.fields import Fields, Problems
from core.catalogue.sources import parse_toml
from core.catalogue.stored import Rows
from core.desk.actor import Actor
from core.desk.permissions import require_role
from core.organisation.duty import SHIFT_ROLES
from core.organisation.journal import note_change
from core.organisation.model import Desk
from core.organisation.roster import EVERY_DAY, Rotation, rotations_of
from data.store import lock_centre
from data.tables import Setting, table
from data.terms import Role

SETTING = "duty_rotations"
BY = ("shift", "day", "week")
KEYS = ("code", "role", "first_role", "shifts", "teams", "by", "weekdays", "pattern", "since", "until")
MOST = 60
"""Rotations, teams of one, people of a team, days of a pattern."""
_SHIFT = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")


def read_rotations(content: bytes, name: str, officers: Mapping[str, Collection[str]]) -> list[Rotation]:
    """Rotations from TOML; `officers`: code → roles held. Raises BadInput that lists what is wrong, and where."""
    values = parse_toml(content, name)
    problems = Problems()
    rows = Fields(values, name, problems, ("rotation",)).rows("rotation", MOST)
    found = [_rotation(Fields(row, f"{name}: rotation {number}", problems, KEYS), officers) for number, row in rows]
    codes = [rotation.code for rotation in found]
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        problems.add(name, f"轮值 {code} 重复", f"the rotation {code} is there twice")
    if not found:
        problems.add(name, "没有 [[rotation]]", "there is no [[rotation]]")
    problems.raise_any("rotation-content")
    return found


def keep_rotations(
    connection: Connection, centre_id: int, rotations: Sequence[Rotation], at: int, actor: Actor
) -> bool:
    """Make them the centre's; whether that changed anything. Raises NotAllowed."""
    require_role("roster", "排值班表", "write the roster", actor)
    lock_centre(connection, centre_id)
    setting, value = table(Setting), {"rotations": [plain(rotation) for rotation in rotations]}
    key = (setting.c.centre_id == centre_id) & (setting.c.name == SETTING)
    old = connection.execute(select(setting.c.value).where(key)).scalar()
    if old == value:
        return False
    connection.execute(delete(setting).where(key))
    connection.execute(insert(setting), {"centre_id": centre_id, "name": SETTING, "value": value})
    note_change(connection, centre_id, at, actor.code, "rotation", value)
    return True


def kept_rotations(rows: Rows, centre_id: int, desk: Desk) -> list[Rotation]:
    """The centre's rotations; before any was loaded, the organisation's own turns."""
    found = rows("SELECT value FROM setting WHERE centre_id = :centre AND name = :name", centre=centre_id, name=SETTING)
    if not found:
        return rotations_of(desk)
    value = found[0][0]
    return [_kept(one) for one in (json.loads(value) if isinstance(value, str) else value)["rotations"]]


def plain(rotation: Rotation) -> dict[str, Any]:
    """A rotation as values for JSON and TOML, what is not set left out."""
    values: dict[str, Any] = {"code": rotation.code, "role": rotation.role, "first_role": rotation.first_role}
    values["shifts"] = ["-".join(shift) for shift in rotation.shifts]
    values["teams"] = [list(team) for team in rotation.teams]
    values |= {"by": rotation.by, "weekdays": list(rotation.weekdays), "pattern": list(rotation.pattern)}
    values |= {name: str(day) for name, day in (("since", rotation.since), ("until", rotation.until)) if day}
    return {name: value for name, value in values.items() if value}


def as_toml(rotations: Sequence[Rotation]) -> str:
    """The file that gives these rotations; JSON writes the texts, lists and numbers of TOML as well."""
    parts = []
    for rotation in rotations:
        lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in plain(rotation).items()]
        parts.append("\n".join(["[[rotation]]", *lines]))
    return "\n\n".join(parts) + "\n"


def _kept(values: Mapping[str, Any]) -> Rotation:
    days = {name: date.fromisoformat(values[name]) for name in ("since", "until") if name in values}
    return Rotation(
        values["code"],
        values["role"],
        tuple(_shift(text) for text in values["shifts"]),
        tuple(tuple(team) for team in values["teams"]),
        values.get("first_role", ""),
        values["by"],
        tuple(values["weekdays"]),
        tuple(values.get("pattern", ())),
        **days,
    )


def _shift(text: str) -> tuple[str, str]:
    begin, _, end = text.partition("-")
    return begin, end


def _rotation(row: Fields, officers: Mapping[str, Collection[str]]) -> Rotation:
    role, first = row.word("role", SHIFT_ROLES), row.word("first_role", SHIFT_ROLES, "")
    shifts = row.texts("shifts")
    if not shifts or len(shifts) > 9 or not all(_SHIFT.fullmatch(shift) for shift in shifts):
        row.wrong("shifts 须为 1 至 9 个 HH:MM-HH:MM", "shifts must be 1 to 9 of HH:MM-HH:MM")
        shifts = ()
    since, until = _day(row, "since"), _day(row, "until")
    if since and until and until < since:
        row.wrong("until 早于 since", "until is before since")
    return Rotation(
        row.text("code", longest=40),
        role,
        tuple(_shift(text) for text in shifts),
        _teams(row, officers, role, first),
        first,
        row.word("by", BY, "shift"),
        _numbers(row, "weekdays", 1, 7) or EVERY_DAY,
        _numbers(row, "pattern", 0, len(shifts)),
        since,
        until,
    )


def _teams(row: Fields, officers: Mapping[str, Collection[str]], role: str, first: str) -> tuple[tuple[str, ...], ...]:
    teams = row.row.get("teams")
    if not isinstance(teams, list) or not 0 < len(teams) <= MOST or not all(map(_is_team, teams)):
        row.wrong("teams 须为班组列表，每组为人员编号列表", "teams must be a list of lists of officers' codes")
        return ()
    for number, team in enumerate(teams, 1):
        for place, officer in enumerate(team):
            wanted = role if place else first or role
            if officer not in officers:
                row.wrong(f"第 {number} 组：没有人员 {officer!a:.42}", f"team {number}: no officer {officer!a:.42}")
            elif wanted and wanted not in officers[officer]:
                zh, en = Role(wanted).zh, Role(wanted).en
                row.wrong(f"第 {number} 组：{officer} 不是{zh}", f"team {number}: {officer} is not {en}")
    return tuple(tuple(team) for team in teams)


def _is_team(team: object) -> bool:
    return isinstance(team, list) and 0 < len(team) <= MOST and all(isinstance(one, str) for one in team)


def _numbers(row: Fields, key: str, least: int, most: int) -> tuple[int, ...]:
    values = row.row.get(key, [])
    sound = isinstance(values, list) and len(values) <= MOST
    if not sound or not all(type(one) is int and least <= one <= most for one in values):
        row.wrong(f"{key} 须为 {least} 至 {most} 的整数列表", f"{key} must be a list of numbers from {least} to {most}")
        return ()
    return tuple(values)


def _day(row: Fields, key: str) -> date | None:
    text = str(row.row.get(key, ""))
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        row.wrong(f"{key} 须为日期，如 2026-12-01", f"{key} must be a day such as 2026-12-01")
        return None
