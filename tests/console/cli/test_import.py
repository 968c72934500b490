"""Import by the real command: what it says, what it changes, how it ends."""

from __future__ import annotations

import csv
import os
import pty
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from tests.console.cli.conftest import Run, Street, process
from tests.core.exchange.made_files import HEADER, MADE_MAP, write_made

REPOSITORY = Path(__file__).parents[3]


@pytest.fixture
def made(tmp_path: Path) -> tuple[str, str]:
    """A file of forty tickets and the map that reads it."""
    file, rules = tmp_path / "made.csv", tmp_path / "made.toml"
    write_made(file, 40, seed=1)
    rules.write_text(MADE_MAP)
    return str(file), str(rules)


def spoil(file: str, *lines: int) -> None:
    """Take the title out of some rows."""
    with open(file, encoding="utf-8-sig", newline="") as source:
        rows = list(csv.reader(source))
    for line in lines:
        rows[line][HEADER.index("title")] = ""
    with open(file, "w", encoding="utf-8", newline="") as target:
        csv.writer(target).writerows(rows)


def test_the_same_file_twice(run: Run, street: Street, made: tuple[str, str]) -> None:
    file, rules = made
    first = run("import", "tickets", file, "--map", rules)
    assert (first.code, first.err) == (0, "")
    assert first.out.splitlines()[0] == "读取 40 行：导入 40，已有 0，退回 0。"
    before = street.digest()
    again = run("import", "tickets", file, "--map", rules, "--lang", "en")
    assert (again.code, again.out) == (0, "40 rows read: 0 imported, 40 there before, 0 rejected.\n")
    assert street.digest() == before
    assert run("audit", "verify").code == 0


def test_a_dry_run_changes_nothing(run: Run, street: Street, made: tuple[str, str]) -> None:
    file, rules = made
    spoil(file, 3)
    before, files = street.digest(), sorted(os.listdir(os.path.dirname(file)))
    ended = run("import", "tickets", file, "--map", rules, "--dry-run", "--json")
    assert ended.code == 7
    assert (ended.json["created"], ended.json["rejected"], ended.json["dry_run"]) == (39, 1, True)
    assert ended.json["reject_file"] is None
    assert street.digest() == before
    assert sorted(os.listdir(os.path.dirname(file))) == files


def test_rejected_rows(run: Run, made: tuple[str, str], tmp_path: Path) -> None:
    file, rules = made
    spoil(file, 3, 7)
    target = tmp_path / "退回.csv"
    ended = run("import", "tickets", file, "--map", rules, "--rejects", str(target))
    assert ended.code == 7
    said = ended.out.splitlines()
    assert said[0] == "读取 40 行：导入 38，已有 0，退回 2。"
    assert said[-1] == f"退回的行：{target}"
    assert any(line.startswith("第 4 行：") for line in said)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    with open(target, encoding="utf-8-sig", newline="") as source:
        rows = list(csv.reader(source))
    assert [row[0] for row in rows[1:]] == ["4", "8"]


def test_hostile_text_in_a_reason_is_cleaned(run: Run, made: tuple[str, str]) -> None:
    file, rules = made
    text = Path(file).read_text(encoding="utf-8-sig")
    Path(file).write_text(text.replace("2025-", "\x1b[31m2025-", 1), encoding="utf-8")
    ended = run("import", "tickets", file, "--map", rules)
    assert ended.code == 7
    assert "\x1b" not in ended.out + ended.err


BAD: dict[str, tuple[int, str, Callable[[str, str], Sequence[str]]]] = {
    "no map": (2, "usage", lambda file, rules: [file]),
    "unknown map": (3, "map-unknown", lambda file, rules: [file, "--map", "nope\x1b"]),
    "map is no map": (2, "", lambda file, rules: [file, "--map", file]),
    "no file": (3, "file-missing", lambda file, rules: ["/nowhere\x07.csv", "--map", rules]),
    "a folder": (2, "", lambda file, rules: [os.path.dirname(file), "--map", rules]),
    "columns missing": (2, "", lambda file, rules: [file, "--map", "baltimore311"]),
    "no text": (2, "", lambda file, rules: ["/dev/null", "--map", rules]),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input(run: Run, street: Street, made: tuple[str, str], name: str) -> None:
    exit_code, refusal, arguments = BAD[name]
    before = street.digest()
    ended = run("import", "tickets", *arguments(*made))
    assert (ended.code, ended.out) == (exit_code, "")
    chinese, english = ended.err.splitlines()[0], ended.err.splitlines()[-1]
    assert any("\u4e00" <= char <= "\u9fff" for char in chinese)
    assert f"[{refusal}" in english
    assert not {"\x1b", "\x07"} & set(ended.err)
    assert street.digest() == before


def test_who_may_import(run: Run, street: Street, made: tuple[str, str]) -> None:
    file, rules = made
    before = street.digest()
    assert run("import", "tickets", file, "--map", rules, officer=None).code == 2
    assert run("import", "tickets", file, "--map", rules, officer="zhao").code == 4
    assert street.digest() == before


def test_a_reject_file_that_is_there_is_not_overwritten(run: Run, made: tuple[str, str], tmp_path: Path) -> None:
    file, rules = made
    spoil(file, 3)
    letter = tmp_path / "letter"
    letter.write_text("dear")
    assert run("import", "tickets", file, "--map", rules, "--rejects", str(letter)).code == 2
    assert letter.read_text() == "dear"


def test_maps(run: Run) -> None:
    assert [row["name"] for row in run("import", "maps", "--json").json] == ["baltimore311", "miniprogram", "residents"]
    assert len(run("import", "maps").out.splitlines()) == 4


def test_stopped_in_the_middle_and_run_again(street: Street, tmp_path: Path) -> None:
    """The interrupt key, on a terminal with its progress bar; then the rest goes in and the log is whole."""
    file, rules = tmp_path / "made.csv", tmp_path / "made.toml"
    write_made(file, 2000, seed=2)
    rules.write_text(MADE_MAP)
    street.desk.store.close()
    arguments = ["import", "tickets", str(file), "--map", str(rules), "--store", street.path, "--as", "zhang"]
    screen, side = pty.openpty()
    running = subprocess.Popen(
        [sys.executable, "-m", "console", *arguments],
        stdout=subprocess.PIPE,
        stderr=side,
        cwd=REPOSITORY,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "80"},
    )
    os.close(side)
    try:
        said = _read_until(screen, "%", running)
        while tickets(street.path) == 4:
            assert running.poll() is None
            time.sleep(0.01)
        running.send_signal(signal.SIGINT)
        said += _read_until(screen, None, running)
        out, _ = running.communicate(timeout=60)
    finally:
        running.kill()
        os.close(screen)
    assert (running.returncode, out) == (130, b""), said
    assert "再次运行即可继续" in said
    assert "Traceback" not in said
    there = tickets(street.path)
    assert 4 < there < 2004
    assert process(arguments).returncode == 0
    assert tickets(street.path) == 2004
    assert process(["audit", "verify", "--store", street.path]).returncode == 0


def _read_until(screen: int, sign: str | None, running: subprocess.Popen[bytes]) -> str:
    """What the terminal shows until a sign, or until the program has gone."""
    found = b""
    with suppress(OSError):  # a terminal that nobody holds any more
        while sign is None or sign.encode() not in found:
            piece = os.read(screen, 4096)
            if not piece:
                break
            found += piece
    return found.decode("utf-8", "replace")


def tickets(path: str) -> int:
    """How many tickets another program sees."""
    from data.location import locate
    from data.reader import Reader

    with Reader(locate(path)) as reader:
        return int(reader.rows("SELECT count(*) FROM ticket", fanout=True)[0][0])
