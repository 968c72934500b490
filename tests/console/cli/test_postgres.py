"""The same commands on a PostgreSQL store."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from console.entry import main
from core.clock import SetClock
from data.store import Store
from tests.console.cli.conftest import Ended
from tests.street import START, small_street


@pytest.mark.pg
def test_a_shift_on_postgres(postgres_database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from data.location import locate

    clock = SetClock(START)
    small_street(Store(locate(postgres_database), create=True), clock)

    def call(*arguments: str, officer: str = "zhang") -> Ended:
        capsys.readouterr()
        code = main([*arguments, "--store", postgres_database, "--as", officer], clock)
        found = capsys.readouterr()
        return Ended(code, found.out, found.err)

    for title in ("井盖缺失", "路灯不亮"):
        assert call("ticket", "report", "--title", title, "--key", title).code == 0
    listed = call("ticket", "list", "--json").json
    assert [row["title"] for row in listed] == ["井盖缺失", "路灯不亮"]
    page = call("ticket", "list", "--json", "--limit", "1", "--after", listed[0]["cursor"]).json
    assert page == listed[1:]
    tried = call("ticket", "accept", "--where", "stage=reported", "--dry-run", "--json").json
    assert [row["stage"] for row in tried] == ["accepted", "accepted"]
    assert [row["stage"] for row in call("ticket", "list", "--json").json] == ["reported", "reported"]
    mixed = call("ticket", "accept", listed[0]["code"], "nope", listed[1]["code"], "--jsonl")
    assert (mixed.code, [row["ok"] for row in mixed.lines]) == (7, [True, False, True])
    orders = tmp_path / "orders.jsonl"
    lines = [
        {"verb": "assess", "ticket": listed[0]["code"], "matter": "BJ0101", "key": "a"},
        {"verb": "dispatch", "ticket": "nope", "key": "b"},
        {"verb": "dispatch", "ticket": listed[0]["code"], "key": "c"},
    ]
    orders.write_text("\n".join(map(json.dumps, lines)))
    assert [row["ok"] for row in call("batch", str(orders), "--dry-run").lines] == [True, False, True]
    assert [row["ok"] for row in call("batch", str(orders)).lines] == [True, False, True]
    assert [row["replayed"] for row in call("batch", str(orders)).lines] == [True, False, True]
    assert call("ticket", "show", listed[0]["code"]).code == 0
    told = call("plan", "activate", listed[1]["code"], "LIFT", "--to", "CSGX", "--json")
    assert [row["verb"] for row in told.json] == ["dispatch", "activate_plan"]
    assert call("plan", "tick", listed[1]["code"], "2").code == 0
    active = call("plan", "status", "--json").json
    assert [(row["plan"], [line["done"] for line in row["checks"]]) for row in active] == [
        ("LIFT", [False, True, False, False])
    ]
    roster = tmp_path / "roster.csv"
    roster.write_text(
        "日期,班次,人员\n2026-12-01,白,张明\n2026-12-03,白,李强\n2026-12-05,白,孙伟\n2026-12-06,假,孙伟\n", "utf-8"
    )
    assert len(call("duty", "import", str(roster), "--json", officer="wang").json["added"]) == 4
    assert call("duty", "import", str(roster), "--json", officer="wang").json["unchanged"] == 4
    words = ("--mine", "2026-12-03", "--theirs", "2026-12-05", "--reason", "家事")
    assert call("duty", "exchange", "sun", *words, officer="li").code == 0
    assert call("duty", "agree", "1", officer="sun").code == 0
    assert call("duty", "grant", "1", officer="wang").code == 0
    assert (
        call("duty", "leave-ask", "--from", "2026-12-05", "--until", "2026-12-05", "--reason", "x", officer="li").code
        == 0
    )
    granted = call("duty", "grant", "2", "--substitute", "sun", "--json", officer="wang").json
    assert [one["people"] for one in granted["stand_ins"]] == [["孙伟"], ["孙伟"]]
    assert [one["state"] for one in call("duty", "requests", "--json").json] == ["granted", "granted"]
    assert call("duty", "withdraw", "2", officer="li").code == 0
    assert call("duty", "export", "--from", "2026-12-01", "--days", "6").code == 0
    assert call("matter", "card", "BJ0101").code == 0
    assert call("report", "custody", "--csv").code == 0
    assert call("engine", "once").code == 0
    assert call("audit", "verify").code == 0
    assert call("db", "info").code == 0
    assert call("db", "check").code == 0
