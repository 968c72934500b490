"""`zhihui meeting`: meetings about tickets: call them, take attendance, write minutes and decisions, list and show."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from console import output
from console.cli.frame import Entry, Group, built, new_app, session_of, single
from console.cli.options import Csv, Json, Jsonl, form_of, option, show_records
from console.cli.ticket import verb_entries
from console.cli.ticket_views import TicketCode
from console.cli.words import say
from console.exit_codes import OK

VERBS = ("classify", "convene", "put-off", "attend", "minutes", "decide", "publish")
BACK = 86_400
"""A meeting of yesterday whose minutes are not there is still to be seen."""


def list_command(
    context: typer.Context,
    everything: Annotated[bool, option("--all", zh="也列出已开、已取消的", en="those held or called off too")] = False,
    json: Json = False,
    jsonl: Jsonl = False,
    csv: Csv = False,
) -> int:
    """Coming meetings, the next one first."""
    from console.cli.meeting_text import LISTED, TITLES, meeting_record, term_label
    from console.cli.printing import moment
    from data.meeting_terms import MeetingKind, MeetingState
    from data.queries.meetings import coming_meetings, meetings_between

    session = session_of(context)
    form, reader, centre = form_of(json, jsonl, csv), session.reader(), session.centre_id()
    lines = (
        meetings_between(reader, centre, 0, 1 << 60)
        if everything
        else coming_meetings(reader, centre, session.now() - BACK)
    )
    records = [meeting_record(line) for line in lines]
    if not form:
        for line, record in zip(lines, records, strict=True):
            record["at"] = moment(line.meets_at, session.zone())
            record["kind"] = term_label(MeetingKind, line.kind)
            record["state"] = term_label(MeetingState, line.state)
    show_records(records, LISTED, form, TITLES, right=(1,), drop=(7, 5))
    return OK


def show_command(context: typer.Context, code: TicketCode, json: Json = False) -> int:
    """The meetings of a ticket: attendance, minutes, decisions, publication."""
    from console.cli.meeting_text import meeting_lines, meeting_record

    session, found = proceedings_of(context, code)
    if json:
        output.write_json([meeting_record(line, found) for line in found.meetings])
        return OK
    for line in found.meetings:
        for text in meeting_lines(line, found, session.zone()):
            output.say_line(text)
    if not found.meetings:
        output.remark(say("没有会议。", "There is no meeting."))
    return OK


def proceedings_of(context: typer.Context, code: str) -> tuple[Any, Any]:
    """The session, and all meetings, consultations and mediation rounds of a ticket."""
    from console.cli.ticket_codes import whole_code
    from data.queries.meetings import proceedings
    from data.queries.tickets import ticket_id

    session = session_of(context)
    reader, centre = session.reader(), session.centre_id()
    return session, proceedings(reader, centre, ticket_id(reader, centre, whole_code(session, code)))


def _view(name: str, function: Any, zh: str, en: str) -> Entry:
    return Entry(zh, en, lambda: single(function, name, zh, en))


class MeetingGroup(Group):
    """`zhihui meeting`: the verbs are those of `zhihui ticket`."""

    entries = {
        "list": _view("list", list_command, "将开的会议，按时间排序", "coming meetings by their time"),
        "show": _view(
            "show",
            show_command,
            "一件事件的会议：签到、纪要、议定、公示",
            "a ticket's meetings with all that belongs to them",
        ),
        **verb_entries(*VERBS),
    }


def build() -> Any:
    """The noun."""
    app = new_app(
        "会议：召集、签到、纪要、议定、公示", "meetings: call, attendance, minutes, decisions", cls=MeetingGroup
    )
    app.callback()(_noun)
    return built(app)


def _noun() -> None:
    """The group itself does nothing."""
