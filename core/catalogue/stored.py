"""The catalogue as it stands in the store, read with plain SQL so that both a reader and a write transaction can."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from core.catalogue.lists import lists_of_body
from core.catalogue.model import CatalogueVersion, CategoryEntry, MatterEntry
from core.rules.lists import NO_LISTS, Lists
from core.rules.policy import Policy
from core.rules.versions import read_policy
from data.errors import NotFound

if TYPE_CHECKING:
    from sqlalchemy import Connection

_COLUMNS = (
    "code, category, name, name_en, work, section, lead, urgency, affair, ask, assist, stages, ladder, keywords, "
    "confidential, limits"
)


class Rows(Protocol):
    """Something that runs a SELECT pinned to a centre: `Reader.rows`, or `rows_of(connection)`."""

    def __call__(self, sql: str, *, centre: int, **values: Any) -> Sequence[Sequence[Any]]:
        """All rows of a SELECT."""


def rows_of(connection: Connection) -> Rows:
    """The rows of a SELECT inside an open transaction."""
    from sqlalchemy import text  # heavy: a console that only reads the catalogue goes without it

    def rows(sql: str, *, centre: int, **values: Any) -> Sequence[Sequence[Any]]:
        return [tuple(row) for row in connection.execute(text(sql), {"centre": centre, **values})]

    return rows


def newest_version(rows: Rows, centre_id: int, kind: str, name: str = "") -> tuple[int, str, str]:
    """Number, label and digest of the newest version of a kind (matters, policy, calendar); (0, "", "") without one."""
    found = rows(
        "SELECT version, label, digest FROM catalogue WHERE centre_id = :centre AND kind = :kind AND name = :name "
        "ORDER BY version DESC LIMIT 1",
        centre=centre_id,
        kind=kind,
        name=name,
    )
    return (int(found[0][0]), str(found[0][1]), str(found[0][2])) if found else (0, "", "")


def newest_bodies(rows: Rows, centre_id: int, kind: str) -> list[tuple[Mapping[str, Any], int, str]]:
    """The newest version of everything of a kind that is versioned one by one (plans, cards): body, number, label."""
    found = rows(
        "SELECT c.body, c.version, c.label FROM catalogue c WHERE c.centre_id = :centre AND c.kind = :kind"
        " AND c.version = (SELECT MAX(n.version) FROM catalogue n"
        " WHERE n.centre_id = c.centre_id AND n.kind = c.kind AND n.name = c.name) ORDER BY c.name",
        centre=centre_id,
        kind=kind,
    )
    return [(_plain(body), int(version), str(label)) for body, version, label in found]


def stored_catalogue(rows: Rows, centre_id: int, version: int | None = None) -> CatalogueVersion:
    """A version of the matters, by default the newest. Raises NotFound."""
    chosen = newest_version(rows, centre_id, "matters")[0] if version is None else version
    head = rows(
        "SELECT label, body FROM catalogue WHERE centre_id = :centre AND kind = 'matters' AND version = :version",
        centre=centre_id,
        version=chosen,
    )
    if not head:
        raise NotFound(
            "catalogue-version",
            f"没有事项目录版本 {chosen}。",
            f"There is no catalogue version {chosen}.",
            version=chosen,
        )
    frame: Mapping[str, Any] = _plain(head[0][1]) or {}
    matters = rows(
        f"SELECT {_COLUMNS} FROM matter WHERE centre_id = :centre AND version = :version ORDER BY sort_no",  # noqa: S608
        centre=centre_id,
        version=chosen,
    )
    return CatalogueVersion(
        str(head[0][0]),
        tuple(CategoryEntry(**row) for row in frame.get("categories", [])),
        tuple(_matter(row) for row in matters),
        tuple(tuple(group) for group in frame.get("synonyms", [])),
    )


def stored_policy(rows: Rows, centre_id: int) -> Policy:
    """The newest policy, at its usual pace. Raises NotFound where none was ever loaded."""
    chosen = newest_version(rows, centre_id, "policy")[0]
    found = rows(
        "SELECT body FROM catalogue WHERE centre_id = :centre AND kind = 'policy' AND version = :version",
        centre=centre_id,
        version=chosen,
    )
    if not found:
        raise NotFound(
            "no-policy", "没有加载政策，请先运行 zhihui org init。", "No policy loaded: run zhihui org init."
        )
    return read_policy(_plain(found[0][0]), chosen)


def routes_of(rows: Rows, centre_id: int) -> dict[str, str]:
    """The catalogue's codes as the centre's, where they differ."""
    found = rows("SELECT labels FROM centre WHERE id = :centre", centre=centre_id)
    labels: Mapping[str, Any] = (_plain(found[0][0]) if found else None) or {}
    return dict(labels.get("routes", {}))


def targets_of(rows: Rows, centre_id: int) -> dict[str, tuple[str, str]]:
    """Name and English name of the open posts, forces and departments, by code."""
    found = rows(
        "SELECT code, name, name_en FROM unit WHERE centre_id = :centre AND closed_at IS NULL"
        " AND kind IN ('section', 'post', 'force', 'department', 'district')",
        centre=centre_id,
    )
    return {str(code): (str(name), str(name_en or name)) for code, name, name_en in found}


def stored_lists(rows: Rows, centre_id: int, version: int | None = None) -> Lists:
    """A version of the lists of who owns what, by default the newest; none at all where none was ever loaded.

    Raises NotFound for a version that is not there.
    """
    chosen = newest_version(rows, centre_id, "lists")[0] if version is None else version
    if not chosen and version is None:
        return NO_LISTS
    found = rows(
        "SELECT body FROM catalogue WHERE centre_id = :centre AND kind = 'lists' AND version = :version",
        centre=centre_id,
        version=chosen,
    )
    if not found:
        raise NotFound("lists-version", f"没有清单版本 {chosen}。", f"There is no version {chosen} of the lists.")
    return lists_of_body(_plain(found[0][0]))


def _matter(row: Sequence[Any]) -> MatterEntry:
    values = dict(zip(_COLUMNS.split(", "), row, strict=True))
    for name in ("ask", "assist", "stages", "keywords", "limits"):
        values[name] = tuple(_plain(values[name]) or ())
    values["confidential"] = bool(values["confidential"])
    return MatterEntry(**values)


def _plain(value: Any) -> Any:
    """A JSON column: SQLite hands out its text, PostgreSQL the value."""
    return json.loads(value) if isinstance(value, str) else value
