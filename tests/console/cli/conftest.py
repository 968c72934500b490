"""The small street on a clock that stands, and the real command on it, in this process or in one of its own."""

from __future__ import annotations

import hashlib
import io
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
from sqlalchemy import insert, select
from sqlmodel import SQLModel

from console.cli import words
from console.entry import main
from core.clock import SetClock
from core.desk.desk import Desk, open_desk
from core.desk.orders import Accept, Assess, Report
from data.location import locate
from data.store import Store
from data.tables import Appointment, Officer, table
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


FIRST, OWN = "blue-kettle-71-oak", "seven lamps at dusk"
"""The password that an account is given, and the one that its officer chooses then."""
Type = Callable[..., Ended]


@pytest.fixture
def typed(run: Run, monkeypatch: pytest.MonkeyPatch) -> Type:
    """A command with lines on standard input."""

    def call(*arguments: str, lines: tuple[str, ...] = (), officer: str | None = None) -> Ended:
        monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
        return run(*arguments, officer=officer)

    return call


@pytest.fixture
def required(street: Street, typed: Type) -> Type:
    """A centre that requires a sign-in: `an` is its security administrator, `zhang` has an account too."""
    with street.desk.store.write() as connection:
        connection.execute(
            insert(table(Officer)), {"centre_id": 1, "id": 90, "code": "an", "name": "安", "created_at": 0}
        )
        connection.execute(
            insert(table(Appointment)),
            {"centre_id": 1, "id": 90, "officer_id": 90, "unit_id": 1, "role": "security_admin", "from_at": 0},
        )
    assert typed("account", "policy", "--sign-in", "required", officer="an").code == 5, "nobody could turn back"
    for officer in ("an", "zhang"):
        made = typed("account", "add", officer, lines=(FIRST,), officer="an")
        assert made.code == 0, made.err
        owed = typed("sign-in", officer, lines=(FIRST, ""))
        assert (owed.code, "owes-password" in owed.err) == (4, True)
        assert typed("account", "password", officer, lines=(FIRST, "", OWN)).code == 0
    done = typed("account", "policy", "--sign-in", "required", "--json", officer="an")
    assert done.code == 0, done.err
    return typed


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
