"""A ticket as a record for programs: every field with its stable name, instants in ISO 8601, personal data masked."""

from __future__ import annotations

from typing import Any

from console.cli.session import Session
from data.masking import mask_name, mask_phone, mask_text
from data.queries import tickets
from data.queries.listing import iso
from data.reader import Reader

LOG_FIELDS = ("seq", "at", "verb", "actor", "actor_name", "facts", "event", "hash")
"""Names of the fields of an event, in order."""

PLAIN = frozenset(
    (
        *(
            "code",
            "ticket",
            "verb",
            "kind",
            "no",
            "origin",
            "external_id",
            "clock",
            "step",
            "next_step",
            "state",
            "role",
        ),
        *("stage", "tier", "from_tier", "urgency", "affair", "source", "satisfaction", "holder", "pending", "due_kind"),
        *("section", "matter_code", "budget", "to", "assist", "inform", "unit", "unit_code", "unit_name", "address"),
        *("holder_code", "holder_name", "lead_code", "lead_name", "community_name", "grid_name"),
    )
)
"""Names whose values hold no free text. Everything else is masked, whatever later versions add."""

_HIDDEN = {"centre_id", "id", "holder_unit_id", "lead_unit_id", "community_id", "grid_id", "holder_officer_id"}
_FLAGS = {"confidential", "supervised", "direct", "open", "on_time"}
_TASK = ("no", "role", "unit_code", "unit_name", "state", "instruction", "people", "result", "reason")
_TASK_TIMES = ("sent_at", "acknowledged_at", "arrived_at", "done_at")
_CLOCK = ("kind", "state", "unit_code", "unit_name", "budget", "provisional", "next_step")
_CLOCK_TIMES = ("started_at", "due_at", "warn_at", "stopped_at", "next_at")


def whole_ticket(session: Session, code: str) -> dict[str, Any]:
    """A ticket with tasks, clocks, custody and what the officer of this run can do. Raises NotFound."""
    reader, centre = session.reader(), session.centre_id()
    ticket_id = tickets.ticket_id(reader, centre, code)
    row = tickets.ticket(reader, centre, ticket_id) or {}
    record = _ticket(row)
    record["tasks"] = _rows(tickets.tasks(reader, centre, ticket_id), _TASK, _TASK_TIMES)
    record["clocks"] = _rows(tickets.clocks(reader, centre, ticket_id), _CLOCK, _CLOCK_TIMES)
    record["custody"] = _custody(reader, centre, ticket_id)
    record["actions"] = _actions(session, code)
    return record


def log_of(session: Session, code: str) -> list[dict[str, Any]]:
    """The ticket's events in order. Raises NotFound."""
    reader, centre = session.reader(), session.centre_id()
    rows = tickets.events(reader, centre, tickets.ticket_id(reader, centre, code))
    return [
        {
            "seq": row["seq"],
            "at": iso(row["at"]),
            "verb": row["kind"],
            "actor": row["actor"],
            "actor_name": row["actor_name"],
            "facts": masked({name: value for name, value in row["body"].items() if name != "effects"}),
            "event": row["id"],
            "hash": row["hash"],
        }
        for row in rows
    ]


def masked(value: Any, name: str = "") -> Any:
    """A value without personal data; codes and stored words stay as they are."""
    if isinstance(value, dict):
        return {key: masked(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [masked(item, name) for item in value]
    if not isinstance(value, str) or name in PLAIN:
        return value
    return {"reporter_name": mask_name, "reporter_phone": mask_phone}.get(name, mask_text)(value)


def _ticket(row: dict[str, Any]) -> dict[str, Any]:
    record: dict[str, Any] = {}
    for name, value in row.items():
        if name in _HIDDEN:
            continue
        if name.endswith("_at"):
            record[name] = iso(value)
        elif name in _FLAGS:
            record[name] = None if value is None else bool(value)
        else:
            record[name] = masked(value, name)
    return record


def _rows(rows: list[dict[str, Any]], names: tuple[str, ...], times: tuple[str, ...]) -> list[dict[str, Any]]:
    return [
        {
            **{name: bool(row[name]) if name == "provisional" else masked(row[name], name) for name in names},
            **{name: iso(row[name]) for name in times},
        }
        for row in rows
    ]


def _custody(reader: Reader, centre: int, ticket_id: int) -> list[dict[str, Any]]:
    names = ("no", "holder", "unit_code", "unit_name", "officer_name", "tier", "stage")
    return _rows(tickets.custody(reader, centre, ticket_id), names, ("from_at", "to_at"))


def _actions(session: Session, code: str) -> list[dict[str, Any]] | None:
    """Each verb with whether it is possible and why not; None without an officer."""
    if not session.officer:
        return None
    return [
        {
            "verb": item.verb.name,
            "possible": item.allowed,
            "code": item.why.code if item.why else None,
            "zh": item.why.zh if item.why else None,
            "en": item.why.en if item.why else None,
        }
        for item in session.desk().possible(code, session.actor())
    ]
