"""What commands print, byte for byte."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest

from console import output
from tests.console.cli.conftest import Run, Street, golden

FORMS = ["json", "jsonl", "csv"]


@pytest.mark.parametrize("form", FORMS)
def test_list(run: Run, form: str) -> None:
    ended = run("ticket", "list", f"--{form}", officer=None)
    assert (ended.code, ended.err) == (0, "")
    golden(f"list_{form}.raw", ended.out)


def test_list_for_people(run: Run) -> None:
    golden("list_zh.txt", run("ticket", "list").out)
    golden("list_en.txt", run("ticket", "list", "--lang", "en").out)


def test_show(run: Run) -> None:
    golden("show_zh.txt", run("ticket", "show", "20261120-0003").out)
    golden("show_en.txt", run("ticket", "show", "20261120-0004", "--lang", "en").out)
    golden("show.json", run("ticket", "show", "20261120-0003", "--json").out)


def test_log(run: Run) -> None:
    golden("log_zh.txt", run("ticket", "log", "20261120-0003").out)
    golden("log_jsonl.raw", run("ticket", "log", "20261120-0003", "--jsonl").out)


def test_results(run: Run) -> None:
    codes = ["20261120-0001", "20261120-0002", "20261120-0099"]
    golden("results_zh.txt", run("ticket", "accept", *codes, "--dry-run").out)
    golden("results_en.txt", run("ticket", "accept", *codes, "--dry-run", "--lang", "en").out)
    golden("results_json.raw", run("ticket", "accept", *codes, "--json").out)
    golden("results_csv.raw", run("ticket", "accept", *codes, "--csv").out)


def test_the_light_list_and_the_full_one_agree(run: Run) -> None:
    """An abbreviation that the light path leaves to the full command."""
    for form in FORMS:
        light = run("ticket", "list", f"--{form}", "--limit", "3")
        assert light == run("ticket", "list", f"--{form}", "--limit=3")


def test_pages_join_without_gap_or_double(run: Run) -> None:
    whole = [row["code"] for row in run("ticket", "list", "--json").json]
    for more in ((), ("--all",)):
        found, after = [], ""
        for _ in range(5):
            page = run("ticket", "list", "--json", "--limit", "1", *more, *(("--after", after) if after else ())).json
            if not page:
                break
            found.append(page[0]["code"])
            after = page[0]["cursor"]
        assert sorted(found) == sorted(whole)
        assert len(found) == len(set(found)) == 4


def test_filters(run: Run) -> None:
    def codes(where: str) -> list[str]:
        return sorted(row["code"][-4:] for row in run("ticket", "list", "--json", "--where", where).json)

    assert codes("stage=reported") == ["0001", "0004"]
    assert codes("stage:待受理,-噪声") == ["0001"]
    assert codes("matter=BJ0101") == ["0003"]
    assert codes("坑洼") == ["0003"]
    assert codes("due<1m") == ["0001"]
    assert codes("late") == ["0001"]


@pytest.mark.parametrize(
    ("where", "wanted"),
    [
        ("closed", ["0001"]),
        ("已结", ["0001"]),
        ("-open", ["0001"]),
        ("stage=refused", ["0001"]),
        ("stage=不予受理|待研判", ["0001", "0002"]),
        ("closed<1h", []),
        ("closed>1h", ["0001"]),
        ("-closed", ["0002", "0003", "0004"]),
        ("-stage=refused", ["0002", "0003", "0004"]),
        ("stage=reported", ["0004"]),
    ],
)
def test_a_filter_that_names_closed_tickets_brings_them(
    run: Run, tmp_path: Path, where: str, wanted: list[str]
) -> None:
    """In the list of scripts, the full one, the table, the export and the bulk verbs."""
    assert run("ticket", "refuse", "20261120-0001", "--reason", "不属实").code == 0

    def found(*arguments: str) -> list[str]:
        return sorted({word[-4:] for word in re.findall(r"20261120-000\d", run(*arguments).out)})

    assert found("ticket", "list", "--jsonl", "--where", where) == wanted
    assert found("ticket", "list", "--jsonl", f"--where={where}") == wanted
    assert found("ticket", "list", f"--where={where}") == wanted
    assert run("export", str(tmp_path / "out.csv"), f"--where={where}").code == 0
    assert sorted(set(re.findall(r"20261120-(000\d)", (tmp_path / "out.csv").read_text("utf-8")))) == wanted
    assert found("ticket", "note", "--text", "x", "--jsonl", "--dry-run", f"--where={where}") == wanted


def test_mine_is_the_acting_officers_in_every_command(run: Run, tmp_path: Path) -> None:
    assert run("ticket", "dispatch", "20261120-0003", "--to", "CSGX").code == 0

    def found(*arguments: str, officer: str | None) -> list[str]:
        return sorted({word[-4:] for word in re.findall(r"20261120-000\d", run(*arguments, officer=officer).out)})

    file = tmp_path / "out.csv"
    for where in ("mine", "我的"):
        for command in ("list --jsonl", "list", "remind --dry-run --jsonl"):
            assert found("ticket", *command.split(), "--where", where, officer="li") == ["0003"], command
            assert "0003" not in found("ticket", *command.split(), "--where", where, officer="zhang"), command
        assert run("export", str(file), "--where", where, "--force", officer="李强").code == 0
        assert set(re.findall(r"20261120-(000\d)", file.read_text("utf-8"))) == {"0003"}
        assert run("report", "ontime", "--where", where, officer="li").code == 0
        assert run("report", "custody", "--person", "zhang", "--where", where, officer="li").code == 0


@pytest.mark.parametrize("officer", [None, "nobody"])
def test_mine_of_nobody_is_refused(run: Run, officer: str | None) -> None:
    refusal = "filter-officer" if officer is None else "officer-unknown"
    for command in ("ticket list --json", "ticket list", "export -", "report custody", "ticket accept"):
        ended = run(*command.split(), "--where", "mine", officer=officer)
        assert ended.code == (2 if officer is None else 3), command
        assert ended.out == ""
        chinese, english = ended.err.splitlines()
        assert f"[{refusal}" in english
        assert re.search("谁在操作|没有人员", chinese)


def test_personal_data_is_masked_everywhere(run: Run) -> None:
    code = "20261120-0004"
    for arguments in (
        ("ticket", "list", "--json"),
        ("ticket", "list", "--csv"),
        ("ticket", "list"),
        ("ticket", "show", code),
        ("ticket", "show", code, "--json"),
        ("ticket", "log", code, "--json"),
    ):
        out = run(*arguments).out
        assert "13812345678" not in out
        assert "王小明" not in out
    assert "138****5678" in run("ticket", "show", code).out


def test_text_is_cleaned_and_json_escapes_controls(run: Run, street: Street) -> None:
    nasty = "\x1b[31m红\x07 [bold]x[/] \u202e倒"
    assert run("ticket", "report", "--title", nasty).code == 0
    shown = run("ticket", "list").out
    assert "\x1b" not in shown
    assert "\x07" not in shown
    assert "\u202e" not in shown
    assert "[bold]x[/]" in shown
    raw = run("ticket", "list", "--json").out
    assert "\x1b" not in raw
    assert nasty in [row["title"] for row in json.loads(raw)]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r", "＝", "＋", "－", "＠", " =", "　="])
def test_csv_is_safe_to_open_in_a_spreadsheet(start: str) -> None:
    line = output.csv_line([f"{start}HYPERLINK(1)", -5, None, True, 'a"b,c'])
    (row,) = csv.reader(io.StringIO(line, newline=""))
    assert row[0] == f"'{start}HYPERLINK(1)"
    assert row[1:] == ["-5", "", "true", 'a"b,c']


def test_json_put_together_by_hand_is_json() -> None:
    record = {"a": '\x00\x1f"\\/\u2028é\U0001f600', "b": None, "c": True, "d": -7, "e": ""}
    assert json.loads(output.json_object(record)) == record
    assert json.loads(output.json_object({**record, "f": [1, {"g": 2.5}]})) == {**record, "f": [1, {"g": 2.5}]}
