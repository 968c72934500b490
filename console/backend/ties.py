"""Tickets that belong together, for the screens: proposals with reasons, and ties in words. Text is masked here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from console.i18n import _, language
from console.ports import QueueRow
from console.tie_ports import Alike, TiedLine, Ties
from core.desk.duplicates import Duplicate, duplicates_of, traits_of_ticket
from core.rules.joining import comes_first
from core.rules.likeness import Traits, pairs_of
from data.masking import mask_name, mask_text
from data.queries import tickets
from data.queries.relations import Relations, Tied, relations
from data.reader import Reader
from data.terms import CLOSED_STAGES, Satisfaction, Stage


def ties_of(reader: Reader, centre: int, ticket_id: int) -> Ties:
    """What a ticket is likely the same as, and what it is tied to."""
    row = tickets.ticket(reader, centre, ticket_id)
    if row is None:
        return Ties()
    found = relations(reader, centre, row)
    alike: list[Duplicate] = []
    if row["stage"] not in CLOSED_STAGES and (traits := traits_of_ticket(reader, centre, ticket_id)) is not None:
        alike = duplicates_of(reader, centre, traits, frozenset({ticket_id}))
    here = (row["stage"], row["reported_at"])
    return Ties(tuple(_alike(one, here) for one in alike), tuple(_tied_lines(found)))


def alike_of(reader: Reader, centre: int, values: Mapping[str, object], now: int) -> list[Alike]:
    """What a report with these values is likely a duplicate of; a new report is never the main one."""
    given = {
        name: str(values.get(name) or "") for name in ("title", "body", "address", "community", "matter", "source")
    }
    unit = reader.one(
        "SELECT id FROM unit WHERE centre_id = :centre AND code = :code", centre=centre, code=given["community"]
    )
    traits = Traits(
        pairs_of(given["title"], given["body"], given["address"]),
        pairs_of(given["address"]),
        int(unit[0]) if unit else None,
        matter=given["matter"],
        source=given["source"],
        phone=str(values.get("reporter_phone") or ""),
        at=now,
    )
    return [_alike(one, (Stage.REPORTED.value, now + 1)) for one in duplicates_of(reader, centre, traits)]


def _alike(one: Duplicate, here: tuple[str, int]) -> Alike:
    ticket = one.ticket
    title = _("(confidential)") if ticket.confidential else mask_text(ticket.title)
    row = QueueRow(
        id=ticket.id,
        revision=ticket.revision,
        due=ticket.reported_at,
        code=ticket.code,
        urgency=ticket.urgency,
        stage=ticket.stage,
        title=title,
        source=ticket.source,
    )
    main = comes_first((ticket.stage, ticket.reported_at), here)
    return Alike(row, one.likeness.points, one.likeness.reasons(language()), main)


def tie_facts(found: Relations) -> list[tuple[str, str]]:
    """The ties as facts of a ticket: label and value."""
    facts = [
        (_("Joined into"), [_line(found.main)] if found.main else []),
        (_("Joined in"), [f"{_line(line)} {_reporter(line)}".strip() for line in found.joined]),
        (_("See also"), [_line(line) for line in found.links]),
        (_("Part of"), [_line(found.parent)] if found.parent else []),
    ]
    said = [(label, "; ".join(lines)) for label, lines in facts if lines]
    if found.children_all:
        closed = found.children_all - found.children_open
        said.append((_("Children"), _("{n} of {all} closed").format(n=closed, all=found.children_all)))
    return said


def _tied_lines(found: Relations) -> list[TiedLine]:
    groups: list[tuple[str, list[Tied]]] = [
        (_("Joined into"), [found.main] if found.main else []),
        (_("Joined in"), found.joined),
        (_("See also"), found.links),
        (_("Part of"), [found.parent] if found.parent else []),
        (_("Child"), found.children),
    ]
    return [
        TiedLine(line.id, tie, line.code, _title(line), f"{_stage(line)} {_reporter(line)}".strip())
        for tie, lines in groups
        for line in lines
    ]


def _line(line: Tied) -> str:
    return f"{line.code} {_stage(line)}"


def _stage(line: Tied) -> str:
    return Stage(line.stage).label(language())


def _title(line: Tied) -> str:
    return _("(confidential)") if line.confidential else mask_text(line.title)


def _reporter(line: Tied) -> str:
    """Who reported it, and what they said when they were called back."""
    if line.confidential or not line.reporter_name:
        return ""
    said: Any = line.satisfaction
    called = Satisfaction(said).label(language()) if said else _("not called back")
    return f"{mask_name(line.reporter_name)} ({called})"
