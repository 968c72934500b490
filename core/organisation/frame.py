"""The centre's own settings from plain values: names of tiers, sizes, routes and the desk's turns."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from core.catalogue.fields import Fields, Problems
from core.organisation.model import Desk, Organisation, Sizes
from data.terms import UnitKind

FRAME_KEYS = ("code", "name", "name_en", "zone", "calendar", "aliases", "tiers", "sizes", "routes", "desk")
_TIER_KEYS = ("zh", "en", "aliases")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)
MAX_TEAMS = 50


def read_frame(values: Mapping[str, Any], place: str, problems: Problems) -> Organisation:
    """An organisation without units or people; what is wrong is noted in `problems`."""
    row = Fields(values, place, problems, FRAME_KEYS)
    return Organisation(
        code=row.text("code", longest=40),
        name=row.text("name", longest=80),
        name_en=row.text("name_en", "", longest=120),
        zone=_zone(row),
        calendar=row.text("calendar", longest=40) if "calendar" in row.row else "cn_official",
        aliases=row.texts("aliases"),
        tiers=_tiers(row),
        sizes=_sizes(row),
        routes=_routes(row),
        desk=_desk(row),
    )


def _zone(row: Fields) -> str:
    name = row.text("zone", longest=60) if "zone" in row.row else "Asia/Shanghai"
    try:
        ZoneInfo(name or "UTC")
    except (OSError, ValueError, KeyError):
        row.wrong(f"没有时区 {name}", f"there is no time zone {name}")
    return name


def _tiers(row: Fields) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    known = {str(kind) for kind in UnitKind}
    for tier, words in row.table("tiers").items():
        if tier not in known or not isinstance(words, Mapping):
            row.wrong(f"tiers 不认识 {ascii(str(tier))[:40]}", f"tiers has no {ascii(str(tier))[:40]}")
            continue
        fields = Fields(words, f"{row.place}: tiers.{tier}", row.problems, _TIER_KEYS)
        found[str(tier)] = {
            "zh": fields.text("zh", longest=20),
            "en": fields.text("en", longest=40),
            "aliases": list(fields.texts("aliases")),
        }
    return found


def _sizes(row: Fields) -> Sizes:
    defaults = dict(vars(Sizes()))
    fields = Fields(row.table("sizes"), f"{row.place}: sizes", row.problems, defaults)
    return Sizes(**{name: fields.whole(name, default) for name, default in defaults.items()})


def _routes(row: Fields) -> dict[str, str]:
    table = row.table("routes")
    fields = Fields(table, f"{row.place}: routes", row.problems, [str(key) for key in table])
    return {str(code): fields.text(code, longest=40) for code in table}


def _desk(row: Fields) -> Desk:
    fields = Fields(row.table("desk"), f"{row.place}: desk", row.problems, ("shifts", "teams", "leaders"))
    shifts = read_shifts(fields)
    teams = fields.row.get("teams", [])
    if not isinstance(teams, list | tuple) or len(teams) > MAX_TEAMS:
        fields.wrong("teams 须为列表的列表", "teams must be a list of lists")
        teams = []
    read = tuple(
        Fields({"team": team}, f"{fields.place}: teams {number}", row.problems, ("team",)).texts("team")
        for number, team in enumerate(teams, 1)
    )
    return Desk(shifts, read, fields.texts("leaders"))


def read_shifts(fields: Fields) -> tuple[str, ...]:
    """The times at which the shifts of a day begin."""
    shifts = fields.texts("shifts")
    if any(not _TIME.fullmatch(shift) for shift in shifts) or list(shifts) != sorted(set(shifts)):
        fields.wrong("shifts 须为递增的 HH:MM", "shifts must be rising times like 08:00")
    return shifts
