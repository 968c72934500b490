"""Bad input of every kind: a clear message in both languages, the documented exit code, and nothing has changed."""

from __future__ import annotations

import ctypes
import os
import resource
import sqlite3
import stat
from importlib import import_module
from pathlib import Path

import pytest

from console.entry import main
from core.desk.orders import Note
from tests.console.cli.conftest import Run, Street, process

REPORTED = "20261120-0001"
BAD = {
    "unknown ticket": (3, "ticket-unknown", ["accept", "20261120-9999"]),
    "nasty code": (3, "ticket-unknown", ["accept", "\x1b[2Jx[/red]"]),
    "empty code": (2, "bad-field", ["accept", ""]),
    "long code": (2, "bad-field", ["accept", "x" * 10_000]),
    "wrong stage": (4, "stage", ["archive", REPORTED]),
    "not permitted": (4, "not-permitted", ["void", REPORTED, "--reason", "x"]),
    "unknown unit": (3, "unit-unknown", ["dispatch", "20261120-0003", "--to", "NOPE\x07"]),
    "unknown matter": (3, "matter-unknown", ["assess", "20261120-0002", "--matter", "XX"]),
    "no reason": (2, "bad-field", ["refuse", REPORTED]),
    "unknown reason": (2, "bad-field", ["return", REPORTED, "--because", "lazy", "--reason", "x"]),
    "no passed": (2, "bad-field", ["check", REPORTED]),
    "long title": (2, "bad-field", ["report", "--title", "题" * 10_000]),
    "empty title": (2, "bad-field", ["report", "--title", " \n "]),
    "huge number": (2, "bad-field", ["arrive", REPORTED, "--people", "9" * 30]),
    "surrogate": (2, "bad-field", ["report", "--title", "x\udce4"]),
    "both ways": (2, "which", ["accept", REPORTED, "--where", "open"]),
    "no way": (2, "which", ["accept"]),
    "empty filter": (2, "where-empty", ["accept", "--where", " "]),
    "bad filter": (2, "filter-value", ["accept", "--where", "stage=nowhere"]),
    "bad field": (2, "filter-field", ["accept", "--where", "colour=red"]),
    "two formats": (2, "format", ["accept", REPORTED, "--json", "--csv"]),
    "long key": (2, "key", ["accept", REPORTED, "--key", "k" * 200]),
    "seen of many": (2, "seen-many", ["accept", REPORTED, "20261120-0002", "--seen", "1"]),
    "not a number": (2, "usage", ["accept", REPORTED, "--seen", "x"]),
    "unknown option": (2, "usage", ["accept", REPORTED, "--colour", "red"]),
    "unknown verb": (2, "usage", ["abscond", REPORTED]),
    "bad limit": (2, "limit", ["list", "--limit", "0"]),
    "bad cursor": (2, "cursor", ["list", "--json", "--after", "x.1"]),
    "unknown centre": (3, "centre-", ["list", "--json", "--centre", "nowhere"]),
    "bad language": (2, "language", ["list", "--lang", "xx"]),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input(run: Run, street: Street, name: str) -> None:
    exit_code, refusal, arguments = BAD[name]
    before = street.digest()
    ended = run("ticket", *arguments)
    assert (ended.code, ended.out) == (exit_code, "")
    chinese, english = ended.err.splitlines()
    assert f"[{refusal}" in english
    assert english.endswith("]")
    assert any("\u4e00" <= char <= "\u9fff" for char in chinese)
    assert "\x1b" not in ended.err
    assert "\x07" not in ended.err
    assert len(ended.err) < 2000
    assert "Traceback" not in ended.err
    assert street.digest() == before


def test_a_number_out_of_bounds_says_in_both_languages_what_it_may_be(run: Run) -> None:
    chinese, english = run("ticket", "arrive", REPORTED, "--people", "-5").err.splitlines()
    assert "--people 须不小于 0" in chinese
    assert "--people must be 0 or more" in english
    chinese, _english = run("ticket", "return", REPORTED, "--because", "lazy", "--reason", "x").err.splitlines()
    assert " or " not in chinese


def test_no_officer_and_an_unknown_one(run: Run) -> None:
    assert run("ticket", "accept", REPORTED, officer=None).code == 2
    assert run("ticket", "accept", REPORTED, officer="nobody").code == 3


# ------------------------------------------------------------------------------------------------ the store


def on_store(path: object, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = main([*arguments, "--store", str(path), "--as", "zhang"])
    return code, capsys.readouterr().err


READING = ("ticket", "list", "--json")
WRITING = ("ticket", "accept", REPORTED)


@pytest.mark.parametrize("arguments", [READING, WRITING])
def test_stores_that_are_none(tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]) -> None:
    text = tmp_path / "text"
    text.write_text("just a letter\n" * 100)
    foreign = tmp_path / "foreign.db"
    with sqlite3.connect(foreign) as connection:
        connection.execute("CREATE TABLE ticket (id)")
    connection.close()
    empty = tmp_path / "empty"
    empty.touch()
    before = foreign.read_bytes()
    for path, refusal in (
        (tmp_path, "store-directory"),
        (text, "store-foreign"),
        (foreign, "store-foreign"),
        (empty, "store-foreign"),
        (tmp_path / "missing" / "x.db", "store-missing"),
    ):
        code, err = on_store(path, capsys, *arguments)
        assert (code, refusal in err) == (6, True), (path, err)
    assert on_store("mysql://x", capsys, *arguments)[0] == 2
    assert foreign.read_bytes() == before
    assert not (tmp_path / "missing").exists()


def test_a_readonly_file(street: Street) -> None:
    before = street.digest()
    street.desk.store.close()
    for path in Path(street.path).parent.glob("street.db*"):
        path.chmod(stat.S_IRUSR)
    more = ["--store", street.path, "--as", "zhang"]
    reading, writing = (process([*words, *more], preexec_fn=_without_privilege) for words in (READING, WRITING))
    assert reading.returncode == 0, reading.stderr.decode()
    assert writing.returncode == 6, writing.stderr.decode()
    assert "store-readonly" in writing.stderr.decode()
    for path in Path(street.path).parent.glob("street.db*"):
        path.chmod(stat.S_IRUSR | stat.S_IWUSR)
    assert street.digest() == before


def _without_privilege() -> None:
    """Root may write to read-only files; without this capability it is a user like others."""
    if os.geteuid() == 0:
        ctypes.CDLL(None).prctl(24, 1, 0, 0, 0)  # PR_CAPBSET_DROP, CAP_DAC_OVERRIDE


def test_no_room_on_the_disk(street: Street) -> None:
    """A small limit on the size of files stands for a full disk: the log of the store is at the limit already."""
    zhang = street.desk.actor("zhang")
    while os.path.getsize(street.path + "-wal") < os.path.getsize(street.path):
        street.desk.do(Note(ticket=REPORTED, text="字" * 1000), zhang)
    before = street.digest()
    size = os.path.getsize(street.path + "-wal")
    ended = process(
        ["ticket", "note", REPORTED, "--text", "字" * 2000, "--store", street.path, "--as", "zhang"],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),
    )
    assert ended.returncode == 6, ended.stderr.decode()
    assert b"Traceback" not in ended.stderr
    assert street.digest() == before


# ------------------------------------------------------------------------------------------------ the unexpected


def test_an_unexpected_error_has_a_number_and_no_personal_data(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.desk.desk import Desk

    def broken(*_: object, **__: object) -> None:
        phone = "13812345678"
        raise RuntimeError(f"a bug with {phone}")

    monkeypatch.setattr(Desk, "do_in", broken)
    ended = run("ticket", "accept", REPORTED)
    assert ended.code == 1
    number = ended.err.split("incident ")[1].split(";")[0]
    log = (home / "state" / "zhihui" / "incidents.log").read_text()
    assert number in log
    assert "RuntimeError" in log
    assert "13812345678" not in log + ended.err
    assert "Traceback" not in ended.err
    assert stat.S_IMODE((home / "state" / "zhihui" / "incidents.log").stat().st_mode) == 0o600


def test_a_closed_pipe_is_quiet(street: Street) -> None:
    import subprocess
    import sys

    command = f"{sys.executable} -m console ticket list --json --store {street.path} | true; exit ${{PIPESTATUS[0]}}"
    ended = subprocess.run(
        ["bash", "-c", command], capture_output=True, timeout=60, cwd=Path(__file__).parents[3], check=False
    )
    assert ended.stderr == b""
    assert ended.returncode in (0, 141)


def test_output_that_has_no_room(street: Street) -> None:
    import subprocess
    import sys

    with open("/dev/full", "wb") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "console", "ticket", "list", "--json", "--store", street.path],
            stdout=full,
            stderr=subprocess.PIPE,
            timeout=60,
            cwd=Path(__file__).parents[3],
            check=False,
        )
    assert ended.returncode == 6
    assert b"output-failed" in ended.stderr
    assert len(ended.stderr.splitlines()) == 2


def test_data_is_utf8_whatever_the_locale(street: Street) -> None:
    plain = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    ended = process(["ticket", "list", "--json", "--store", street.path], env=plain)
    assert "井盖缺失" in ended.stdout.decode("utf-8")
    assert process(["ticket", "list", "--store", street.path], env=plain).returncode == 0
    assert process(["ticket", "show", "nope", "--store", street.path], env=plain).returncode == 3


def test_a_missing_module_is_named_in_the_log(home: Path) -> None:
    from console.incidents import record

    for name in ("no_such_module.inner", "电话13812345678", "x" * 100):
        try:
            raise ModuleNotFoundError(f"No module named {name}", name=name)
        except ModuleNotFoundError as error:
            number, path = record(error)
        assert number
    try:
        import_module("no_such_module_at_all")
    except ModuleNotFoundError as error:
        record(error)
    kinds = [line.strip() for line in Path(path).read_text().splitlines() if "ModuleNotFoundError" in line]
    plain = "builtins.ModuleNotFoundError"
    assert kinds == [f"{plain} no_such_module.inner", plain, plain, f"{plain} no_such_module_at_all"]
