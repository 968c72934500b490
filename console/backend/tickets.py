"""One ticket as it is shown: facts, history, custody, clocks and tasks, personal data masked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple, TypeVar

from console.backend.catalogue import action_words, budget_words, target_name
from console.backend.contingency import PLAN_EVENTS, plan_facts, plan_text
from console.backend.lists import HolderText
from console.backend.meetings import proceeding_views
from console.backend.people import takeover_words
from console.backend.ties import tie_facts
from console.backend.words import event_title
from console.i18n import _, language
from console.ports import ClockLine, CustodyLine, HistoryLine, QueueRow, TaskLine, TicketView
from console.widgets.columns import term
from core.accountability.mobilisation import HandLine, Mobilisation, hand_name, mobilisation, sentences
from data.instants import FAR
from data.masking import mask_name, mask_phone, mask_text
from data.queries import tickets
from data.queries.relations import relations
from data.reader import Reader
from data.terms import ClockKind, ClockState, RequestKind, Satisfaction, SkipReason, Source, Stage
from data.tokens import NOTES

Row = dict[str, Any]
Found = TypeVar("Found")
MANY = 100
"""Hands and clocks of a ticket that are shown."""


def ticket_view(
    reader: Reader,
    centre: int,
    ticket_id: int,
    holder: HolderText,
    next_step: Callable[[str, str], str],
    matter_name: Callable[[str], str],
    officer_name: Callable[[int], str],
    now: int,
    zone: str,
) -> TicketView | None:
    """Read a ticket with all that belongs to it; None when there is none."""
    row = tickets.ticket(reader, centre, ticket_id)
    if row is None:
        return None
    stands = Stands(
        row,
        tickets.events(reader, centre, ticket_id),
        tickets.custody(reader, centre, ticket_id),
        tickets.clocks(reader, centre, ticket_id),
        mobilisation(reader, centre, ticket_id, now),
    )
    words = TicketWords(holder, next_step, matter_name, officer_name)
    ties = tie_facts(relations(reader, centre, row))
    facts = [*_named(reader, centre, row), *_device_facts(reader, centre, row, zone), *ties]
    shown = view_of(stands, words, facts)
    return replace(shown, proceedings=proceeding_views(reader, centre, ticket_id, zone))


def _named(reader: Reader, centre: int, row: Row) -> list[tuple[str, str]]:
    """Who is named on a confidential ticket; only whoever sees what it holds is told."""
    found = tickets.named(reader, centre, row["id"]) if row["confidential"] else []
    return [(_("Named"), ", ".join(f"{line['name']} ({line['code']})" for line in found))] if found else []


def _device_facts(reader: Reader, centre: int, row: Row, zone: str) -> list[tuple[str, str]]:
    """The devices of a ticket that one gave rise to; other tickets do not ask."""
    if row["source"] != Source.SENSOR:
        return []
    from console.backend.sensing import device_facts

    return device_facts(reader, centre, row["id"], zone)


class Stands(NamedTuple):
    """How a ticket stands, today or at an earlier moment; rows as `data.queries.tickets` reads them."""

    ticket: Row
    events: Sequence[Row]
    custody: Sequence[Row]
    clocks: Sequence[Row]
    mobilised: Mobilisation


class TicketWords(NamedTuple):
    """How hands, steps of a ladder, matters and officers are called."""

    holder: HolderText
    next_step: Callable[[str, str], str]
    matter_name: Callable[[str], str]
    officer_name: Callable[[int], str]


def view_of(stands: Stands, words: TicketWords, ties: Sequence[tuple[str, str]] = ()) -> TicketView:
    """A ticket as it is shown."""
    row = stands.ticket
    tasks = _first_of(stands.mobilised.hands, lambda line: (not line.live, line.due_at or FAR))
    shown = [item for item in stands.clocks if item["kind"] != ClockKind.HANDLE]
    clocks = _first_of(shown, lambda item: (item["state"] != ClockState.RUNNING, item["due_at"] or FAR))
    return TicketView(
        row=_queue_row(row, words.holder),
        facts=(*_facts(row, words.holder, words.matter_name), *plan_facts(row["facts"] or {}), *ties),
        body=_("(confidential)") if row["confidential"] else mask_text(row["body"] or ""),
        history=tuple(_history(event, words.officer_name) for event in stands.events),
        custody=tuple(_custody(item, words.holder) for item in stands.custody),
        clocks=tuple(_clock(item, words.next_step) for item in clocks),
        tasks=tuple(_task(line) for line in tasks),
        mobilised=tuple(sentences(stands.mobilised, language())),
        closed=not row["open"],
        more_tasks=len(stands.mobilised.hands) - len(tasks),
        more_clocks=len(shown) - len(clocks),
    )


def _first_of(items: Sequence[Found], rank: Callable[[Found], tuple[bool, int]]) -> Sequence[Found]:
    """All in order where they are few; else the first by rank: a page with a thousand lines is made each second."""
    return items if len(items) <= MANY else sorted(items, key=rank)[:MANY]


def _queue_row(row: Row, holder: HolderText) -> QueueRow:
    return QueueRow(
        id=row["id"],
        revision=row["revision"],
        due=row["due_at"],
        code=row["code"],
        urgency=row["urgency"],
        stage=row["stage"],
        title=mask_text(row["title"]),
        place=row["community_name"] or "",
        holder=holder(row["holder"], row["holder_name"]),
        source=row["source"],
        due_kind=row["due_kind"],
        warn=row.get("warn_at"),
        paused=row["stage"] == Stage.SUSPENDED,
        supervised=bool(row["supervised"]),
        bounces=row["bounces"],
    )


def _facts(row: Row, holder: HolderText, matter_name: Callable[[str], str]) -> list[tuple[str, str]]:
    """Labels and values, those that are empty left out."""
    place = " ".join(str(row[name]) for name in ("community_name", "grid_name") if row[name])
    hands = holder(row["holder"], row["holder_name"])
    if row["holder_officer_name"]:
        hands += f" {row['holder_officer_name']}"
    counts = [
        (_("returned {n}"), row["bounces"]),
        (_("reworked {n}"), row["reworks"]),
        (_("reminded {n}"), row["reminders"]),
    ]
    satisfaction = row["satisfaction"]
    facts = [
        (_("Matter"), f"{row['matter_code']} {matter_name(row['matter_code'])}".strip()),
        (_("Where"), " ".join(part for part in (place, mask_text(row["address"] or "")) if part)),
        (_("Caller"), _caller(row)),
        (_("In hand"), hands),
        (_("Lead"), row["lead_name"] or ""),
        (_("Counts"), ", ".join(text.format(n=amount) for text, amount in counts if amount)),
        (_("Waiting"), _waiting(row["pending"] or "")),
        (_("Outcome"), mask_text(row["outcome"] or "")),
        (_("Reply"), mask_text(row["public_reply"] or "")),
        (_("Caller is"), Satisfaction(satisfaction).label(language()) if satisfaction else ""),
        (_("Reason"), mask_text(row["reason"] or "")),
    ]
    return [(label, str(value)) for label, value in facts if value]


def _waiting(pending: str) -> str:
    """What waits for a decision."""
    if pending == "lead":
        return _("the duty leader must name a lead")
    return _("a decision on: {what}").format(what=term(RequestKind, pending, language())) if pending else ""


def _caller(row: Row) -> str:
    if row["confidential"]:
        return _("(confidential)")
    return f"{mask_name(row['reporter_name'] or '')} {mask_phone(row['reporter_phone'] or '')}".strip()


def _history(event: Row, officer_name: Callable[[int], str]) -> HistoryLine:
    body = event["body"] or {}
    if event["kind"] == "engine_step":
        text = ladder_text(body, officer_name)
    elif event["kind"] == "take_over":
        text = takeover_text(body)
    elif event["kind"] in PLAN_EVENTS:
        text = plan_text(body)
    else:
        words = [mask_text(str(body[name])) for name in NOTES if body.get(name)]
        undone = [event_title(str(body["undone"]))] if body.get("undone") else []
        text = "; ".join([*undone, *words])
    who = _("engine") if event["actor"] == "engine" else event["actor_name"] or event["actor"]
    return HistoryLine(event["at"], event_title(event["kind"]), who, text, by_engine=event["actor"] == "engine")


def ladder_text(body: Row, officer_name: Callable[[int], str]) -> str:
    """What a step of the ladder did: which clock, whom it told, who was skipped and why."""
    kind = ClockKind._value2member_map_.get(body.get("clock_kind", ""))
    people = []
    for person in body.get("people", []):
        name = officer_name(person["officer_id"]) if person.get("officer_id") else ""
        skipped = _skip_words(str(person.get("skipped") or person.get("why") or ""))
        told = f"{target_name(person.get('target', ''))} {name}".strip()
        people.append(f"{told} ({skipped})" if skipped else told)
    late = _(" (late: the engine was down)") if body.get("caught_up") else ""
    label = kind.label(language()) if isinstance(kind, ClockKind) else ""
    return f"{label} {action_words(body.get('action', ''))}: {', '.join(people)}{late}"


def takeover_text(body: Row) -> str:
    """Who took over from whom, and why."""
    return _("{b} for {a}: {why}").format(a=body.get("a", ""), b=body.get("b", ""), why=takeover_words(body))


def _skip_words(reason: str) -> str:
    """Why the ladder passed somebody over; the note of a leave stays as it was written."""
    return term(SkipReason, reason, language()) if reason in set(SkipReason) else mask_text(reason)


def _custody(item: Row, holder: HolderText) -> CustodyLine:
    name = holder(item["holder"], item["unit_name"])
    if item["officer_name"]:
        name += f" {item['officer_name']}"
    return CustodyLine(item["from_at"], item["to_at"], name, item["stage"])


def _clock(item: Row, next_step: Callable[[str, str], str]) -> ClockLine:
    return ClockLine(
        kind=item["kind"],
        state=item["state"],
        due=item["due_at"],
        warn=item["warn_at"],
        budget=budget_words(item["budget"] or ""),
        next_step=next_step(item["ladder"], item["next_step"]) if item["next_step"] else "",
        next_at=item["next_at"],
        provisional=bool(item["provisional"]),
        unit=item["unit_name"] or "",
    )


def _task(line: HandLine) -> TaskLine:
    return TaskLine(
        role=line.role,
        unit=hand_name(line, language()),
        state=line.state,
        sent_at=line.sent_at,
        code=line.hand,
        acknowledged_at=line.acknowledged_at,
        arrived_at=line.arrived_at,
        done_at=line.done_at,
        text=mask_text(line.result or line.reason),
        people=line.people,
        asked=mask_text(line.instruction),
        due_kind=line.due_kind,
        due=line.due_at,
    )
