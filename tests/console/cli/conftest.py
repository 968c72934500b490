"""The small street on a clock that stands, and the real command on it, in this process or in one of its own."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import SQLModel

from console.cli import words
from console.entry import main
from core.clock import SetClock
from core.desk.desk import Desk, open_desk
from core.desk.orders import Accept, Assess, Report
from data.location import locate
from data.store import Store
from tests.made_stores import MadeStores
from tests.street import START, small_street

GOLDEN = Path(__file__).parent / "golden"
WRITE = os.environ.get("ZHIHUI_GOLDEN") == "write"
"""Read before the tests' own environment hides it."""


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass
class Street:
    """A store with tickets, and the clock by which commands go."""

    path: str
    desk: Desk
    clock: SetClock

    def digest(self) -> str:
        """All rows of all tables: the same digest means that nothing has changed."""
        found = hashlib.sha256()
        with self.desk.store.read() as connection:
            for table in SQLModel.metadata.sorted_tables:
                for row in sorted(
                    map(repr, connection.execute(select(table), execution_options={"fanout": True}).all())
                ):
                    found.update(f"{table.name}{row}".encode())
        return found.hexdigest()


def fill_street(store: Store) -> None:
    """Four tickets: 0001 reported, 0002 accepted, 0003 assessed, 0004 reported with personal data."""
    clock = SetClock(START)
    desk = small_street(store, clock)
    zhang = desk.actor("zhang")
    for title in ("井盖缺失", "路灯不亮", "道路坑洼", "联系人王小明 电话13812345678 反映噪声"):
        desk.do(Report(title=title, community="C01", reporter_name="王小明", reporter_phone="13812345678"), zhang)
        clock.advance(minutes=1)
    for number in (2, 3):
        desk.do(Accept(ticket=f"20261120-000{number}"), zhang)
    clock.advance(minutes=1)
    desk.do(Assess(ticket="20261120-0003", matter="BJ0101"), zhang)


@pytest.fixture
def street(made_stores: MadeStores, tmp_path: Path) -> Iterator[Street]:
    """A copy of that street, six minutes after its first ticket."""
    with made_stores.copy(fill_street, "sqlite", tmp_path / "street.db") as (path, _):
        clock = SetClock(START + timedelta(minutes=6))
        desk = open_desk(Store(locate(path)), clock)
        yield Street(path, desk, clock)
        desk.store.close()


Run = Callable[..., Ended]


@pytest.fixture
def run(street: Street, capsys: pytest.CaptureFixture[str]) -> Run:
    """The real main() in this process, on the street's store and clock."""

    def call(*arguments: str, officer: str | None = "zhang") -> Ended:
        words.choose("")
        more = ["--store", street.path] if "--store" not in arguments else []
        more += ["--as", officer] if officer else []
        capsys.readouterr()
        try:
            code = main([*arguments, *more], street.clock)
        finally:
            words.choose("")
        found = capsys.readouterr()
        return Ended(code, found.out, found.err)

    return call


def process(arguments: Sequence[str], data: bytes | None = None, **more: Any) -> subprocess.CompletedProcess[bytes]:
    """The command in a process of its own."""
    environment = {**os.environ, **more.pop("env", {})}
    return subprocess.run(
        [sys.executable, "-m", "console", *arguments],
        input=data,
        capture_output=True,
        env=environment,
        timeout=60,
        cwd=Path(__file__).parents[3],
        **more,
    )


def golden(name: str, text: str) -> None:
    """Compare with a file under golden/, ids and hashes left out. ZHIHUI_GOLDEN=write writes it anew."""
    steady = re.sub(r"\b[0-9a-f]{64}\b", "HASH", re.sub(r"(\d\.)\d{15,}", r"\1ID", text))
    file = GOLDEN / name
    if WRITE:
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(steady.encode())
    assert steady == file.read_bytes().decode()
