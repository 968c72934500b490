"""What cannot be put on record does not happen: commands that change the organisation, accounts and sessions,
that show or hand out personal data, with logs that take nothing in. Verbs and deeds are tried in tests/core/desk.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from core.desk.orders import Report
from core.desk.seen import mark_seen
from core.engine.webhook import set_webhook
from data.errors import StoreTrouble
from tests.console.cli.conftest import FIRST, OWN, Street, Type
from tests.unwritable import must_be_on_record

CHANGES, ACCESS, EVENTS = "organisation_event", "access_event", "ticket_event"


class Tried(NamedTuple):
    """A command, by whom, and the logs that it is put on; `lines` are what is typed."""

    words: tuple[str, ...]
    logs: set[str]
    officer: str | None = "chen"
    lines: tuple[str, ...] = ()
    before: tuple[tuple[str, ...], ...] = ()
    """Commands that come first, by the same officer."""


COMMANDS = {
    "rename": Tried(("org", "rename", "G01", "新网格", "--reason", "改名"), {CHANGES}),
    "leave": Tried(("duty", "leave", "zhang"), {CHANGES}),
    "shift": Tried(("duty", "on", "zhang", "--until", "2026-11-20 20:00"), {CHANGES}),
    "webhook": Tried(("engine", "webhook", "set", "http://127.0.0.1:9/"), {CHANGES}),
    "no webhook": Tried(
        ("engine", "webhook", "clear"), {CHANGES}, before=(("engine", "webhook", "set", "http://127.0.0.1:9/"),)
    ),
    "day": Tried(("calendar", "set-day", "2026-12-01", "holiday"), {CHANGES}),
    "device": Tried(("device", "add", "S1", "--kind", "smoke", "--unit", "G01", "--address", "建设路"), {CHANGES}),
    "account": Tried(("account", "add", "li"), {ACCESS}, lines=(FIRST,)),
    "policy": Tried(("account", "policy", "--hours", "6"), {ACCESS}),
    "look": Tried(("ticket", "show", "20261120-0004"), {ACCESS}, "zhang"),
    "history": Tried(("ticket", "log", "20261120-0004"), {ACCESS}, "zhang"),
    "reveal": Tried(("ticket", "reveal", "20261120-0004", "phone", "--reason", "回访"), {ACCESS, EVENTS}, "zhang"),
    "number": Tried(("ticket", "find-number", "5678", "--reason", "重复"), {ACCESS, EVENTS}, "zhang"),
    "export": Tried(("export", "{folder}/out.csv"), {ACCESS}, "zhang"),
    "audit export": Tried(("audit", "export", "{folder}/audit"), {ACCESS}),
    "audit log": Tried(("audit", "log"), {ACCESS}),
    "anchor": Tried(("audit", "anchor", "{folder}/heads.jsonl"), {ACCESS}),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_that_cannot_be_put_on_record_does_nothing(
    street: Street, typed: Type, tmp_path: Path, name: str
) -> None:
    tried, folder = COMMANDS[name], tmp_path / "out"
    folder.mkdir()
    for words in tried.before:
        assert typed(*words, officer=tried.officer).code == 0

    def act() -> None:
        words = [word.format(folder=folder) for word in tried.words]
        ended = typed(*words, lines=tried.lines, officer=tried.officer)
        if ended.code:
            assert ended.out == "", "nothing is shown"
            assert not list(folder.iterdir()), "nothing is handed out"
            raise StoreTrouble("command", ended.err, ended.err)

    must_be_on_record(street.desk.store, act, tried.logs)


def test_signing_in_and_out_and_failing_is_on_record_or_not_done(required: Type, street: Street) -> None:
    def sign(*words: str, lines: tuple[str, ...] = (), fails: int = 0) -> None:
        ended = required(*words, lines=lines)
        if ended.code != fails:
            raise StoreTrouble("command", ended.err, ended.err)

    store = street.desk.store
    must_be_on_record(store, lambda: sign("sign-in", "zhang", lines=(OWN, "")), {ACCESS})
    must_be_on_record(store, lambda: sign("sign-out"), {ACCESS})
    other = "green-ladder-52-ash"
    must_be_on_record(store, lambda: sign("account", "password", "zhang", lines=(OWN, "", other)), {ACCESS})
    must_be_on_record(store, lambda: sign("sign-in", "zhang", lines=("a wrong password", ""), fails=4), {ACCESS})


def test_a_notice_is_seen_on_record_or_not_at_all(street: Street) -> None:
    desk = street.desk
    chen = desk.actor("chen")
    with desk.store.write() as connection:
        set_webhook(connection, 1, "http://127.0.0.1:9/", "", chen, desk.now())
    desk.do(Report(title="领导交办", source="phone", direct=True), desk.actor("zhang"))
    with desk.store.reader() as reader:
        rows = reader.rows("SELECT id, channel FROM notice WHERE centre_id = :centre ORDER BY id", centre=1)
    console = next(number for number, channel in rows if channel == "console")
    must_be_on_record(desk.store, lambda: mark_seen(desk, console, "zhang"), {ACCESS})
