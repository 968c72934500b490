"""`zhihui duty`: who is on duty, who is on leave."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from console import output
from console.cli import words
from console.cli.frame import built, command, new_app, session_of
from console.cli.instants import instant
from console.cli.options import Csv, Json, Jsonl, argument, form_of, option, show_records
from console.cli.session import Session
from console.exit_codes import OK
from data.masking import mask_text
from data.queries.listing import iso

if TYPE_CHECKING:
    from core.organisation.duty import DutyTime

app = new_app("值班：上岗、离岗、请假、名单", "duty: on, off, leave, who is there")

Officer = Annotated[str, argument("人员编号或姓名", "an officer, by code or name")]
From = Annotated[str, option("--from", zh="从何时，缺省现在", en="since when, by default now")]
Until = Annotated[str, option("--until", zh="到何时，缺省不定", en="until when, by default open")]
Note = Annotated[str, option("--note", zh="说明", en="a note")]
KINDS = {
    "shift": ("值班", "on duty"),
    "leave": ("请假", "away"),
    "swap": ("互换", "swapped"),
    "kept": ("未交清", "not signed"),
}
FIELDS = ("officer", "name", "kind", "role", "from_at", "to_at", "note")
TITLES = (
    *(("编号", "Officer"), ("姓名", "Name"), ("类别", "Kind"), ("角色", "Role")),
    *(("从", "From"), ("到", "To"), ("说明", "Note")),
)


def build() -> Any:
    """The noun."""
    from console.cli import duty_asks, duty_files, duty_roster, duty_week

    if "now" not in {one.name for one in app.registered_commands}:
        duty_roster.add_to(app)
        duty_asks.add_to(app)
        duty_files.add_to(app)
        duty_week.add_to(app)
    return built(app)


def _book(session: Session, work: Any) -> Any:
    from core.organisation.duty import DutyBook

    actor = session.actor()
    with session.store().write() as connection:
        return work(DutyBook(connection, session.desk().centre_id, session.now(), actor))


def _at(session: Session, text: str, default: int | None) -> int | None:
    return instant(text, session.zone()) if text else default


def _print(times: list[DutyTime], session: Session, form: str) -> None:
    from console.cli.printing import moment
    from data.terms import Role

    zone = session.zone()
    records = [{name: getattr(item, name) for name in FIELDS} for item in times]
    for record in records:
        record["note"] = mask_text(record["note"])
        for name in ("from_at", "to_at"):
            record[name] = iso(record[name]) if form else moment(record[name], zone)
        if not form:
            record["kind"] = words.say(*KINDS[record["kind"]]) if record["kind"] in KINDS else record["kind"]
            record["role"] = words.named(Role, record["role"])
    show_records(records, FIELDS, form, TITLES, drop=(0, 2), flow=True)


@command(app, "on", "上岗", "begin a shift")
def on(
    context: typer.Context,
    officer: Officer,
    role: Annotated[str, option("--role", zh="以何角色，缺省其首个值班角色", en="in which role")] = "",
    since: From = "",
    until: Until = "",
    note: Note = "",
    json: Json = False,
) -> int:
    """A shift of one officer."""
    session = session_of(context)
    begin, end = _at(session, since, session.now()) or 0, _at(session, until, None)
    made = _book(session, lambda book: book.on(officer, role, begin, end, note))
    _print([made], session, "json" if json else "")
    return OK


@command(app, "off", "离岗", "end a shift now")
def off(context: typer.Context, officer: Officer, json: Json = False) -> int:
    """The shift that lasts."""
    session = session_of(context)
    ended = _book(session, lambda book: book.end(officer, "shift", session.now()))
    _print(ended, session, "json" if json else "")
    return OK


@command(
    app,
    "leave",
    "登记请假（申请用 leave-ask）；--end 为销假",
    "write down a leave (to ask for one: leave-ask); --end comes back",
)
def leave(
    context: typer.Context,
    officer: Officer,
    since: From = "",
    until: Until = "",
    note: Note = "",
    end: Annotated[bool, option("--end", zh="销假", en="end the leave now")] = False,
    json: Json = False,
) -> int:
    """The ladder passes over whoever is away, and says so."""
    session = session_of(context)
    if end:
        times = _book(session, lambda book: book.end(officer, "leave", session.now()))
    else:
        begin, last = _at(session, since, session.now()) or 0, _at(session, until, None)
        times = [_book(session, lambda book: book.leave(officer, begin, last, note))]
    _print(times, session, "json" if json else "")
    return OK


@command(
    app,
    "swap",
    "A、B岗互换一段时间（换班次用 exchange）；--agree 同意，--end 结束",
    "A and B change places for a time (for shifts: exchange)",
)
def swap(
    context: typer.Context,
    one: Annotated[str, argument("A岗或B岗人员", "the A or B holder")],
    other: Annotated[str, argument("另一人", "the other of the two")],
    since: From = "",
    until: Annotated[str, option("--until", zh="到何时（必填）", en="until when (required)")] = "",
    reason: Annotated[str, option("--reason", zh="原因（必填）", en="why (required)")] = "",
    unit: Annotated[str, option("--unit", zh="岗位或板块编码", en="code of the post or section")] = "",
    agree: Annotated[bool, option("--agree", zh="同意对方提出的互换", en="agree to what the other asked for")] = False,
    end: Annotated[bool, option("--end", zh="结束或取消互换", en="end it now, or call it off")] = False,
    json: Json = False,
) -> int:
    """One of the two asks and the other agrees, or a leader sets it."""
    from core.organisation.swaps import SwapBook

    session = session_of(context)
    if agree and end:
        raise typer.BadParameter(words.say("--agree 与 --end 只能用一个", "--agree and --end exclude each other"))
    begin, last = _at(session, since, session.now()) or 0, _at(session, until, None)
    actor = session.actor()
    with session.store().write() as connection:
        book = SwapBook(connection, session.desk().centre_id, session.now(), actor)
        if agree:
            made = book.agree(one, other, unit)
        elif end:
            made = book.end(one, other, unit)
        else:
            made = book.ask(one, other, begin, last or 0, reason, unit)
    agreed = made.from_at if made.agreed else None
    line = _swapped(made.a, made.a_name, made.from_at, made.to_at, made.b_name, made.reason, agreed)
    _print([line], session, "json" if json else "")
    return OK


def _swapped(code: str, name: str, since: int, until: int, other: str, reason: str, agreed: int | None) -> DutyTime:
    """A swap as a line among the duties."""
    from core.organisation.duty import DutyTime

    waiting = "" if agreed is not None else words.say("（待对方同意）", " (not agreed yet)")
    return DutyTime(code, name, "swap", "", since, until, f"⇄ {other}{waiting} {reason}")


def _kept_on(session: Session, at: int) -> list[DutyTime]:
    """Who has left by the roster and is on duty still, as nobody has signed for the handover."""
    from core.desk.who_is_on import kept_turns
    from core.organisation.duty import DutyTime
    from data.queries.organisation import officer_codes

    reader, centre = session.reader(), session.centre_id()
    turns = kept_turns(reader, centre, at)
    names = officer_codes(reader, centre, {turn.officer_id for turn in turns})
    return [DutyTime(*names[one.officer_id], "kept", one.role, one.from_at, one.to_at, "") for one in turns]


@command(app, "show", "某一时刻谁在值班、谁请假", "who is on duty and who is away at a time")
def show(
    context: typer.Context,
    at: Annotated[str, option("--at", zh="时刻，缺省现在", en="when, by default now")] = "",
    json: Json = False,
    jsonl: Jsonl = False,
    csv: Csv = False,
) -> int:
    """Shifts first."""
    from core.organisation.duty import DutyTime

    session = session_of(context)
    moment = _at(session, at, session.now()) or 0
    rows = session.reader().rows(
        "SELECT o.code, o.name, d.kind, d.role, d.from_at, d.to_at, d.note FROM duty d"
        " JOIN officer o ON o.centre_id = d.centre_id AND o.id = d.officer_id"
        " WHERE d.centre_id = :centre AND d.from_at <= :at AND (d.to_at IS NULL OR d.to_at > :at)"
        " ORDER BY d.kind DESC, d.role, o.code",
        centre=session.centre_id(),
        at=moment,
    )
    form = form_of(json, jsonl, csv)
    swaps = session.reader().rows(
        "SELECT a.code, a.name, s.from_at, s.to_at, b.name, s.reason, s.agreed_at FROM duty_swap s"
        " JOIN officer a ON a.centre_id = s.centre_id AND a.id = s.a_id"
        " JOIN officer b ON b.centre_id = s.centre_id AND b.id = s.b_id"
        " WHERE s.centre_id = :centre AND s.from_at <= :at AND s.to_at > :at ORDER BY a.code",
        centre=session.centre_id(),
        at=moment,
    )
    found = [*_kept_on(session, moment), *(DutyTime(*row) for row in rows), *(_swapped(*row) for row in swaps)]
    _print(found, session, form)
    if not found:
        output.remark(words.say("没有人值班。", "Nobody is on duty."))
    return OK
