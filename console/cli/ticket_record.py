"""A ticket as a record for programs: every field with its stable name, instants in ISO 8601, personal data masked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from console.cli.session import Session
from data.masking import mask_name, mask_phone, mask_text
from data.queries import tickets
from data.queries.listing import iso
from data.queries.organisation import officer_codes, unit_codes
from data.queries.relations import Relations, Tied, relations
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
            "into",
            "joined",
            "other",
            "tie",
        ),
        *("stage", "tier", "from_tier", "urgency", "affair", "source", "satisfaction", "holder", "pending", "due_kind"),
        *(
            "section",
            "matter_code",
            "budget",
            "to",
            "assist",
            "inform",
            "unit",
            "hand",
            "asked",
            "officer",
            "target",
            "action",
            "unit_code",
            "unit_name",
        ),
        *("grade", "form", "ladder_before", "ladder_after"),
        *("holder_code", "holder_name", "lead_code", "lead_name", "community_name", "grid_name", "section_name"),
    )
)
"""Names whose values hold no free text. Everything else is masked, whatever later versions add."""

_HIDDEN = {
    "centre_id",
    "id",
    "parent_id",
    "holder_unit_id",
    "lead_unit_id",
    "community_id",
    "grid_id",
    "holder_officer_id",
}
_INTERNAL = {"joined", "brought", "own", "links", "decided"}
"""Parts of `facts` that name tickets and clocks by id; `related` has them by code."""
_PLAN = "plan."
"""What active plans are kept under: `plan status` has them."""
_FLAGS = {"confidential", "supervised", "direct", "open", "on_time", "waived"}
_TASK = (
    *("no", "role", "hand", "unit_code", "unit_name", "officer_name", "state", "instruction", "people", "result"),
    "reason",
)
_TASK_TIMES = ("sent_at", "acknowledged_at", "arrived_at", "done_at")
_CLOCK = ("kind", "state", "unit_code", "unit_name", "budget", "provisional", "next_step")
_CLOCK_TIMES = ("started_at", "due_at", "warn_at", "stopped_at", "next_at")


def whole_ticket(session: Session, code: str) -> dict[str, Any]:
    """A ticket with tasks, clocks, custody and what the officer of this run can do. Raises NotFound."""
    reader, centre = session.reader(), session.centre_id()
    ticket_id = tickets.ticket_id(reader, centre, code)
    row = tickets.ticket(reader, centre, ticket_id) or {}
    record = _ticket(row)
    record["facts"] = {
        name: value for name, value in record["facts"].items() if name not in _INTERNAL and not name.startswith(_PLAN)
    }
    record["related"] = _related(relations(reader, centre, row))
    record["tasks"] = _rows(tickets.tasks(reader, centre, ticket_id), _TASK, _TASK_TIMES)
    record["clocks"] = _rows(tickets.clocks(reader, centre, ticket_id), _CLOCK, _CLOCK_TIMES)
    record["custody"] = _custody(reader, centre, ticket_id)
    record["named"] = [
        {"code": one["code"], "name": one["name"], "named_by": one["named_by"], "at": iso(one["at"])}
        for one in tickets.named(reader, centre, ticket_id)
    ]
    record["actions"] = _actions(session, code)
    return record


def note_read(session: Session, code: str, part: str = "") -> None:
    """Write down that the officer who is named reads a ticket, or a part. Raises StoreTrouble, and it is not shown."""
    if not (session.officer or "").strip():
        return
    from core.desk.revealing import note_look
    from data.access_terms import AccessKind

    tickets.ticket_id(session.reader(), session.centre_id(), code)
    note_look(session.desk(), session.actor(), AccessKind.READ, code, **({"part": part} if part else {}))


def log_of(session: Session, code: str) -> list[dict[str, Any]]:
    """The ticket's events in order. Raises NotFound."""
    reader, centre = session.reader(), session.centre_id()
    rows = tickets.events(reader, centre, tickets.ticket_id(reader, centre, code))
    coded = Coded.of(reader, centre, rows)
    return [
        {
            "seq": row["seq"],
            "at": iso(row["at"]),
            "verb": row["kind"],
            "actor": row["actor"],
            "actor_name": row["actor_name"],
            "facts": _facts(
                row["kind"], coded.facts({k: v for k, v in row["body"].items() if k not in tickets.UNSAID})
            ),
            "event": row["id"],
            "hash": row["hash"],
        }
        for row in rows
    ]


def _facts(verb: str, facts: dict[str, Any]) -> dict[str, Any]:
    """The facts without personal data. A report upward says in free text who took it; other verbs name a unit there."""
    shown = masked(facts)
    return {**shown, "to": mask_text(facts["to"])} if verb == "report_up" and "to" in facts else dict(shown)


@dataclass(frozen=True)
class Coded:
    """Turns the ids in an event's facts into codes: ids are this store's own and say nothing to anybody."""

    units: dict[int, tuple[str, str]]
    officers: dict[int, tuple[str, str]]

    @classmethod
    def of(cls, reader: Reader, centre: int, rows: list[dict[str, Any]]) -> Coded:
        """For the facts of these events."""
        bodies = [row["body"] for row in rows]
        units = {body["unit"] for body in bodies if isinstance(body.get("unit"), int)}
        officers = {number for body in bodies for number in _officer_ids(body)}
        officers |= {body["officer"] for body in bodies if isinstance(body.get("officer"), int)}
        return cls(unit_codes(reader, centre, units), officer_codes(reader, centre, officers))

    def facts(self, facts: dict[str, Any]) -> dict[str, Any]:
        """The facts with codes for ids; a step of the ladder keeps whom it told and passed over."""
        shown = {name: value for name, value in facts.items() if name not in ("clock", "answerable")}
        if isinstance(shown.get("unit"), int):
            shown["unit"], shown["unit_name"] = self.units.get(shown["unit"], (str(shown["unit"]), ""))
        if isinstance(shown.get("officer"), int):
            shown["officer"] = self._officer(shown["officer"])
        if "asked" in shown:
            shown["asked"] = [self._officer(number) for number in shown["asked"]]
        for name in ("people", "skipped"):
            if persons := _persons(shown, name):
                shown[name] = [self._person(item) for item in persons]
        if isinstance(shown.get("nominal_at"), int):
            shown["nominal_at"] = iso(shown["nominal_at"])
        return shown

    def _person(self, item: dict[str, Any]) -> dict[str, Any]:
        kept = {name: value for name, value in item.items() if name not in ("officer_id", "officer")}
        number = item.get("officer_id", item.get("officer"))
        return kept if number is None else {**kept, "officer": self._officer(number)}

    def _officer(self, number: int) -> str:
        return self.officers.get(number, (str(number), ""))[0]


def _officer_ids(body: dict[str, Any]) -> set[int]:
    people = [*_persons(body, "people"), *_persons(body, "skipped")]
    found = {item.get("officer_id", item.get("officer")) for item in people} | set(body.get("asked", ()))
    return {number for number in found if isinstance(number, int)}


def _persons(facts: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """The persons in a fact; `people` of an arrival is a head-count."""
    found = facts.get(name)
    return found if isinstance(found, list) else []


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


def _related(found: Relations) -> dict[str, Any]:
    """The tickets that this one is tied to; who reported the joined ones, and whether they were called back."""
    return {
        "main": _tied(found.main),
        "joined": [_tied(line) for line in found.joined],
        "links": [_tied(line) for line in found.links],
        "parent": _tied(found.parent),
        "children": [_tied(line) for line in found.children],
        "children_open": found.children_open,
        "children_all": found.children_all,
    }


def _tied(line: Tied | None) -> dict[str, Any] | None:
    if line is None:
        return None
    names = ("code", "title", "stage", "urgency", "source", "reporter_name", "reporter_phone", "satisfaction")
    shown = {name: masked(getattr(line, name), name) for name in names}
    if line.confidential:
        shown.update(title="", reporter_name="", reporter_phone="")
    return {**shown, "confidential": line.confidential, "open": line.open, "reported_at": iso(line.reported_at)}


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
