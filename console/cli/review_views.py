"""`zhihui review show|export|pending|follow-ups`: looking at after-action reviews. Personal data is masked."""

from __future__ import annotations

import sys
from shutil import get_terminal_size
from typing import Annotated, Any

import typer

from console import output
from console.cli import words
from console.cli.frame import session_of
from console.cli.handing_on import Format, Full, Why, papers, print_document
from console.cli.options import Csv, Json, Jsonl, form_of, option, show_records
from console.cli.session import Session
from console.cli.ticket_hands import spoken
from console.cli.ticket_views import TicketCode
from console.exit_codes import OK
from console.incident_chart import chart_rows, plain
from core.accountability.review import ReviewView, review_of
from core.accountability.review_words import ReviewWords
from data.masking import mask_text
from data.queries import reviews as queries
from data.queries import tickets
from data.queries.listing import iso
from data.terms import Urgency

PAPER = 92
"""Cells of a chart on paper."""
NARROWEST, WIDEST = 60, 160
PENDING_FIELDS = (
    *("ticket", "state", "why", "reported_at", "ended_at", "opened_at", "stage", "urgency", "grade"),
    *("supervised", "title"),
)
PENDING_TITLES = (
    *(("事件", "Ticket"), ("复盘", "Review"), ("因何", "Why"), ("上报", "Reported"), ("结束", "Ended")),
    *(("开启", "Opened"), ("环节", "Stage"), ("紧急程度", "Urgency"), ("等级", "Grade"), ("督办", "Supervised")),
    ("标题", "Title"),
)
FOLLOW_FIELDS = ("incident", "item", "ticket", "owner", "owner_name", "due_at", "stage", "done_at", "late", "text")
FOLLOW_TITLES = (
    *(("事件", "Incident"), ("第几项", "Item"), ("整改事件", "Ticket"), ("编码", "Code"), ("责任", "Owner")),
    *(("时限", "Due"), ("环节", "Stage"), ("完成", "Done"), ("超期", "Late"), ("内容", "What")),
)
Since = Annotated[str, option("--from", zh="只看此日以来上报的", en="only what was reported since that day")]


def show_command(context: typer.Context, code: TicketCode, json: Json = False) -> int:
    """The chart, what was late and whose, lessons, follow-up tasks."""
    session, view = _view(context, code)
    if json:
        output.write_json(_record(view))
        return OK
    width = get_terminal_size().columns if sys.stdout.isatty() else PAPER
    for line in plain(chart_rows(view, min(max(width, NARROWEST), WIDEST), session.zone(), spoken())):
        output.say_line(line)
    said = ReviewWords(spoken(), session.zone(), mask_text)
    parts = [
        (said.say("超期与归属", "What was late and whose"), [said.late(late) for late in view.late]),
        *((said.say(f"复盘 {row.no}", f"Review {row.no}"), said.review(row)) for row in view.reviews),
        (said.say("经验教训", "Lessons"), [said.lesson(row) for row in view.lessons]),
        (said.say("整改任务", "Follow-up tasks"), [said.follow_up(row, view.now) for row in view.follow_ups]),
    ]
    for title, rows in parts:
        if rows:
            output.say_line("")
            output.say_line(title)
        for label, text in rows:
            first, *rest = text.split("\n")
            output.say_line(f"  {label}  {first}")
            for line in rest:
                output.say_line(f"      {line}")
    if not view.reviews:
        output.remark(said.say("还没有开启复盘。", "No review has been opened."))
    return OK


def export_command(
    context: typer.Context, code: TicketCode, form: Format = "", full: Full = False, reason: Why = ""
) -> int:
    """The whole review as a document on stdout."""
    from console.cli.printing import verb_label
    from core.accountability.review_paper import review_document

    session, view = _view(context, code)
    writer = papers(session, full, reason, f"{words.say('复盘', 'review')} {view.ticket['code']}")
    figure = plain(chart_rows(view, PAPER, session.zone(), spoken()))
    print_document(review_document(writer, view, figure, verb_label), form)
    return OK


def pending_command(
    context: typer.Context, since: Since = "", json: Json = False, jsonl: Jsonl = False, csv: Csv = False
) -> int:
    """Graded, emergency and supervised tickets that ended without a review, and reviews that are not concluded."""
    from console.cli.instants import instant

    session = session_of(context)
    form = form_of(json, jsonl, csv)
    begin = instant(since, session.zone()) if since else 0
    rows = queries.pending(session.reader(), session.centre_id(), begin)
    said = ReviewWords(spoken(), session.zone(), mask_text)
    records = [_pending(row, said) for row in rows]
    if not form:
        _for_people(records, session, "reported_at", "ended_at", "opened_at")
        for row, record in zip(rows, records, strict=True):
            record["state"] = said.state(row.state)
            record["urgency"] = words.label(Urgency(row.urgency)) if row.urgency else ""
    show_records(records, PENDING_FIELDS, form, PENDING_TITLES, drop=(6, 7, 8, 9, 5, 3))
    return OK


def follow_ups_command(context: typer.Context, json: Json = False, jsonl: Jsonl = False, csv: Csv = False) -> int:
    """Every follow-up task that is not done, the nearest deadline first."""
    session = session_of(context)
    form = form_of(json, jsonl, csv)
    rows = queries.open_follow_ups(session.reader(), session.centre_id())
    records = [_follow_up(row, session.now()) for row in rows]
    if not form:
        _for_people(records, session, "due_at", "done_at")
    show_records(records, FOLLOW_FIELDS, form, FOLLOW_TITLES, right=(1,), drop=(3, 7, 0), flow=True)
    return OK


def _view(context: typer.Context, code: str) -> tuple[Session, ReviewView]:
    from console.cli.ticket_codes import whole_code
    from console.cli.ticket_record import note_read

    session = session_of(context)
    reader, centre = session.reader(), session.centre_id()
    whole = whole_code(session, code)
    note_read(session, whole, "review")
    ticket = tickets.ticket_id(reader, centre, whole)
    return session, review_of(reader, centre, ticket, session.now())


# ------------------------------------------------------------------------------------------------ records


def _record(view: ReviewView) -> dict[str, Any]:
    found = view.mobilised
    return {
        "ticket": view.ticket["code"],
        "from": iso(view.begin),
        "to": iso(view.end),
        "minutes": found.minutes,
        "minutes_to_arrival": found.minutes_to_arrival,
        "people": found.people,
        "bars": [
            {
                "group": bar.group,
                "name": bar.name,
                "word": bar.word,
                "people": bar.people,
                "spans": [[iso(begin), iso(end)] for begin, end in bar.spans],
                "marks": [[mark.kind, iso(mark.at)] for mark in bar.marks],
                "deadlines": [[line.kind, iso(line.due_at), iso(line.until)] for line in bar.deadlines],
                "late_seconds": bar.late_seconds(view.now),
            }
            for bar in view.bars
        ],
        "late": [
            {
                "kind": late.kind,
                "hand": late.hand,
                "due_at": iso(late.due_at),
                "ended_at": iso(late.ended_at),
                "seconds": late.seconds,
                "waived": late.waived,
                "whose": [share._asdict() for share in late.shares],
            }
            for late in view.late
        ],
        "held": [{"hands": kind, "name": name, "seconds": seconds} for kind, name, seconds in view.held],
        "reviews": [_masked(row._asdict()) for row in view.reviews],
        "lessons": [_masked(row._asdict()) for row in view.lessons],
        "follow_ups": [_follow_up(row, view.now) for row in view.follow_ups],
    }


def _masked(record: dict[str, Any]) -> dict[str, Any]:
    """Texts masked, instants in ISO 8601; names are those of the centre's own people."""
    plain_names = ("state", "opened_by", "concluded_by", "by")
    found: dict[str, Any] = {}
    for name, value in record.items():
        if name == "at" or name.endswith("_at"):
            found[name] = iso(value)
        else:
            found[name] = mask_text(value) if isinstance(value, str) and name not in plain_names else value
    return found


def _pending(row: queries.PendingRow, said: ReviewWords) -> dict[str, Any]:
    return {
        "ticket": row.code,
        "state": row.state,
        "why": said.why_major(row),
        "reported_at": iso(row.reported_at),
        "ended_at": iso(row.ended_at),
        "opened_at": iso(row.opened_at),
        "stage": row.stage,
        "urgency": row.urgency,
        "grade": row.grade,
        "supervised": row.supervised,
        "title": words.say("（保密）", "(confidential)") if row.confidential else mask_text(row.title),
    }


def _follow_up(row: queries.FollowUpRow, now: int) -> dict[str, Any]:
    return {
        "incident": row.incident,
        "item": row.no,
        "ticket": row.child,
        "owner": row.owner,
        "owner_name": row.owner_name,
        "due_at": iso(row.due_at),
        "stage": row.stage,
        "done_at": iso(row.done_at),
        "late": row.late(now),
        "text": mask_text(row.words),
    }


def _for_people(records: list[dict[str, Any]], session: Session, *instants: str) -> None:
    """Instants in the centre's zone and stages in words."""
    from console.cli.printing import moment_of, stage_label

    for record in records:
        record["stage"] = stage_label(record["stage"])
        for name in instants:
            record[name] = moment_of(record[name], session.zone()) if record[name] else ""
