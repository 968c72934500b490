"""`zhihui ticket replay`: how a ticket stood at a moment, or each step of its life, rebuilt from its log."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from console import output
from console.cli import words
from console.cli.frame import session_of
from console.cli.instants import instant
from console.cli.options import Csv, Json, Jsonl, form_of, option, show_records
from console.cli.report_custody import span
from console.cli.ticket_hands import spoken
from console.cli.ticket_views import TicketCode
from console.exit_codes import OK
from core.accountability.mobilisation import Mobilisation, hand_name, mobilised, places_of, sentences
from core.accountability.rewind import Rewind, StoodThen
from core.accountability.rewind import Step as RewindStep
from data.errors import BadInput
from data.queries import tickets
from data.queries.listing import iso
from data.terms import ClockKind, ClockState, Holder, Stage, TaskRole, TaskState

At = Annotated[
    str, option("--at", zh="时刻，如 09:35 或 2026-11-20T09:35", en="a moment, such as 09:35 or 2026-11-20T09:35")
]
FIELDS = (
    *("step", "at", "minute", "verb", "actor", "actor_name", "stage", "holder", "unit", "unit_name"),
    *("due_kind", "due_at", "open_hands", "people", "late_clocks"),
)
TITLES = (
    *(("步", "Step"), ("时间", "Time"), ("第几分钟", "Minute"), ("操作", "What"), ("代码", "Code"), ("经办人", "Who")),
    *(("环节", "Stage"), ("在谁手中", "Hands"), ("单位编码", "Unit code"), ("单位", "Unit")),
    *(("时限类别", "Clock"), ("时限", "Due"), ("未完", "Open"), ("人数", "People"), ("超期", "Late")),
)
_OF_THE_DAY = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?")


def replay_command(
    context: typer.Context, code: TicketCode, at: At = "", json: Json = False, jsonl: Jsonl = False, csv: Csv = False
) -> int:
    """With --at the ticket as it stood then; without it every step of its life."""
    from console.cli.ticket_codes import whole_code
    from console.cli.ticket_record import note_read

    session = session_of(context)
    form = form_of(json, jsonl, csv)
    reader, centre, zone = session.reader(), session.centre_id(), session.zone()
    whole = whole_code(session, code)
    note_read(session, whole, "replay")
    ticket = tickets.ticket_id(reader, centre, whole)
    rewind = Rewind(reader, centre, ticket)
    if not at:
        _show_steps(rewind, form, zone)
        return OK
    if form in ("jsonl", "csv"):
        raise BadInput("format", "一个时刻只能输出文字或 JSON。", "A moment is printed as text or as JSON.")
    moment = _moment(at, rewind.first_at, zone)
    stood = rewind.at(moment)
    if stood is None:
        raise BadInput("before-report", "那时还没有上报。", "It had not been reported by then.")
    found = mobilised(stood.ticket, stood.tasks, stood.clocks, places_of(reader, centre, ticket), moment)
    if form:
        output.write_json(_record(rewind, stood, found))
    else:
        _print(rewind, stood, found, zone)
    return OK


def _moment(text: str, reported_at: int, zone: str) -> int:
    """An instant; a time alone is the first such time from the report on."""
    found = _OF_THE_DAY.fullmatch(text.strip())
    if found is None:
        return instant(text, zone)
    local = datetime.fromtimestamp(reported_at, ZoneInfo(zone))
    hour, minute, second = (int(part or 0) for part in found.groups())
    named = local.replace(hour=hour, minute=minute, second=second)
    # To the minute: what was reported at 09:16:30 is there at 09:16.
    if found[3] is None and named.replace(second=59) >= local:
        named = max(named, local)
    return int((named if named >= local else named + timedelta(days=1)).timestamp())


# ------------------------------------------------------------------------------------------------ steps


def _show_steps(rewind: Rewind, form: str, zone: str) -> None:
    from console.cli.printing import moment, verb_label

    records = []
    for step in rewind.walk():
        record = _step(step, rewind.first_at)
        if not form:
            record["at"] = moment(step.event["at"], zone)
            record["due_at"] = moment(step.ticket["due_at"], zone) if record["due_at"] else ""
            record["verb"] = verb_label(record["verb"])
            record["stage"] = words.named(Stage, record["stage"])
            record["holder"] = words.named(Holder, record["holder"])
            record["due_kind"] = words.named(ClockKind, record["due_kind"])
        records.append(record)
    show_records(records, FIELDS, form, TITLES, right=(0, 2, 12, 13, 14), drop=(4, 8, 7, 10, 11, 12, 13))


def _step(step: RewindStep, first_at: int) -> dict[str, Any]:
    event, ticket = step.event, step.ticket
    return {
        "step": event["seq"],
        "at": iso(event["at"]),
        "minute": (event["at"] - first_at) // 60,
        "verb": event["kind"],
        "actor": event["actor"],
        "actor_name": event["actor_name"] or "",
        "stage": ticket["stage"],
        "holder": ticket["holder"],
        "unit": ticket["holder_code"],
        "unit_name": ticket["holder_name"],
        "due_kind": ticket["due_kind"],
        "due_at": iso(ticket["due_at"]) if ticket["due_kind"] else None,
        "open_hands": step.open_hands,
        "people": step.people,
        "late_clocks": step.late,
    }


# ------------------------------------------------------------------------------------------------ one moment


def _record(rewind: Rewind, stood: StoodThen, found: Mobilisation) -> dict[str, Any]:
    ticket = stood.ticket
    flags = {name: bool(ticket[name]) for name in ("supervised", "direct", "confidential")}
    return {
        "ticket": ticket["code"],
        "at": iso(stood.at),
        "step": len(stood.events),
        "steps": len(rewind.events),
        "last": stood.events[-1]["kind"],
        "stage": ticket["stage"],
        "tier": ticket["tier"],
        "urgency": ticket["urgency"],
        **flags,
        "pending": ticket["pending"],
        "holder": ticket["holder"],
        "unit": ticket["holder_code"],
        "unit_name": ticket["holder_name"],
        "officer_name": ticket["holder_officer_name"],
        "due_kind": ticket["due_kind"],
        "due_at": iso(ticket["due_at"]) if ticket["due_kind"] else None,
        "minutes": found.minutes,
        "people": found.people,
        "hands": [
            {
                **{name: getattr(line, name) for name in ("no", "role", "hand", "unit", "officer", "state", "people")},
                **{name: iso(getattr(line, name)) for name in ("sent_at", "acknowledged_at", "arrived_at", "done_at")},
                "due_kind": line.due_kind,
                "due_at": iso(line.due_at),
            }
            for line in found.hands
        ],
        "clocks": [
            {
                **{name: row[name] for name in ("kind", "state", "budget", "unit_name")},
                "due_at": iso(row["due_at"]),
                "late_seconds": _late(row, stood.at),
            }
            for row in stood.clocks
        ],
        "custody": [
            {
                **{name: row[name] for name in ("no", "holder", "unit_code", "unit_name", "officer_name", "stage")},
                "from_at": iso(row["from_at"]),
                "to_at": iso(row["to_at"]),
            }
            for row in stood.custody
        ],
    }


def _late(clock: dict[str, Any], at: int) -> int:
    """Seconds past the deadline at that moment."""
    if clock["due_at"] is None or clock["state"] not in (ClockState.RUNNING, ClockState.MISSED):
        return 0
    return int(max(0, (at if clock["stopped_at"] is None else clock["stopped_at"]) - clock["due_at"]))


def _print(rewind: Rewind, stood: StoodThen, found: Mobilisation, zone: str) -> None:
    from console.cli.printing import moment, table, verb_label

    ticket = stood.ticket
    hands = ticket["holder_name"] or words.named(Holder, ticket["holder"])
    step = words.say(
        f"第 {len(stood.events)}/{len(rewind.events)} 步", f"step {len(stood.events)}/{len(rewind.events)}"
    )
    stage = words.named(Stage, ticket["stage"])
    output.say_line(f"{ticket['code']}  {moment(stood.at, zone)}  {step} {verb_label(stood.events[-1]['kind'])}")
    output.say_line(words.say(f"环节：{stage}  在谁手中：{hands}", f"Stage: {stage}  Held by: {hands}"))
    for text in sentences(found, spoken()):
        output.say_line(text)
    header = words.say("任务 承办 状态 人数 签收 到场 完成", "Task Hand State People Acknowledged Arrived Done").split()
    if found.hands:
        output.say_line("")
        table(
            header,
            [
                (
                    words.label(TaskRole(line.role)),
                    hand_name(line, spoken()),
                    words.label(TaskState(line.state)),
                    str(line.people or ""),
                    *(
                        "" if at is None else moment(at, zone)
                        for at in (line.acknowledged_at, line.arrived_at, line.done_at)
                    ),
                )
                for line in found.hands
            ],
            right=(3,),
            drop=(4, 6),
        )
    running = [row for row in stood.clocks if row["state"] in (ClockState.RUNNING, ClockState.PAUSED)]
    if running:
        output.say_line("")
        header = words.say("计时 单位 状态 时限 已超", "Clock Unit State Due Late").split()
        table(
            header,
            [
                (
                    words.label(ClockKind(row["kind"])),
                    row["unit_name"],
                    words.label(ClockState(row["state"])),
                    "" if row["due_at"] is None else moment(row["due_at"], zone),
                    span(late) if (late := _late(row, stood.at)) else "",
                )
                for row in running
            ],
        )
