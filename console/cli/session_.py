"""`zhihui session`: who is signed in, and ending that."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer

from console import output
from console.cli import words
from console.cli.frame import built, command, new_app, session_of
from console.cli.options import Csv, Json, Jsonl, argument, form_of, option, show_records
from console.cli.printing import moment
from console.exit_codes import OK
from core.desk.permissions import require_role
from core.identity.sessions import end_all, end_gone, end_session, live_sessions
from data.queries.listing import iso

app = new_app("会话：列出、结束", "sessions: list, end")

TITLE = ("查看、结束会话", "list and end sessions")
FIELDS = ("id", "officer", "name", "how", "address", "fingerprint", "terminal", "opened_at", "expires_at", "gone")
SHOWN = ("id", "officer", "how", "address", "terminal", "opened_at", "expires_at", "gone")
TITLES = (
    *(("会话", "Session"), ("人员", "Officer"), ("方式", "How"), ("来自", "From"), ("终端", "Terminal")),
    *(("登录", "Since"), ("到期", "Until"), ("状态", "State")),
)


def build() -> Any:
    """The noun."""
    return built(app)


@command(app, "list", "谁已登录", "who is signed in")
def list_command(context: typer.Context, json: Json = False, jsonl: Jsonl = False, csv: Csv = False) -> int:
    """By the security administrator. Sessions whose process is gone are marked, and ended with that."""
    session = session_of(context)
    form = form_of(json, jsonl, csv)
    actor, centre, now = session.actor(), session.desk().centre_id, session.now()
    require_role("sessions", *TITLE, actor)
    with session.store().read() as connection:
        found = live_sessions(connection, centre, now)
    if any(one.gone for one in found):
        session.store().run(lambda connection: end_gone(connection, centre, now, actor))
    zone, records = session.zone(), [asdict(one) for one in found]
    for record in records:
        for name in ("opened_at", "expires_at"):
            record[name] = iso(record[name]) if form else moment(record[name], zone)
        record["id"] = str(record["id"])
        if not form:
            record["gone"] = words.say("进程已不在", "gone") if record["gone"] else words.say("在线", "live")
    if records or form:
        show_records(records, FIELDS if form else SHOWN, form, TITLES, drop=(4, 3))
    else:
        output.remark(words.say("没有会话。", "There are no sessions."))
    return OK


@command(app, "end", "结束会话", "end a session, or every one of an officer")
def end(
    context: typer.Context,
    which: Annotated[str, argument("会话，或人员编号", "the session, or an officer by code")],
    reason: Annotated[str, option("--reason", zh="原因", en="why")] = "",
) -> int:
    """What that officer does next is refused."""
    session = session_of(context)
    desk, actor, now = session.desk(), session.actor(), session.now()
    require_role("sessions", *TITLE, actor)
    why = reason.strip() or "ended"
    if which.isascii() and which.isdigit() and len(which) < 20:
        desk.store.run(lambda connection: end_session(connection, desk.centre_id, int(which), now, actor, why))
        ended = 1
    else:
        owner = desk.actor(which).id or 0
        ended = desk.store.run(lambda connection: end_all(connection, desk.centre_id, owner, now, actor, why))
    output.remark(words.say(f"已结束 {ended} 个会话。", f"Sessions ended: {ended}."))
    return OK
