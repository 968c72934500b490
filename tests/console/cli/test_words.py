"""Tables for people: labels in the language of the run, and no line beyond the edge of a terminal."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pexpect
import pytest

from console.terminal.width import cells
from core.desk.orders import Dispatch, Report, Return
from tests.console.cli.conftest import Run, Street, golden

ROOT = Path(__file__).parents[3]
LONG = "体育路停车场入口地面塌陷有人受伤请尽快派人到现场处置并设置警示标志"


def on_terminal(street: Street, columns: int, *arguments: str) -> list[str]:
    """The lines that a command prints on a terminal of this width."""
    child = pexpect.spawn(
        sys.executable,
        ["-m", "console", *arguments, "--store", street.path],
        cwd=str(ROOT),
        env={name: value for name, value in os.environ.items() if name != "COLUMNS"},
        dimensions=(24, columns),
        encoding="utf-8",
        timeout=60,
    )
    return str(child.read()).splitlines()


def test_steps_to_come_name_unit_target_and_who_is_passed_over(run: Run, street: Street) -> None:
    zhang = street.desk.actor("zhang")
    street.desk.do(Dispatch(ticket="20261120-0003", to="CSGX", assist=["GHJS"]), zhang)
    assert run("duty", "leave", "li", "--until", "2026-11-21", "--note", "培训", officer="li").code == 0
    shown = run("engine", "dry-run", "--until", "2h").out
    golden("dry_run_zh.txt", shown)
    golden("dry_run_en.txt", run("engine", "dry-run", "--until", "2h", "--lang", "en").out)
    rows = run("engine", "dry-run", "--until", "2h", "--jsonl").lines
    units = {row["unit"] for row in rows if row["clock"] == "acknowledge"}
    assert units == {"CSGX", "GHJS"}
    assert "13812345678" not in shown + str(rows)


def test_labels_of_people_units_and_matters(run: Run) -> None:
    assert run("duty", "on", "zhang", "--until", "2026-11-20T18:00").code == 0
    for language in ("zh", "en"):
        more = ("--lang", language)
        parts = [
            run(*arguments, *more).out
            for arguments in (
                ("duty", "show"),
                ("org", "show"),
                ("org", "show", "CSGX"),
                ("matter", "list"),
                ("matter", "find", "井盖不见了"),
            )
        ]
        golden(f"words_{language}.txt", "\n".join(parts))


@pytest.mark.parametrize("columns", [60, 80])
def test_no_line_goes_beyond_the_edge(street: Street, columns: int) -> None:
    street.desk.do(Report(title=LONG, community="C01"), street.desk.actor("zhang"))
    for arguments in (("ticket", "list"), ("org", "show"), ("matter", "list"), ("engine", "dry-run", "--until", "20d")):
        lines = on_terminal(street, columns, *arguments)
        assert lines
        assert max(map(cells, lines)) <= columns, arguments
    titles = [line for line in on_terminal(street, columns, "ticket", "list") if "体育路" in line]
    assert len(titles) == 1
    assert titles[0].endswith("..")


def test_without_a_terminal_nothing_is_cut(run: Run, street: Street) -> None:
    street.desk.do(Report(title=LONG, community="C01"), street.desk.actor("zhang"))
    assert LONG in run("ticket", "list").out


def test_a_log_on_a_terminal_goes_on_below_itself(run: Run, street: Street) -> None:
    code = "20261120-0001"
    text = "现场已经围护" * 10 + "完"
    assert run("ticket", "note", code, "--text", text).code == 0
    lines = on_terminal(street, 80, "ticket", "log", code)
    assert max(map(cells, lines)) <= 80
    assert "".join(lines).replace(" ", "").count(text) == 1


def test_what_a_ticket_waits_for_is_said(run: Run, street: Street) -> None:
    code, zhang, li = "20261120-0003", street.desk.actor("zhang"), street.desk.actor("li")
    for _ in range(3):
        street.desk.do(Dispatch(ticket=code, to="CSGX"), zhang)
        street.desk.do(Return(ticket=code, code="not_ours", reason="不归我们"), li)
    assert "待办请求：待值班领导指定主办" in run("ticket", "show", code).out
    assert "the duty leader must name a lead" in run("ticket", "show", code, "--lang", "en").out
