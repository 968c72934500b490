"""Store, audit and doctor by the real command: nothing half done, nothing lost, an exit code for what is found."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest

from console.entry import main
from tests.console.cli.conftest import Run, Street, process

CODE = "20261120-0001"


def test_the_printed_head(run: Run, street: Street) -> None:
    """What was printed holds a log that was written anew against itself."""
    ended = run("audit", "head")
    assert ended.out.splitlines()[:3] == [
        "中心　　demo 示范街道",
        "事件号　7",
        "时间　　2026-11-20 09:05:00 (Asia/Shanghai)",
    ]
    anchor = run("audit", "head", "--json").json["anchor"]
    assert ended.out.splitlines()[-1] == anchor
    assert run("ticket", "note", CODE, "--text", "后来").code == 0
    assert run("audit", "verify", "--against", anchor).code == 0
    number, _, digest = anchor.partition(":")
    for other in (f"{number}:{'0' * 64}", f"{int(number) + 9}:{digest}"):
        ended = run("audit", "verify", "--against", other, "--json")
        assert (ended.code, ended.json["whole"]) == (8, False)
        assert [finding["place"] for finding in ended.json["findings"]] == ["anchor"]


def test_an_audit_says_what_differs(run: Run, street: Street) -> None:
    with street.desk.store.write() as connection:
        connection.exec_driver_sql(f"UPDATE ticket SET title = '\x1b[2J改' WHERE centre_id = 1 AND code = '{CODE}'")
    ended = run("audit", "verify")
    assert ended.code == 8
    assert CODE in ended.out
    assert "\x1b" not in ended.out
    assert "1" in ended.err


def test_check_finds_a_wrong_counter(run: Run, street: Street) -> None:
    assert run("db", "check").code == 0
    with street.desk.store.write() as connection:
        connection.exec_driver_sql("UPDATE centre_stat SET amount = 9 WHERE centre_id = 1 AND dimension = 'all'")
    ended = run("db", "check", "--json")
    assert ended.code == 8
    assert [finding["code"] for finding in ended.json if finding["level"] == "bad"] == ["counters"]


def test_info_and_a_way_back(run: Run, street: Street, tmp_path: Path) -> None:
    said = run("db", "info", "--lang", "en").out.splitlines()
    assert said[0].startswith("engine: SQLite 3.")
    assert said[1] == f"place: {street.path}"
    assert said[-5:] == ["tickets: 4", "open: 4", "  reported 2", "  accepted 1", "  assessed 1"]
    copy, other = str(tmp_path / "copy.db"), str(tmp_path / "other.db")
    assert run("db", "backup", copy).out == f"{copy}\n"
    ended = run("db", "restore", copy, "--store", other)
    assert (ended.code, ended.out) == (0, "已恢复：事件 4 件，日志 7 条。\n")
    assert run("ticket", "list", "--json").out == run("ticket", "list", "--json", "--store", other).out


BAD: dict[str, tuple[int, Sequence[str]]] = {
    "backup onto a file": (2, ["backup", "{letter}"]),
    "backup into nowhere": (6, ["backup", "{folder}/no/copy.db"]),
    "restore of nothing": (6, ["restore", "{folder}/none", "--force"]),
    "restore of a letter": (6, ["restore", "{letter}", "--force"]),
    "restore of a folder": (6, ["restore", "{folder}", "--force"]),
    "restore of itself": (2, ["restore", "{store}", "--force"]),
    "restore of another database": (6, ["restore", "{foreign}", "--force"]),
    "no source": (2, ["restore"]),
    "unknown command": (2, ["explode"]),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input(run: Run, street: Street, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    letter, foreign = folder / "letter", folder / "foreign.db"
    letter.write_text("dear\n" * 1000)
    with sqlite3.connect(foreign) as connection:
        connection.execute("CREATE TABLE song (id)")
    connection.close()
    exit_code, template = BAD[name]
    arguments = [word.format(letter=letter, foreign=foreign, folder=folder, store=street.path) for word in template]
    before, files = street.digest(), sorted(path.name for path in folder.iterdir())
    ended = run("db", *arguments)
    assert (ended.code, ended.out) == (exit_code, ""), ended.err
    assert any("\u4e00" <= char <= "\u9fff" for char in ended.err)
    assert street.digest() == before
    assert letter.read_text() == "dear\n" * 1000
    assert sorted(path.name for path in folder.iterdir()) == files


def test_doctor(street: Street) -> None:
    street.desk.store.close()
    ended = process(["doctor", "--json", "--store", street.path], env={"LC_ALL": "C.UTF-8", "TERM": "xterm"})
    found = {finding["code"]: finding["level"] for finding in json.loads(ended.stdout)}
    assert {"python", "sqlite", "file-system", "room", "rights", "schema"} <= set(found)
    assert ended.returncode == (8 if "bad" in found.values() else 0)
    assert found["schema"] == found["sqlite"] == "ok"


def test_doctor_of_a_store_that_is_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    letter = tmp_path / "letter"
    letter.write_text("dear")
    assert main(["doctor", "--store", str(letter)]) == 8
    assert "[有误]" in capsys.readouterr().out
    assert main(["doctor", "--store", str(tmp_path / "none.db")]) in (0, 8)
    assert not (tmp_path / "none.db").exists()
    assert letter.read_text() == "dear"
