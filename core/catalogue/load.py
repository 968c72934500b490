"""New versions of matters, policy, calendars, lists, plans and cards. Tickets keep the version that they began with.

Each asks the table of permissions first, also where nothing would change. Raises NotAllowed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection, insert

from core.catalogue.calendars import CalendarEntry
from core.catalogue.cards import CardText, card_body
from core.catalogue.lists import lists_body
from core.catalogue.model import CatalogueVersion, MatterEntry, digest
from core.catalogue.plans import plan_body
from core.catalogue.stored import newest_version, rows_of, stored_catalogue
from core.desk.actor import Actor
from core.desk.permissions import require_role
from core.organisation.journal import note_change
from core.rules.contingency import Contingency
from core.rules.lists import Lists
from core.rules.permission_table import OPERATIONS
from data.errors import Conflict
from data.ids import new_id
from data.store import lock_centre
from data.tables import Catalogue, Matter

Kind = Literal["matters", "policy", "calendar", "lists", "plan", "card"]
_ROW: Mapping[Kind, str] = {
    "matters": "catalogue",
    "policy": "catalogue",
    "calendar": "catalogue",
    "card": "catalogue",
    "lists": "lists",
    "plan": "plans",
}
"""The row of the table of permissions that each kind is under."""


@dataclass(frozen=True)
class MatterChange:
    """What became of one matter between two versions; `fields` holds (before, after) of those that changed."""

    code: str
    name: str
    what: Literal["added", "removed", "changed"]
    fields: Mapping[str, tuple[Any, Any]]


@dataclass(frozen=True)
class LoadedVersion:
    """What loading did: the version in force now, and whether it is a new one."""

    kind: Kind
    name: str
    version: int
    label: str
    is_new: bool
    changes: tuple[MatterChange, ...] = ()


def load_matters(
    connection: Connection, centre_id: int, catalogue: CatalogueVersion, at: int, actor: Actor
) -> LoadedVersion:
    """Load a catalogue as a new version, inside an open write transaction; the same content again changes nothing."""
    _demand("matters", actor)
    return _load_matters(connection, centre_id, catalogue, at, actor.code)


def begin_catalogue(
    connection: Connection,
    centre_id: int,
    calendars: Iterable[CalendarEntry],
    policy: Mapping[str, Any],
    matters: CatalogueVersion,
    at: int,
    actor: str,
) -> None:
    """What a centre begins with, where nobody holds a role yet. Raises Conflict where something is loaded already."""
    if newest_version(rows_of(connection), centre_id, "matters")[0]:
        raise Conflict("catalogue-there", "目录已加载。", "A catalogue is loaded already.")
    for entry in calendars:
        _load_body(connection, centre_id, _calendar(entry), at, actor)
    _load_body(connection, centre_id, _policy(policy), at, actor)
    _load_matters(connection, centre_id, matters, at, actor)


def _load_matters(
    connection: Connection, centre_id: int, catalogue: CatalogueVersion, at: int, actor: str
) -> LoadedVersion:
    lock_centre(connection, centre_id)
    rows = rows_of(connection)
    version, _, before = newest_version(rows, centre_id, "matters")
    if before == catalogue.digest():
        return LoadedVersion("matters", "", version, catalogue.version, False)
    old = stored_catalogue(rows, centre_id, version) if version else CatalogueVersion("", (), ())
    changes = difference(old, catalogue)
    number = version + 1
    _write_version(
        connection,
        centre_id,
        "matters",
        "",
        number,
        catalogue.version,
        catalogue.digest(),
        catalogue.frame(),
        at,
        actor,
    )
    connection.execute(
        insert(Matter),
        [
            _matter_row(centre_id, number, sort_no, entry, catalogue.path(entry.category))
            for sort_no, entry in enumerate(catalogue.matters)
        ],
    )
    counts = {what: sum(change.what == what for change in changes) for what in ("added", "changed", "removed")}
    note_change(connection, centre_id, at, actor, "matters", {"version": number, "label": catalogue.version, **counts})
    return LoadedVersion("matters", "", number, catalogue.version, True, changes)


def load_policy(
    connection: Connection, centre_id: int, body: Mapping[str, Any], at: int, actor: Actor
) -> LoadedVersion:
    """Load a checked policy body (`core.catalogue.read.read_policy`) as a new version, unless it is there already."""
    return _load(connection, centre_id, _policy(body), at, actor)


def load_calendar(
    connection: Connection, centre_id: int, calendar: CalendarEntry, at: int, actor: Actor
) -> LoadedVersion:
    """Load a calendar as a new version, unless it is there already."""
    return _load(connection, centre_id, _calendar(calendar), at, actor)


def load_lists(connection: Connection, centre_id: int, lists: Lists, at: int, actor: Actor) -> LoadedVersion:
    """Load the lists of who owns what as a new version, unless they are there already."""
    return _load(connection, centre_id, _Body("lists", "", lists.version, lists_body(lists)), at, actor)


def load_plan(connection: Connection, centre_id: int, plan: Contingency, at: int, actor: Actor) -> LoadedVersion:
    """Load a contingency plan as a new version of its code, unless it is there already."""
    return _load(connection, centre_id, _Body("plan", plan.code, plan.label, plan_body(plan)), at, actor)


def load_card(connection: Connection, centre_id: int, card: CardText, at: int, actor: Actor) -> LoadedVersion:
    """Load a centre's own text of a matter's card as a new version, unless it is there already."""
    return _load(connection, centre_id, _Body("card", card.matter, card.label, card_body(card)), at, actor)


def difference(before: CatalogueVersion, after: CatalogueVersion) -> tuple[MatterChange, ...]:
    """What a version has more, less and otherwise than another, in the order of the codes."""
    found: list[MatterChange] = []
    for code in sorted({entry.code for entry in (*before.matters, *after.matters)}):
        old, new = before.matter(code), after.matter(code)
        if old is None and new is not None:
            found.append(MatterChange(code, new.name, "added", {}))
        elif new is None and old is not None:
            found.append(MatterChange(code, old.name, "removed", {}))
        elif old is not None and new is not None and old != new:
            was, now = asdict(old), asdict(new)
            fields = {name: (was[name], now[name]) for name in was if was[name] != now[name]}
            found.append(MatterChange(code, new.name, "changed", fields))
    return tuple(found)


class _Body(NamedTuple):
    """What is loaded whole: its kind and name, what its version is called, and the content."""

    kind: Kind
    name: str
    label: str
    body: Mapping[str, Any]


def _policy(body: Mapping[str, Any]) -> _Body:
    return _Body("policy", "", str(body.get("version", "")), body)


def _calendar(calendar: CalendarEntry) -> _Body:
    return _Body("calendar", calendar.code, calendar.hours.version, calendar.hours.to_dict())


def _demand(kind: Kind, actor: Actor) -> None:
    row = OPERATIONS[_ROW[kind]]
    require_role(row.name, row.zh, row.en, actor)


def _load(connection: Connection, centre_id: int, item: _Body, at: int, actor: Actor) -> LoadedVersion:
    _demand(item.kind, actor)
    return _load_body(connection, centre_id, item, at, actor.code)


def _load_body(connection: Connection, centre_id: int, item: _Body, at: int, actor: str) -> LoadedVersion:
    lock_centre(connection, centre_id)
    kind, name, label, body = item
    version, _, before = newest_version(rows_of(connection), centre_id, kind, name)
    fingerprint = digest(body)
    if before == fingerprint:
        return LoadedVersion(kind, name, version, label, False)
    _write_version(connection, centre_id, kind, name, version + 1, label, fingerprint, body, at, actor)
    note_change(connection, centre_id, at, actor, kind, {"name": name, "version": version + 1, "label": label})
    return LoadedVersion(kind, name, version + 1, label, True)


def _write_version(
    connection: Connection,
    centre_id: int,
    kind: Kind,
    name: str,
    version: int,
    label: str,
    fingerprint: str,
    body: Mapping[str, Any],
    at: int,
    actor: str,
) -> None:
    row = Catalogue(
        centre_id=centre_id,
        id=new_id(),
        kind=kind,
        name=name,
        version=version,
        label=label,
        digest=fingerprint,
        body=dict(body),
        loaded_at=at,
        actor=actor,
    )
    connection.execute(insert(Catalogue), [row.model_dump()])


def _matter_row(centre_id: int, version: int, sort_no: int, entry: MatterEntry, path: str) -> dict[str, Any]:
    values: dict[str, Any] = dict(vars(entry))
    for name in ("ask", "assist", "stages", "keywords"):
        values[name] = list(values[name])
    values["limits"] = [dict(limit) for limit in entry.limits]
    row = Matter(centre_id=centre_id, id=new_id(), version=version, sort_no=sort_no, category_path=path, **values)
    return row.model_dump()
