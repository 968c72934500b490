"""What the reports look up by plain SQL: the centre, names, and stored versions of calendar, policy and matter."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from core.rules.policy import Policy
from core.rules.versions import read_calendar, read_policy
from core.rules.worktime import WorkCalendar
from data.errors import NotFound
from data.reader import Reader, expand
from data.terms import UnitKind

NAMES_AT_ONCE = 500


class CentreFacts(NamedTuple):
    """What reports need of a centre."""

    code: str
    name: str
    zone: str
    calendar: str


class MatterFacts(NamedTuple):
    """A matter of one catalogue version, with its conditions."""

    code: str
    name: str
    name_en: str
    limits: list[Mapping[str, Any]]


@dataclass
class Lookup:
    """Looks things up once each. Raises NotFound for versions that the store does not hold."""

    reader: Reader
    centre_id: int
    _known: dict[tuple[Any, ...], Any] = field(default_factory=dict)

    def centre(self) -> CentreFacts:
        """The centre's own row."""
        row = self.reader.one(
            "SELECT code, name, zone, calendar FROM centre WHERE id = :centre", fanout=True, centre=self.centre_id
        )
        if row is None:
            raise NotFound("centre-unknown", "没有这个中心。", "There is no such centre.")
        return CentreFacts(*row)

    def calendar(self, version: int) -> WorkCalendar:
        """A version of the centre's calendar."""
        key = ("calendar", version)
        if key not in self._known:
            self._known[key] = read_calendar(self._body("calendar", self.centre().calendar, version), version)
        found: WorkCalendar = self._known[key]
        return found

    def policy(self, version: int) -> Policy:
        """A version of the policy."""
        key = ("policy", version)
        if key not in self._known:
            self._known[key] = read_policy(self._body("policy", "", version), version)
        found: Policy = self._known[key]
        return found

    def matter(self, code: str, version: int) -> MatterFacts | None:
        """A matter of a catalogue version, or None."""
        row = self.reader.one(
            "SELECT code, name, name_en, limits FROM matter"
            " WHERE centre_id = :centre AND version = :version AND code = :code",
            centre=self.centre_id,
            version=version,
            code=code,
        )
        return MatterFacts(row[0], row[1], row[2], plain(row[3]) or []) if row else None

    def label(self, kind: str, name: str, version: int) -> str:
        """A version as its author called it; empty where it has no name of its own."""
        row = self.reader.one(
            "SELECT label FROM catalogue WHERE centre_id = :centre AND kind = :kind AND name = :name"
            " AND version = :version",
            centre=self.centre_id,
            kind=kind,
            name=name,
            version=version,
        )
        return str(row[0]) if row else ""

    def officers(self, ids: Iterable[int | None]) -> dict[int, str]:
        """Names of officers by id."""
        return self._names("officer", ids)

    def units(self, ids: Iterable[int | None]) -> dict[int, str]:
        """Names of units by id."""
        return self._names("unit", ids)

    def coded(self, table: Literal["unit", "officer"], ids: Iterable[int]) -> dict[int, tuple[str, str, str]]:
        """(code, name, English name) by id; an officer has one name."""
        english = "CASE WHEN name_en = '' THEN name ELSE name_en END" if table == "unit" else "name"
        return {
            int(number): (str(code), str(name), str(name_en))
            for number, code, name, name_en in self._by_id(f"id, code, name, {english}", table, ids)
        }

    def sections(self) -> dict[str, tuple[str, str]]:
        """(name, English name) of the sections by code; posts of the centre itself stand in no section."""
        rows = self._rows("SELECT code, name, name_en FROM unit WHERE centre_id = :centre AND kind = 'section'", {})
        own = {UnitKind.CENTRE.value: (UnitKind.CENTRE.zh, UnitKind.CENTRE.en)}
        return own | {str(code): (str(name), str(name_en or name)) for code, name, name_en in rows}

    def matter_names(self) -> dict[str, tuple[str, str]]:
        """(name, English name) of matters by code, as the newest version that has them calls them."""
        rows = self._rows("SELECT code, name, name_en FROM matter WHERE centre_id = :centre ORDER BY version", {})
        return {str(code): (str(name), str(name_en or name)) for code, name, name_en in rows}

    def _names(self, table: str, ids: Iterable[int | None]) -> dict[int, str]:
        return {int(number): str(name) for number, name in self._by_id("id, name", table, ids)}

    def _by_id(self, columns: str, table: str, ids: Iterable[int | None]) -> list[tuple[Any, ...]]:
        wanted = sorted({number for number in ids if number is not None})
        found: list[tuple[Any, ...]] = []
        for start in range(0, len(wanted), NAMES_AT_ONCE):
            listed, values = expand("id", wanted[start : start + NAMES_AT_ONCE])
            sql = f"SELECT {columns} FROM {table} WHERE centre_id = :centre AND id IN ({listed})"  # noqa: S608
            found.extend(self._rows(sql, values))
        return found

    def _rows(self, sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        return self.reader.rows(sql, centre=self.centre_id, **values)

    def _body(self, kind: str, name: str, version: int) -> Mapping[str, Any]:
        row = self.reader.one(
            "SELECT body FROM catalogue WHERE centre_id = :centre AND kind = :kind AND name = :name"
            " AND version = :version",
            centre=self.centre_id,
            kind=kind,
            name=name,
            version=version,
        )
        if row is None:
            raise NotFound(
                "version-unknown",
                f"库中没有{'日历' if kind == 'calendar' else '政策'}第 {version} 版。",
                f"The store has no {kind} version {version}.",
                kind=kind,
                version=version,
            )
        body: Mapping[str, Any] = plain(row[0])
        return body


def plain(value: Any) -> Any:
    """A JSON column: SQLite hands out its text, PostgreSQL the value."""
    return json.loads(value) if isinstance(value, str) else value
