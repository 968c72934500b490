"""Many orders from JSONL in one process."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from console import output
from console.cli import acting
from tests.console.cli.conftest import Run, Street, process

ORDERS: list[dict[str, Any]] = [
    {"verb": "accept", "ticket": "20261120-0001", "key": "a", "seen": 1},
    {"verb": "report", "title": "新事件", "as": "zhao", "key": "b"},
    {"verb": "assess", "ticket": "20261120-0001", "matter": "BJ0101", "key": "c"},
    {"verb": "dispatch", "ticket": "20261120-0001", "to": "CSGX", "key": "d"},
    {"verb": "ack", "ticket": "20261120-0001", "as": "li", "key": "e"},
]


def file_of(folder: Path, lines: list[Any]) -> str:
    path = folder / "orders.jsonl"
    path.write_bytes(
        b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines) + b"\n"
    )
    return str(path)


def test_a_file_twice(run: Run, street: Street, tmp_path: Path) -> None:
    path = file_of(tmp_path, ORDERS)
    first = run("batch", path)
    assert (first.code, [row["ok"] for row in first.lines]) == (0, [True] * 5)
    assert first.lines[-1]["stage"] == "acknowledged"
    before = street.digest()
    again = run("batch", path)
    assert [row["replayed"] for row in again.lines] == [True] * 5
    assert street.digest() == before


def test_a_key_for_the_file(run: Run, street: Street, tmp_path: Path) -> None:
    path = file_of(tmp_path, [{"verb": "report", "title": f"第 {n} 件"} for n in range(20)])
    assert run("batch", path, "--key", "morning").code == 0
    before = street.digest()
    assert {row["replayed"] for row in run("batch", path, "--key", "morning").lines} == {True}
    assert street.digest() == before


BAD_LINES: list[tuple[Any, str]] = [
    (b"not json", "bad-json"),
    (b"[" * 200_000, "bad-json"),
    (b'{"verb": "note", "ticket": "\xff"}', "bad-json"),
    (b"[1]", "not-an-object"),
    ({"verb": "fly"}, "verb-unknown"),
    ({}, "verb-unknown"),
    ({"verb": 7}, "bad-field"),
    ({"verb": "accept", "ticket": "20261120-0001", "colour": "red"}, "bad-field"),
    ({"verb": "accept", "ticket": "20261120-0001", "seen": "1"}, "bad-field"),
    ({"verb": "accept", "ticket": "20261120-0001", "seen": True}, "bad-field"),
    ({"verb": "accept", "ticket": "20261120-0001", "as": "nobody"}, "officer-unknown"),
    ({"verb": "accept", "ticket": "20261120-0001", "key": "\x00"}, "key"),
    ({"verb": "accept", "ticket": "20261120-0001", "seen": 7}, "changed"),
    ({"verb": "accept", "ticket": "20261120-0002"}, "stage"),
    ({"verb": "note", "ticket": "20261120-0001", "text": "\ud800"}, "bad-field"),
    (b'{"verb": "note", "text": "' + b"x" * 1_100_000 + b'"}', "line-too-long"),
    (b'{"verb": "note", "text": ' + b"9" * 5000 + b"}", "bad-json"),
]


def test_bad_lines_are_told_and_the_others_done(run: Run, street: Street, tmp_path: Path) -> None:
    before = street.digest()
    path = file_of(tmp_path, [line for line, _ in BAD_LINES])
    ended = run("batch", path)
    assert ended.code == 7
    assert [(row["line"], row["error"]) for row in ended.lines] == list(
        enumerate((refusal for _, refusal in BAD_LINES), 1)
    )
    assert street.digest() == before
    assert "Traceback" not in ended.err
    path = file_of(tmp_path, [BAD_LINES[0][0], b"", ORDERS[0], BAD_LINES[2][0]])
    assert [(row["line"], row["ok"]) for row in run("batch", path).lines] == [(1, False), (3, True), (4, False)]


def test_what_is_saved_is_told_at_once(
    run: Run, street: Street, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program behind a pipe waits for its answer: it must not come only when everything handed in with it is done."""
    written, flushed = [0], []
    usual = output.write_record

    def write_record(record: Any) -> None:
        written[0] += 1
        usual(record)

    monkeypatch.setattr(acting, "TURN_SECONDS", 0)
    monkeypatch.setattr(output, "write_record", write_record)
    monkeypatch.setattr(output, "flush", lambda: flushed.append(written[0]))
    run("batch", file_of(tmp_path, ORDERS))
    assert flushed[: len(ORDERS)] == [1, 2, 3, 4, 5]


def test_stop_on_error(run: Run, street: Street, tmp_path: Path) -> None:
    path = file_of(tmp_path, [ORDERS[0], {"verb": "fly"}, ORDERS[2]])
    ended = run("batch", path, "--stop-on-error")
    assert (ended.code, [row["ok"] for row in ended.lines]) == (7, [True, False])
    stages = {row["code"][-4:]: row["stage"] for row in run("ticket", "list", "--json").json}
    assert stages["0001"] == "accepted"


def test_a_dry_run_follows_the_orders_and_keeps_nothing(run: Run, street: Street, tmp_path: Path) -> None:
    before = street.digest()
    ended = run("batch", file_of(tmp_path, ORDERS), "--dry-run")
    assert [row["stage"] for row in ended.lines] == ["accepted", "reported", "assessed", "dispatched", "acknowledged"]
    assert {row["dry_run"] for row in ended.lines} == {True}
    assert street.digest() == before


@pytest.mark.parametrize(("name", "code"), [("missing.jsonl", 3), (".", 2)])
def test_files_that_are_none(run: Run, tmp_path: Path, name: str, code: int) -> None:
    assert run("batch", str(tmp_path / name)).code == code


def test_from_a_pipe(street: Street) -> None:
    data = b"\n".join(json.dumps(order).encode() for order in ORDERS)
    ended = process(["batch", "-", "--store", street.path, "--as", "zhang"], data)
    assert ended.returncode == 0, ended.stderr.decode()
    assert [json.loads(line)["ok"] for line in ended.stdout.splitlines()] == [True] * 5
