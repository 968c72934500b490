"""Meetings, consultations with residents and mediation rounds as records for programs and as lines for people.

Personal data is masked: names, numbers of households, and what stands in free text.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from console.cli import words
from console.cli.printing import moment
from core.rules.opinions import change_in_percent
from data.masking import mask_address, mask_name, mask_text
from data.meeting_terms import AskKind, AskState, Attendance, MediationOutcome, MeetingKind, MeetingState, PublishedStep
from data.queries.listing import iso
from data.queries.meetings import (
    AttendeeLine,
    ConsultationLine,
    MediationLine,
    MeetingLine,
    OpinionLine,
    Proceedings,
    PublicationLine,
    ResolutionLine,
)
from data.terms import Stage, TaskState, Term

LISTED = ("ticket", "no", "kind", "state", "at", "place", "agenda", "convened_by")
TITLES = (
    *(("事件", "Ticket"), ("次", "No"), ("会议", "Meeting"), ("状态", "State"), ("时间", "At")),
    *(("地点", "Place"), ("议题", "Agenda"), ("召集", "Called by")),
)
_WORDS = frozenset({"words", "agenda", "reason", "minutes", "note", "place", "subject", "body", "result"}) | {
    *("parties", "follow", "followed"),
}


def meeting_record(line: MeetingLine, found: Proceedings | None = None) -> dict[str, Any]:
    """A meeting; with its attendance, decisions and publications where they were read."""
    record: dict[str, Any] = {
        "ticket": line.ticket,
        "no": line.no,
        "kind": line.kind,
        "state": line.state,
        "at": iso(line.meets_at),
        "place": mask_text(line.place),
        "agenda": "" if line.confidential and found is None else mask_text(line.agenda),
        "convened_by": line.convened_by,
    }
    if found is None:
        return record
    attendees = [item for item in found.attendees if item.meeting == line.no]
    return {
        **record,
        "put_off": line.put_off,
        "reason": mask_text(line.reason),
        "minutes": mask_text(line.minutes),
        "minutes_at": iso(line.minutes_at),
        "attendees": [_attendee(item) for item in attendees],
        "present": present(attendees),
        "decisions": [_resolution(item) for item in found.resolutions if item.meeting == line.no],
        "published": [_publication(item) for item in found.publications if item.meeting == line.no],
    }


def present(attendees: list[AttendeeLine]) -> int:
    """How many people were there."""
    return sum(item.people for item in attendees if item.state in (Attendance.CAME, Attendance.SENT))


def _attendee(item: AttendeeLine) -> dict[str, Any]:
    name = mask_text(item.hand) if item.outside else item.hand
    return {
        "name": name,
        "outside": item.outside,
        "state": item.state,
        "people": item.people,
        "note": mask_text(item.note),
    }


def _resolution(item: ResolutionLine) -> dict[str, Any]:
    return {
        "no": item.no,
        "words": mask_text(item.words),
        "owner": item.owner,
        "due_at": iso(item.due_at),
        "task": item.task_state,
        "child": item.child,
        "child_stage": item.child_stage,
    }


def _publication(item: PublicationLine) -> dict[str, Any]:
    return {
        "no": item.no,
        "step": item.step,
        "place": mask_text(item.place),
        "at": iso(item.published_at),
        "words": mask_text(item.words),
    }


def consultation_record(line: ConsultationLine, found: Proceedings) -> dict[str, Any]:
    """A consultation with its counts, figures and publication log."""
    record = {name: mask_text(value) if name in _WORDS else value for name, value in line._asdict().items()}
    record.update(opens_at=iso(line.opens_at), closes_at=iso(line.closes_at), concluded_at=iso(line.concluded_at))
    change = change_in_percent(line.before, line.after)
    return {
        **record,
        "options": [mask_text(one) for one in line.options],
        "tally": {mask_text(choice): count for choice, count in line.tally.items()},
        "change": None if change is None else str(change),
        "published": [_publication(item) for item in found.publications if item.consultation == line.no],
    }


def opinion_record(line: OpinionLine) -> dict[str, Any]:
    """An answer without what says whose it is."""
    return {
        "no": line.no,
        "household": mask_household(line.household),
        "name": mask_name(line.name),
        "choice": mask_text(line.choice),
        "words": mask_text(line.words),
        "received_at": iso(line.received_at),
    }


def mask_household(text: str) -> str:
    """A household with its building left: 8-2-***."""
    masked = mask_address(text)
    if masked != text:
        return masked
    head, sign, _ = text.rpartition("-")
    return f"{head}{sign}***" if head else "***"


def mediation_record(line: MediationLine) -> dict[str, Any]:
    """A round of mediation."""
    record = {name: mask_text(value) if name in _WORDS else value for name, value in line._asdict().items()}
    return {**record, "held_at": iso(line.held_at), "followed_at": iso(line.followed_at)}


# ------------------------------------------------------------------------------------------------ for people


def term_label(kind: type[Term], value: str) -> str:
    """The label of a stored word; the word itself where the kind does not know it."""
    return words.named(kind, value) if value else ""


def meeting_lines(line: MeetingLine, found: Proceedings, zone: str) -> Iterator[str]:
    """A meeting in lines."""
    kind, state = term_label(MeetingKind, line.kind), term_label(MeetingState, line.state)
    yield f"{line.no}. {kind}  {moment(line.meets_at, zone)}  {mask_text(line.place)}  {state}"
    yield from _said(("议题", "agenda"), line.agenda)
    yield from _said(("原因", "reason"), line.reason)
    attendees = [item for item in found.attendees if item.meeting == line.no]
    if attendees:
        yield words.say(f"   到会 {present(attendees)} 人", f"   {present(attendees)} people there")
    for item in attendees:
        name = words.say(item.name, item.name_en)
        name = mask_text(name) if item.outside else name
        people = words.say(f" {item.people} 人", f" {item.people} people") if item.people > 1 else ""
        note = f"  {mask_text(item.note)}" if item.note else ""
        yield f"   - {name}{people}  {term_label(Attendance, item.state)}{note}"
    yield from _said(("纪要", "minutes"), line.minutes)
    for decision in found.resolutions:
        if decision.meeting == line.no:
            yield _decision(decision, zone)
    yield from _published([item for item in found.publications if item.meeting == line.no], zone)


def _decision(item: ResolutionLine, zone: str) -> str:
    became = item.child or term_label(TaskState, item.task_state)
    if item.child:
        became += f" {term_label(Stage, item.child_stage)}"
    due = moment(item.due_at, zone)
    return words.say(
        f"   议定 {item.no}：{mask_text(item.words)}  {item.owner_name}  {due} 前  {became}",
        f"   decision {item.no}: {mask_text(item.words)}  {item.owner_name}  by {due}  {became}",
    )


def consultation_lines(line: ConsultationLine, found: Proceedings, zone: str) -> Iterator[str]:
    """A consultation in lines."""
    kind, state = term_label(AskKind, line.kind), term_label(AskState, line.state)
    span = f"{moment(line.opens_at, zone)} - {moment(line.closes_at, zone)}"
    yield f"{line.no}. {kind}  {mask_text(line.subject)}  {span}  {state}"
    yield from _said(("内容", "text"), line.body)
    asked = words.say(f"，应征求 {line.households} 户", f" of {line.households}") if line.households else ""
    yield words.say(
        f"   收到 {line.opinions} 条，{line.answered} 户{asked}",
        f"   {line.opinions} answers of {line.answered} households{asked}",
    )
    if line.tally:
        yield "   " + words.say("，", ", ").join(f"{mask_text(name)} {count}" for name, count in line.tally.items())
    if line.refused:
        yield words.say(f"   最近一份文件退回 {line.refused} 行", f"   {line.refused} rows of the last file rejected")
    yield from _said(("结果", "result"), line.result)
    if line.before:
        change = change_in_percent(line.before, line.after)
        share = "" if change is None else f" ({change:+}%)"
        yield f"   {line.before} -> {line.after} {mask_text(line.unit)}{share}"
    yield from _said(("原因", "reason"), line.reason)
    yield from _published([item for item in found.publications if item.consultation == line.no], zone)


def _published(items: list[PublicationLine], zone: str) -> Iterator[str]:
    for item in items:
        yield (
            f"   {words.say('公示', 'published')} {item.no}  {moment(item.published_at, zone)}"
            f"  {term_label(PublishedStep, item.step)}  {mask_text(item.place)}  {mask_text(item.words)}"
        )


def mediation_lines(line: MediationLine, zone: str) -> Iterator[str]:
    """A round of mediation in lines."""
    outcome = term_label(MediationOutcome, line.outcome)
    place = f"  {mask_text(line.place)}" if line.place else ""
    yield words.say(
        f"第 {line.no} 轮  {moment(line.held_at, zone)}{place}  {outcome}",
        f"round {line.no}  {moment(line.held_at, zone)}{place}  {outcome}",
    )
    yield from _said(("当事人", "parties"), line.parties)
    yield from _said(("调解人", "mediator"), line.mediator)
    yield from _said(("内容", "words"), line.words)
    yield from _said(("须履行", "must follow"), line.follow)
    if line.followed_at is not None:
        done = moment(line.followed_at, zone)
        yield words.say(f"   已履行 {done}：{mask_text(line.followed)}", f"   done {done}: {mask_text(line.followed)}")


def _said(label: tuple[str, str], text: str) -> Iterator[str]:
    if text:
        yield f"   {words.say(*label)}{words.say('：', ': ')}{mask_text(text)}"
