"""The same script gives the same rows, to the last hash, on SQLite and on PostgreSQL."""

from __future__ import annotations

import contextlib
import json
import random
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import ValidationError
from sqlmodel import SQLModel

import data.ids
from core.clock import SetClock
from core.desk.desk import Desk
from core.desk.orders import (
    Accept,
    Acknowledge,
    Archive,
    Arrive,
    Assess,
    CallBack,
    Check,
    Complete,
    Dispatch,
    Handle,
    HandUp,
    Note,
    Order,
    Pause,
    Remind,
    Report,
    Resume,
    Return,
    Void,
)
from data.errors import Refusal
from data.location import locate
from data.reader import Reader
from data.store import Store
from tests.street import START, small_street


def script(ticket: str, other: str, third: str) -> list[tuple[str, Order]]:
    """A ticket's whole life with a return and a rework, one that climbs, one that is void."""
    return [
        ("zhang", Accept(ticket=ticket)),
        ("zhang", Assess(ticket=ticket, matter="BJ0101")),
        ("zhang", Dispatch(ticket=ticket)),
        ("li", Acknowledge(ticket=ticket)),
        ("li", Return(ticket=ticket, code="not_ours", reason="不属本岗 ‘’“”")),
        ("zhang", Dispatch(ticket=ticket, to="城市更新岗")),
        ("li", Acknowledge(ticket=ticket)),
        ("zhang", Remind(ticket=ticket)),
        ("li", Arrive(ticket=ticket, people=3)),
        ("li", Handle(ticket=ticket, made_safe=True)),
        ("zhang", Pause(ticket=ticket, code="citizen", reason="等待居民在家")),
        ("zhang", Resume(ticket=ticket)),
        ("li", Complete(ticket=ticket, outcome="已补装", open_assist_reason="协办未到")),
        ("zhang", Check(ticket=ticket, passed=False, note="缺照片")),
        ("li", Complete(ticket=ticket, outcome="已补装")),
        ("zhang", Check(ticket=ticket, passed=True)),
        ("zhang", CallBack(ticket=ticket, result="satisfied")),
        ("zhang", Archive(ticket=ticket)),
        ("zhang", Accept(ticket=ticket)),
        ("zhao", HandUp(ticket=other, reason="网格办不了")),
        ("zhang", Remind(ticket=other)),
        ("wang", Void(ticket=third, reason="重复")),
        ("zhang", Void(ticket="20990101-0001", reason="没有")),
    ]


def run(url: str) -> tuple[list[str], dict[str, list[Any]]]:
    """What each order answered, and every row afterwards."""
    store = Store(url, create=True)
    clock = SetClock(START)
    desk = small_street(store, clock)
    answers: list[str] = []
    first = do(desk, answers, "zhang", Report(title="井盖缺失 [/] 🚧", source="phone", community="C01"))
    second = do(desk, answers, "zhao", Report(title="噪声", source="grid", grid="G01", tier="grid"))
    third = do(desk, answers, "zhang", Report(title="重复", source="phone"))
    for actor, order in script(first, second, third):
        clock.advance(minutes=2)
        do(desk, answers, actor, order)
    store.close()
    return answers, everything(url)


def do(desk: Desk, answers: list[str], actor: str, order: Order) -> str:
    try:
        receipt = desk.do(order, desk.actor(actor), key=f"key-{len(answers)}")
    except Refusal as refusal:
        answers.append(str(refusal))
        return ""
    answers.append(repr(receipt))
    return receipt.ticket


def everything(url: str) -> dict[str, list[Any]]:
    """Every row of every table as plain values."""
    with Reader(url) as reader:
        return {
            name: sorted(
                (plain(dict(zip(columns, row, strict=True))) for row in rows),
                key=lambda row: json.dumps(row, sort_keys=True),
            )
            for name in SQLModel.metadata.tables
            for columns, rows in [reader.columns(f'SELECT * FROM "{name}"', fanout=True)]
        }


def plain(row: dict[str, Any]) -> dict[str, Any]:
    """SQLite hands out JSON as text and truth as a number."""
    for name, value in row.items():
        if isinstance(value, str) and value[:1] in ("{", "["):
            row[name] = json.loads(value)
        elif isinstance(value, bool):
            row[name] = int(value)
    return row


@pytest.fixture
def drawn_again(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Ids as if drawn at one instant from one seed; call it before each run."""

    def draw() -> None:
        numbers = random.Random(7)
        nanoseconds = int(START.timestamp()) * 1_000_000_000
        monkeypatch.setattr(data.ids, "_state", {"last": 0})
        monkeypatch.setattr(data.ids, "time", SimpleNamespace(time_ns=lambda: nanoseconds))
        monkeypatch.setattr(data.ids, "secrets", SimpleNamespace(randbits=numbers.getrandbits))

    return draw


@pytest.mark.pg
def test_one_script_same_rows(tmp_path: Path, postgres_database: str, drawn_again: Any) -> None:
    drawn_again()
    answers, rows = run(locate(str(tmp_path / "store.db")))
    drawn_again()
    assert run(locate(postgres_database)) == (answers, rows)
    assert len(rows["ticket_event"]) == 24, "the script is not refused half-way"
    assert sum("Receipt" not in answer for answer in answers) == 2


@pytest.mark.parametrize(
    "words",
    ["\0", "\ud800", "字" * 20_000, "\x1b]52;c;aGk=\x07", "'; DROP TABLE ticket; --", "%s :centre %(x)s"],
    ids=["nul", "surrogate", "long", "escape", "quote", "percent"],
)
def test_hostile_text_is_kept_or_refused_alike(store_url: str, words: str) -> None:
    """PostgreSQL knows no NUL; neither store may fail with anything but a refusal, and nothing is half kept."""
    store = Store(locate(store_url), create=True)
    desk = small_street(store)
    kept = None
    try:
        receipt = desk.do(Report(title=f"井盖{words}", source="phone"), desk.actor("zhang"))
        kept = receipt.ticket
    except (Refusal, ValidationError):
        pass
    with store.reader() as reader:
        rows = reader.rows("SELECT code, title FROM ticket WHERE centre_id = :centre", centre=1)
    store.close()
    assert [row[0] for row in rows] == ([kept] if kept else [])
    if words in ("%s :centre %(x)s", "'; DROP TABLE ticket; --"):
        assert words in rows[0][1]


@pytest.mark.parametrize("code", ["\udcff", "a\0b", "x" * 100_000])
def test_hostile_codes_find_nothing(store_url: str, code: str) -> None:
    """What a command line can hand over: half a character, a NUL, far too much."""
    store = Store(locate(store_url), create=True)
    desk = small_street(store)
    actor = desk.actor("zhang")
    with store.reader() as reader, contextlib.suppress(Refusal):
        assert reader.rows("SELECT 1 FROM unit WHERE centre_id = :centre AND code = :code", centre=1, code=code) == []
    for attempt in (lambda: desk.actor(code), lambda: desk.do(Note.model_construct(ticket=code, text="x"), actor)):
        with pytest.raises(Refusal):
            attempt()
    store.close()
