"""Reports by the real command: figures to the second, periods, bad input, a narrow terminal."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from console.terminal.width import cells
from tests.console.cli.conftest import Run, Street, golden

TICKET = "20261120-0003"


def test_the_life_of_one_ticket(run: Run) -> None:
    life = run("report", "custody", TICKET, "--json").json
    assert [segment["stage"] for segment in life["segments"]] == ["reported", "accepted", "assessed"]
    assert sum(segment["seconds"] for segment in life["segments"]) == life["seconds"] == 240
    for one, following in zip(life["segments"], life["segments"][1:], strict=False):
        assert one["to_at"] == following["from_at"]
    assert life["to_at"] is None
    assert [row["no"] for row in run("report", "custody", TICKET, "--jsonl").lines] == [1, 2, 3]
    golden("custody_one_zh.txt", run("report", "custody", TICKET).out)
    golden("custody_one_en.txt", run("report", "custody", TICKET, "--lang", "en").out)


def test_totals(run: Run) -> None:
    rows = run("report", "custody", "--by", "stage", "--json").json
    lives = [run("report", "custody", f"20261120-000{number}", "--json").json["seconds"] for number in (1, 2, 3, 4)]
    assert sum(row["seconds"] for row in rows) == sum(lives)
    golden("custody_zh.txt", run("report", "custody", "--by", "stage").out)
    golden("custody.csv.raw", run("report", "custody", "--by", "stage", "--csv").out)
    assert run("report", "custody", "--by", "post").out == run("report", "custody", "--by", "unit").out


def test_filters_take_codes_and_labels(run: Run) -> None:
    def stages(*options: str) -> list[str]:
        return [row["key"] for row in run("report", "custody", "--by", "stage", "--json", *options).json]

    assert stages("--stage", "accepted") == stages("--stage", "待研判") == ["accepted"]
    assert stages("--community", "一社区") == stages("--community", "C01") == stages()
    assert stages("--unit", "CSGX") == []
    assert stages("--where", "matter=BJ0101") == stages("--where", f"code={TICKET}")


def test_periods(run: Run) -> None:
    def reported(*options: str) -> int:
        return sum(row["reported"] for row in run("report", "sources", "--json", *options).json)

    assert reported("--period", "2026-11") == reported("--from", "2026-11-20", "--to", "2026-11-20") == 4
    assert reported("--from", "2026-11-20") == reported("--to", "2026-11-20") == reported() == 4
    assert reported("--to", "2026-11-19") == reported("--period", "2026-12") == 0


def test_on_time(run: Run) -> None:
    golden("ontime_zh.txt", run("report", "ontime", "--by", "community").out)
    golden("ontime.json", run("report", "ontime", "--by", "source", "--json").out)
    assert len(run("report", "ontime", "--json").json) == 1


BAD: dict[str, tuple[int, str, Sequence[str]]] = {
    "unknown dimension": (2, "by", ["custody", "--by", "colour"]),
    "unknown tier": (2, "tier", ["custody", "--tier", "sky"]),
    "unknown stage": (2, "stage", ["custody", "--stage", "\x1b[2J"]),
    "unknown unit": (3, "unit-unknown", ["custody", "--unit", "NOPE\x07"]),
    "a unit that is no community": (3, "community-unknown", ["custody", "--community", "CSGX"]),
    "unknown person": (3, "officer-unknown", ["custody", "--person", "x" * 5000]),
    "unknown ticket": (3, "ticket-unknown", ["custody", "20261120-0099"]),
    "a ticket and a filter": (2, "one-ticket", ["custody", TICKET, "--by", "tier"]),
    "two periods": (2, "period-twice", ["ontime", "--period", "2026", "--from", "2026-01-01"]),
    "no date": (2, "period", ["sources", "--from", "yesterday"]),
    "backwards": (2, "period", ["sources", "--from", "2026-11-02", "--to", "2026-11-01"]),
    "year nine thousand": (2, "period", ["sources", "--period", "9999"]),
    "bad filter": (2, "filter-field", ["ontime", "--where", "colour=red"]),
    "two formats": (2, "format", ["sources", "--json", "--csv"]),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input(run: Run, name: str) -> None:
    exit_code, refusal, arguments = BAD[name]
    ended = run("report", *arguments)
    assert (ended.code, ended.out) == (exit_code, "")
    assert f"[{refusal}]" in ended.err
    assert len(ended.err) < 1000
    assert not {"\x1b", "\x07"} & set(ended.err)


def test_a_narrow_terminal(street: Street) -> None:
    """Texts give way, figures never."""
    with street.desk.store.write() as connection:
        connection.exec_driver_sql(
            "UPDATE unit SET name = name || '很长的名称很长的名称很长的名称很长' WHERE centre_id = 1"
        )
    street.desk.store.close()
    screen, side = pty.openpty()
    running = subprocess.Popen(
        [sys.executable, "-m", "console", "report", "custody", "--by", "community", "--store", street.path],
        stdout=side,
        stderr=subprocess.PIPE,
        cwd=Path(__file__).parents[3],
        env={**os.environ, "TERM": "xterm", "COLUMNS": "80"},
    )
    os.close(side)
    said = b""
    with suppress(OSError):  # a terminal that nobody holds any more
        while piece := os.read(screen, 4096):
            said += piece
    os.close(screen)
    assert running.wait(60) == 0
    lines = said.decode().splitlines()
    assert max(map(cells, lines)) == 80
    assert ".." in lines[1]
