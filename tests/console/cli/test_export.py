"""Export by the real command: to a file, to a pipe, to nobody."""

from __future__ import annotations

import csv
import io
import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl
import pytest

from tests.console.cli.conftest import Run, Street, process


def test_forms_hold_the_same(run: Run, tmp_path: Path) -> None:
    for form in ("csv", "xlsx", "jsonl"):
        ended = run("export", str(tmp_path / f"out.{form}"))
        assert (ended.code, ended.out) == (0, "")
        assert "已导出 4 件" in ended.err
        assert stat.S_IMODE((tmp_path / f"out.{form}").stat().st_mode) == 0o600
    rows = list(csv.DictReader((tmp_path / "out.csv").read_text("utf-8-sig").splitlines()))
    records = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx").worksheets[0]
    codes = [f"20261120-000{number}" for number in (1, 2, 3, 4)]
    assert [row["code"] for row in rows] == [record["code"] for record in records] == codes
    assert [str(row[0].value) for row in sheet.iter_rows(min_row=2)] == codes


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_a_pipe_gets_what_a_file_gets(run: Run, street: Street, tmp_path: Path, form: str) -> None:
    file = tmp_path / f"out.{form}"
    assert run("export", str(file)).code == 0
    street.desk.store.close()
    piped = process(["export", "--format", form, "--store", street.path])
    assert piped.returncode == 0, piped.stderr.decode()
    assert piped.stdout == file.read_bytes()


def test_a_workbook_through_a_pipe(street: Street) -> None:
    street.desk.store.close()
    piped = process(["export", "-", "--format", "xlsx", "--store", street.path])
    sheet = openpyxl.load_workbook(io.BytesIO(piped.stdout)).worksheets[0]
    assert sheet.max_row == 5


def test_personal_data_is_masked(run: Run, tmp_path: Path) -> None:
    run("export", str(tmp_path / "out.jsonl"))
    text = (tmp_path / "out.jsonl").read_text()
    assert "13812345678" not in text
    assert "王小明" not in text


def test_which_tickets(run: Run, tmp_path: Path) -> None:
    """As in lists: open ones, closed ones too with --all, and what the filter lets through."""
    refused = run("ticket", "refuse", "20261120-0001", "--reason", "不属实")
    assert refused.code == 0, refused.err

    def codes(*options: str) -> list[str]:
        file = tmp_path / "out.jsonl"
        assert run("export", str(file), "--force", *options).code == 0
        return [json.loads(line)["code"][-4:] for line in file.read_text().splitlines()]

    assert codes() == ["0002", "0003", "0004"]
    assert codes("--all") == ["0001", "0002", "0003", "0004"]
    assert codes("--where", "matter=BJ0101") == ["0003"]
    assert codes("--where", "closed", "--all") == ["0001"]
    assert codes("--where", "closed") == ["0001"]
    assert codes("--where", "code=none") == []


BAD: dict[str, tuple[str, Callable[[Path], Sequence[str]]]] = {
    "unknown form": ("export-form", lambda folder: [str(folder / "new.pdf")]),
    "unknown form said": ("export-form", lambda folder: ["--format", "pdf"]),
    "a file that is there": ("file-exists", lambda folder: [str(folder / "letter.csv")]),
    "a folder": ("export-file", lambda folder: [str(folder), "--format", "csv", "--force"]),
    "no such folder": ("export-file", lambda folder: [str(folder / "no" / "new.csv")]),
    "bad filter": ("filter-field", lambda folder: [str(folder / "new.csv"), "--where", "colour=red"]),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input(run: Run, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "letter.csv").write_text("dear")
    refusal, arguments = BAD[name]
    ended = run("export", *arguments(folder))
    assert (ended.code, ended.out) == (2, "")
    assert f"[{refusal}]" in ended.err
    assert ".part" not in ended.err
    assert os.listdir(folder) == ["letter.csv"]
    assert (folder / "letter.csv").read_text() == "dear"


def test_a_reader_that_goes_away(street: Street) -> None:
    street.desk.store.close()
    read, write = os.pipe()
    os.close(read)
    ended = subprocess.run(
        [sys.executable, "-m", "console", "export", "--format", "jsonl", "--store", street.path],
        stdout=write,
        stderr=subprocess.PIPE,
        cwd=Path(__file__).parents[3],
        timeout=60,
    )
    os.close(write)
    assert (ended.returncode, ended.stderr) == (141, b"")
