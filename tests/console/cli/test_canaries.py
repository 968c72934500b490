"""No command lets personal data out: it is planted in every text that a street takes down, and looked for in all
that is printed, told, logged and kept."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from console.app import ZhihuiApp
from console.backend.store import StoreBackend
from console.backend.wall import WallBackend
from console.cli import words
from console.cli.on_record import PAGES
from console.entry import main
from console.wall.app import LOOK_EVERY, WallApp
from console.wall.view import EVERY
from core.clock import SetClock
from core.desk.actor import Actor
from core.desk.desk import open_desk
from core.desk.notices import notice_row
from core.desk.orders import (
    Accept,
    Acknowledge,
    Archive,
    Ask,
    Assess,
    CallBack,
    Check,
    Complete,
    Decline,
    Dispatch,
    GradeIncident,
    Handle,
    Join,
    Link,
    Note,
    Order,
    Refuse,
    Remind,
    Report,
    ReportUp,
    Request,
    Return,
    Supervise,
    Void,
)
from core.desk.work import Message
from core.engine.loop import Engine
from data.errors import NotAllowed
from data.location import locate
from data.queries.tickets import ticket_id
from data.store import Store
from data.tables import Notice
from data.terms import Grade, RequestKind, ReturnReason, Satisfaction, Severity, UpwardForm
from tests.console.cli.canaries import ADDRESS, LINE, MOBILE, NAME, SHORT, TEXT, leaks
from tests.console.cli.conftest import Run, Street, fill_street
from tests.console.counting import CountingDriver, count_output
from tests.console.pilots import ready, screen_text, until
from tests.console.terminal.test_whole_screen import OPENED
from tests.console.wall.street import settle, wall_text
from tests.made_stores import MadeStores
from tests.street import START

MAIN, CLOSED = "20261120-0005", "20261120-0006"
NO_TICKETS = frozenset(("views", "help", "palette", "jump", "next panel", "map", "trend", "next event"))
"""Stops of a walk through the console that show none."""
READING = {
    "ticket list": "json",
    "ticket list --all --csv": "text",
    "ticket list --all --jsonl": "text",
    "audit log --csv": "text",
    f"ticket list --where {MOBILE}": "json",
    f"ticket show {MAIN}": "json",
    f"ticket show {CLOSED}": "json",
    f"ticket log {MAIN}": "json",
    f"ticket log {CLOSED}": "json",
    f"ticket hands {MAIN}": "json",
    f"ticket replay {MAIN}": "json",
    f"ticket duplicates {MAIN}": "json",
    f"ticket explain {MAIN}": "json",
    "sweep list": "json",
    "sweep show 20261120-0011": "json",
    "hazard list": "json",
    "hazard show 1": "json",
    "hazard export": "text",
    "hazard report": "json",
    "broadcast list": "json",
    "broadcast show 1": "json",
    "emergency status": "json",
    "emergency history": "json",
    "emergency log": "json",
    f"emergency report {MAIN}": "text",
    "phone list": "json",
    "phone show 1": "json",
    "meeting list": "json",
    f"meeting show {MAIN}": "json",
    f"consult show {MAIN}": "json",
    f"consult opinions {MAIN}": "json",
    f"mediate show {MAIN}": "json",
    f"review show {CLOSED}": "json",
    "review pending": "json",
    "review follow-ups": "json",
    f"review export {CLOSED}": "text",
    "device list": "json",
    "device show D1": "json",
    "device refused": "json",
    f"permission explain li accept {MAIN}": "json",
    "grant list": "json",
    "break-glass list": "json",
    "duty show": "json",
    "duty now": "json",
    "duty week": "json",
    "duty check": "json",
    "handover show": "json",
    "handover list": "json",
    "handover print": "text",
    "handover export": "text",
    f"plan recommend {MAIN}": "json",
    "plan status": "json",
    f"plan status {MAIN}": "json",
    "engine status": "json",
    "engine once": "json",
    "engine dry-run": "json",
    "engine audit": "json",
    "report overview": "json",
    "report monthly": "json",
    "report custody": "json",
    f"report custody {MAIN}": "json",
    "report ontime": "json",
    "report sources": "json",
    "report alerts": "json",
    "report lists": "json",
    "report requests": "json",
    "report meetings": "json",
    "personal due": "json",
    "personal holds": "json",
    "personal erased": "json",
    "audit head": "json",
    "audit verify": "json",
    "audit log": "json",
    "db info": "json",
    "db check": "json",
    "db backups": "json",
    "db drill": "json",
    "doctor": "json",
    f"ticket undo {MAIN} --dry-run": "json",
    f"ticket note {MAIN} --text {TEXT.replace(' ', '')} --dry-run": "json",
    f"ticket refuse {MAIN} --reason {TEXT.replace(' ', '')}": "json",
}
"""What is printed, and whether as JSON too. The other forms have the same records."""
APART = frozenset(
    (
        *("matter", "org", "signal", "lists", "calendar", "account", "session", "sign-in", "sign-out", "ssh", "batch"),
        *("import", "export", "keys", "theme", "demo", "train", "wall", "observe"),
    )
)
"""Nouns about no citizen, screens, and those whose own tests look at what they write."""
MASKED = 20
"""Outputs at least in which a name and a number stand masked."""
SHOWN = 15
"""Stops at least at which one stands masked."""
READS = ("list", "show", "log", "hands", "replay", "explain", "history", "status", "opinions", "print", "pending")
"""What commands that only read are called."""
NO_CITIZEN = ("permission list", "plan list", "plan show")


@pytest.fixture
def street(made_stores: MadeStores, tmp_path: Path) -> Iterator[Street]:
    """A copy of a street in which every text holds personal data, three hours later."""
    with made_stores.copy(planted, "sqlite", tmp_path / "street.db") as (path, now):
        clock = SetClock(now + timedelta(hours=3))
        desk = open_desk(Store(locate(path)), clock)
        yield Street(path, desk, clock)
        desk.store.close()


def planted(store: Store) -> datetime:
    """Fill a new store; gives its time then."""
    fill_street(store)
    clock = SetClock(START + timedelta(minutes=6))
    plant(Street(str(store.path), open_desk(store, clock), clock))
    return clock.now()


def plant(street: Street) -> None:
    """Through the desk, then by commands."""
    desk = street.desk
    officers = [desk.actor(name) for name in ("zhang", "li", "wang", "chen")]

    def do(*orders: Order) -> None:
        """By the first officer who may."""
        for order in orders:
            assert any(done(order, officer) for officer in officers), order
            street.clock.advance(minutes=1)

    def done(order: Order, officer: Actor) -> bool:
        try:
            desk.do(order, officer)
        except NotAllowed:
            return False
        return True

    def report(number: int) -> str:
        given = {"reporter_name": NAME, "reporter_phone": MOBILE, "address": ADDRESS, "origin": "hotline"}
        order = Report(title=LINE, body=TEXT, community="C01", grid="G01", external_id=str(number), **given)
        return desk.do(order, officers[0]).ticket

    def out(code: str, *assist: str) -> None:
        do(Accept(ticket=code, note=TEXT), Assess(ticket=code, matter="BJ0101", note=TEXT))
        do(Dispatch(ticket=code, to="CSGX", assist=list(assist), instruction=TEXT), Acknowledge(ticket=code))

    assert [report(1), report(2)] == [MAIN, CLOSED]
    out(MAIN, "GHJS=" + TEXT)
    do(Handle(ticket=MAIN, note=TEXT), Remind(ticket=MAIN, note=TEXT), Ask(ticket=MAIN, note=TEXT))
    do(Request(ticket=MAIN, kind=RequestKind.EXTENSION, reason=TEXT))
    do(Supervise(ticket=MAIN, note=TEXT), Decline(ticket=MAIN, reason=TEXT))
    do(GradeIncident(ticket=MAIN, grade=Grade.I, reason=TEXT))
    do(ReportUp(ticket=MAIN, form=UpwardForm.PHONE, to=LINE, text=TEXT), Note(ticket=MAIN, text=TEXT))
    out(CLOSED)
    do(Complete(ticket=CLOSED, outcome=TEXT, public_reply=TEXT))
    do(Check(ticket=CLOSED, passed=True, note=TEXT))
    do(CallBack(ticket=CLOSED, result=Satisfaction.SATISFIED, note=TEXT), Archive(ticket=CLOSED, note=TEXT))
    others = [report(number) for number in (3, 4, 5, 6)]
    do(Join(ticket=others[0], into=MAIN, reason=TEXT), Refuse(ticket=others[1], reason=TEXT))
    do(Link(ticket=others[2], other=MAIN, tie="related"), Void(ticket=others[2], reason=TEXT))
    out(others[3])
    do(Return(ticket=others[3], code=ReturnReason.NOT_OURS, reason=TEXT))
    for officer, command in PLANTED:
        assert main([*command, "--store", street.path, "--as", officer], street.clock) == 0, command
    words.choose("")


PLANTED = (
    ("wang", ("hazard", "add", "--what", TEXT, "--place", ADDRESS, "--household", "1单元8765室", "--owner-name", NAME,
              "--owner-phone", MOBILE, "--unit", "G01", "--remedy-by", LINE, "--no-ticket")),
    ("wang", ("broadcast", "send", LINE, "--text", TEXT, "--everybody")),
    ("zhang", ("broadcast", "seen", "1", "--unit", "G01", "--note", TEXT)),
    ("zhang", ("phone", "add", "--place", ADDRESS, "--course", TEXT, "--name", NAME, "--phone", MOBILE, "--ticket",
               MAIN, "--told", TEXT)),
    ("zhang", ("phone", "follow", "1", "--measures", TEXT)),
    ("zhang", ("emergency", "note", TEXT)),
    ("chen", ("emergency", "declare", "--grade", "iv", "--reason", SHORT, "--ticket", MAIN)),
    ("chen", ("emergency", "regrade", "--grade", "iii", "--reason", TEXT)),
    ("wang", ("device", "add", "D1", "--kind", "door", "--person", NAME, "--phone", MOBILE, "--address", ADDRESS,
              "--unit", "G01")),
    ("zhang", ("ticket", "convene", MAIN, "--place", LINE, "--agenda", TEXT, "--at", "2026-11-21 10:00", "--outside",
               LINE, "--call", "CSGX")),
    ("zhang", ("ticket", "consult", MAIN, "--subject", LINE, "--kind", "opinions", "--closes", "2026-11-22", "--body",
               TEXT, "--option", LINE[:60])),
    ("zhang", ("ticket", "collect", MAIN, "--choice", LINE[:60], "--name", NAME, "--household", "8-2-8765", "--words",
               TEXT)),
    ("zhang", ("ticket", "mediate", MAIN, "--parties", LINE, "--words", TEXT, "--outcome", "agreed", "--follow",
               TEXT)),
    ("wang", ("ticket", "review-open", CLOSED, "--reason", TEXT)),
    ("zhang", ("sweep", "start", MAIN, "--title", LINE, "--instruction", TEXT, "--community", "C01")),
    ("wang", ("personal", "hold", CLOSED, "--reason", TEXT)),
    ("zhang", ("ticket", "reveal", MAIN, "phone", "--reason", TEXT)),
    ("zhang", ("ticket", "find-number", MOBILE, "--reason", TEXT)),
    ("zhang", ("break-glass", "take", "shift_leader", "--reason", TEXT)),
    ("chen", ("grant", "give", "li", "shift_leader", "--reason", TEXT)),
    ("chen", ("duty", "leave", "li", "--from", "2026-11-22", "--until", "2026-11-23", "--note", LINE)),
    ("zhang", ("handover", "pack")),
    ("zhang", ("handover", "note", TEXT)),
    ("zhang", ("handover", "give")),
    ("wang", ("handover", "refuse", "--reason", TEXT)),
    ("zhang", ("audit", "log", "--ticket", LINE)),
)  # fmt: skip
"""By whom, and the command."""


def test_nothing_that_is_planted_comes_out(run: Run, street: Street, caplog: pytest.LogCaptureFixture) -> None:
    assert run("engine", "once").code == 0
    found, masked = [], 0
    for number, (command, forms) in enumerate(READING.items()):
        for form in ("", "--json") if forms == "json" else ("",):
            language = ("zh", "en")[(number + bool(form)) % 2]
            ended = run(*command.split(), *([form] if form else []), "--lang", language)
            if escaped := leaks(ended.out + ended.err):
                found.append((command, form, language, escaped))
            masked += "欧**珍" in ended.out and "139****1234" in ended.out
    assert found == []
    assert masked >= MASKED, "the places where it would stand"
    assert leaks(caplog.text) == []
    with street.desk.store.reader() as reader:
        for kept in (
            "SELECT title, title_en, body FROM notice WHERE centre_id = :centre",
            "SELECT target, body FROM access_event WHERE centre_id = :centre",
            "SELECT body FROM ticket_event WHERE centre_id = :centre AND kind IN ('show_field', 'find_number')",
        ):
            rows = reader.rows(kept, centre=1)
            assert rows
            assert [row for row in rows if leaks(str(row))] == []
        log = reader.rows(
            "SELECT target, body FROM access_event WHERE centre_id = :centre AND actor = 'zhang'", centre=1
        )
    seen = "\n".join(str(row) for row in log)
    read = {path for path in PAGES for command in READING if command.startswith(path)}
    assert len(read) >= len(PAGES) - 2, "all but two of the pages that are put on record"
    assert {path for path in read if path not in seen} == set()


async def test_no_screen_gives_it_away(street: Street, monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    """On the screen, in what is sent to the terminal, in screenshots, and in what is kept of the work."""
    count_output(monkeypatch)
    break_the_glass(street)
    backend = StoreBackend(street.desk.store.url, street.clock, street.desk.now, None, "wang")
    backend.start = backend.desk  # type: ignore[method-assign, assignment]  # no engine: the clock stands still
    app = ZhihuiApp(backend, street.desk.now)
    found, masked = [], 0
    async with app.run_test(size=(160, 50)) as pilot:
        await ready(pilot)
        for place, keys in OPENED.items():
            if place in NO_TICKETS:
                continue
            for key in keys:
                before = app._number
                await pilot.press(key)
                await until(pilot, lambda: app._number > before and not app._busy_since and not app._held_since, place)  # noqa: B023
            assert isinstance(app._driver, CountingDriver)
            shown = screen_text(app)
            masked += "欧**珍" in shown
            # What was sent holds the terminal's title, its notifications and what was drawn for a moment alone.
            # A screenshot is drawn anew, from the widgets.
            if place != "queue":
                await until(pilot, lambda: "紧急授权" in words_of(app.export_screenshot()), "the line of break-glass")
            pictured = words_of(app.export_screenshot())
            found += [(place, gone) for text in (shown, app._driver.take(), pictured) if (gone := leaks(text))]
        app.drafts.save()
    backend.close()
    assert found == []
    assert masked >= SHOWN
    assert [path for path in home.rglob("*") if path.is_file() and leaks(path.read_text("utf-8", "replace"))] == []


async def test_no_page_of_the_wall_gives_it_away(street: Street) -> None:
    """Each page of it, an alarm about a planted ticket, and a screenshot of both."""
    break_the_glass(street)
    desk = street.desk
    engine = Engine(desk.store, street.clock, desk.centre_id)
    engine.once(send=False)  # a silent engine would stand in the line of break-glass
    backend = WallBackend(desk.store.url, street.clock, desk.now, None)
    app = WallApp(backend, desk.now)
    pages: list[str] = []
    async with app.run_test(size=(160, 50)) as pilot:
        await until(pilot, lambda: bool(app.wall.page))
        await settle(pilot, app)
        for _page in range(len(app.wall._pages)):
            pages += [wall_text(app), words_of(app.export_screenshot())]
            street.clock.advance(seconds=EVERY)  # the page turns; emergency and break-glass take turns in their line
            await settle(pilot, app)
        message = Message("ladder", Severity.ALARM, TEXT, TEXT)
        with desk.store.reader() as reader:
            number = ticket_id(reader, 1, MAIN)
        with desk.store.write() as connection:
            connection.execute(insert(Notice).values(notice_row(message, None, "console", 1, number, 1, desk.now())))
        for _beat in range(2):  # it is read at one and shown at the next
            street.clock.advance(seconds=LOOK_EVERY)
            await settle(pilot, app)
        assert app.wall._alarm is not None
        pages += [wall_text(app), words_of(app.export_screenshot())]
    backend.close()
    engine.close()
    read = ["".join(page.split()) for page in pages]
    assert sum(MAIN in page for page in read) >= 4, "pages and alarm, as drawn and in a screenshot"
    assert sum("紧急授权" in page for page in read) >= 2
    assert [gone for page in pages if (gone := leaks(page))] == []


def break_the_glass(street: Street) -> None:
    """Now, so that every screen says so, with the reason."""
    assert main(["break-glass", "take", "commander", "--reason", SHORT, "--store", street.path, "--as", "li"],
                street.clock) == 0  # fmt: skip
    words.choose("")


def words_of(svg: str) -> str:
    """What can be read in a screenshot: each styled piece is a text of its own."""
    return html.unescape(re.sub(r"<[^>]*>", "", svg[svg.index("<text") :])).replace("\xa0", " ")


def test_each_command_that_reads_is_looked_at() -> None:
    from console.cli.root import NOUNS, Root

    for noun in NOUNS.keys() - APART:
        group = Root.entries[noun].build()
        for name in set(READS) & set(group.list_commands(None) if hasattr(group, "list_commands") else ()):
            path = f"{noun} {name}"
            assert path in NO_CITIZEN or any(one.startswith(path) for one in READING), path
