"""The other nouns through the real command: what they print, and how they end."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from console.entry import main
from core.catalogue.read import read_catalogue
from core.clock import SetClock
from core.demo import make_demo
from data.store import Store
from tests.console.cli.conftest import Ended, Run, Street, process
from tests.street import START


def test_the_version(run: Run) -> None:
    assert run("--version").out.startswith("zhihui ")


def test_reports(run: Run) -> None:
    rows = run("report", "custody", "--by", "stage", "--json").json
    assert {row["key"] for row in rows} == {"reported", "accepted", "assessed"}
    life = sum((START + timedelta(minutes=6) - START - timedelta(minutes=n)).seconds for n in range(4))
    assert sum(row["seconds"] for row in rows) == life
    assert run("report", "ontime", "--json").json[0]["open_in_time"] == 0
    assert [row["reported"] for row in run("report", "sources", "--json").json] == [4]
    assert run("report", "custody", "--by", "colour").code == 2
    assert run("report", "ontime", "--period", "soon").code == 2
    assert run("report", "ontime", "--where", "colour=red").code == 2


def test_explain(run: Run) -> None:
    assert "5分钟" in run("ticket", "explain", "20261120-0001").out
    clocks = run("ticket", "explain", "20261120-0001", "--json").json["clocks"]
    assert clocks[0]["due_at"] == "2026-11-20T01:05:00Z"
    assert run("ticket", "explain", "20261120-0099").code == 3


def test_audit_finds_a_change_behind_the_log(run: Run, street: Street) -> None:
    assert run("audit", "verify").code == 0
    anchor = run("audit", "head", "--json").json["anchor"]
    assert run("audit", "verify", "--against", anchor).code == 0
    assert run("audit", "verify", "--against", "nonsense").code == 2
    with street.desk.store.write() as connection:
        connection.exec_driver_sql("UPDATE ticket SET title = '改' WHERE centre_id = 1 AND code = '20261120-0001'")
    ended = run("audit", "verify", "--json")
    assert ended.code == 8
    assert [(row["place"], row["field"]) for row in ended.json["findings"]] == [("ticket", "title")]


def test_the_engine(run: Run, street: Street) -> None:
    assert run("engine", "status").code == 8
    planned = run("engine", "dry-run", "--until", "1h", "--jsonl").lines
    assert planned == sorted(planned, key=lambda row: row["at"])
    assert planned[0]["ticket"] == "20261120-0001"
    assert run("engine", "dry-run", "--until", "never").code == 2
    once = run("engine", "once", "--json").json
    assert once["leading"] is True
    assert once["fired"] > 0
    assert run("engine", "once", "--json").json["fired"] == 0
    assert run("engine", "audit").code == 0
    steps = [event for event in run("ticket", "log", "20261120-0001", "--json").json if event["verb"] == "engine_step"]
    assert steps


def test_the_webhook(run: Run, street: Street) -> None:
    assert run("engine", "webhook", "test").code == 3
    made = run("engine", "webhook", "set", "http://127.0.0.1:9/x")
    assert made.code == 0
    assert len(made.out.strip()) >= 16
    assert run("engine", "webhook", "set", "ftp://x").code == 2
    assert run("engine", "webhook", "test", "--timeout", "1").code == 6
    assert run("engine", "webhook", "clear").code == 0
    assert run("engine", "webhook", "clear").code == 3


def test_the_store(run: Run, street: Street, tmp_path: Path) -> None:
    info = run("db", "info", "--json").json
    assert (info["engine"], info["events"]) == ("SQLite", 7)
    assert run("db", "check").code == 0
    assert run("db", "upgrade").code == 0
    copy = str(tmp_path / "copy.db")
    assert run("db", "backup", copy).code == 0
    assert run("db", "backup", copy).code == 2
    before = street.digest()
    assert run("ticket", "note", "20261120-0001", "--text", "x").code == 0
    assert run("db", "restore", copy).code == 6
    assert run("db", "restore", copy, "--force", "--live").code == 0
    assert street.digest() == before
    assert run("db", "restore", str(tmp_path / "none"), "--force").code in (3, 6)


def test_a_new_street_from_nothing_to_a_ticket(home: Path) -> None:
    """As README says: the default store, the default template."""
    first = process(["org", "init"])
    assert first.returncode == 0, first.stderr.decode()
    assert (home / "data" / "zhihui" / "zhihui.db").exists()
    assert process(["org", "init"]).returncode == 5
    on_duty = json.loads(process(["duty", "show", "--json"]).stdout)
    officer = next(row["officer"] for row in on_duty if row["role"] == "duty_officer")
    made = process(["ticket", "report", "--title", "井盖缺失", "--json", "--as", officer])
    assert made.returncode == 0, made.stderr.decode()
    listed = json.loads(process(["ticket", "list", "--json"]).stdout)
    assert [row["code"] for row in listed] == [json.loads(made.stdout)[0]["ticket"]]
    ended = process(["org", "check"])
    assert ended.returncode == 0
    assert "ZSGZ" in ended.stdout.decode()


def test_organisation_files_there_and_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = str(tmp_path / "s4.db")

    def call(*arguments: str, officer: str = "ZB10") -> Ended:
        capsys.readouterr()
        code = main([*arguments, "--store", store, "--as", officer], SetClock(START))
        found = capsys.readouterr()
        return Ended(code, found.out, found.err)

    assert call("org", "init", "--template", "s4", "--code", "XZ", "--name", "新镇").code == 0
    people = call("org", "show", "--people", "--json").json
    assert [row["role"] for row in people if row["officer"] == "ZB10"] == ["shift_leader"]
    assert call("org", "show", "NOPE").code == 3
    for name in ("org.toml", "org.xlsx", "org.csv", "folder"):
        path = str(tmp_path / name)
        assert call("org", "export", path).code == 0
        assert call("org", "export", path).code == 2
        ended = call("org", "load", path, "--json")
        assert ended.code == 0, ended.err
        assert (ended.json["added"], ended.json["changed"]) == ({}, {}), name
    text = (tmp_path / "org.toml").read_text("utf-8")
    assert text.count("新镇") == 2
    (tmp_path / "org.toml").write_text(text.replace('name = "新镇"', 'name = "老镇"'), "utf-8")
    assert call("org", "load", str(tmp_path / "org.toml"), "--json", "--dry-run").json["changed"]["unit"] == 1
    assert call("org", "load", str(tmp_path / "org.toml"), officer="ZB11").code == 4, "not for a duty officer"
    assert call("org", "load", str(tmp_path / "org.toml"), "--json").json["changed"]["unit"] == 1
    assert "unit" not in call("org", "load", str(tmp_path / "org.toml"), "--json").json["changed"]
    assert call("org", "roster", "--from", "2027-03-01", officer="ZB11").code == 4, "not for a duty officer"
    more = call("org", "roster", "--from", "2027-03-01", "--days", "2", "--json")
    assert more.json["added"]["duty"] > 0
    assert call("org", "roster", "--from", "2027-03-01", "--days", "2", "--json").json["added"] == {}
    (tmp_path / "bad.toml").write_text("[[unit]]\ncode = 5\n")
    assert call("org", "load", str(tmp_path / "bad.toml")).code == 2
    assert call("org", "load", str(tmp_path / "none.toml")).code == 3


def test_redrawing(run: Run, street: Street) -> None:
    refused = run("org", "rename", "C01", "新社区")
    assert (refused.code, "没有“调整机构”的权限" in refused.err) == (4, True), "not for a duty officer"
    senior = partial(run, officer="wang")
    assert senior("org", "rename", "C01", "新社区", "--dry-run").code == 0
    assert run("ticket", "list", "--json").json[0]["community_name"] == "一社区"
    assert senior("org", "rename", "C01", "新社区").code == 0
    assert senior("org", "rename", "C01", "新社区").code == 2
    assert senior("org", "rename", "NOPE", "x").code == 3
    assert senior("org", "merge", "C01", "--into", "C09").code == 2
    assert senior("org", "split", "C01", "--part", "nonsense").code == 2
    made = senior("org", "split", "C01", "--part", "C02:东社区:G01", "--part", "C03:西社区:", "--json")
    assert made.code in (0, 2), made.err


def test_duty(run: Run, street: Street) -> None:
    assert run("duty", "on", "zhang", "--until", "2026-11-20T18:00").code == 0
    assert run("duty", "on", "zhang").code == 5
    assert run("duty", "on", "zhao").code == 4, "not for a duty officer"
    assert run("duty", "on", "zhao", officer="wang").code == 4, "a grid worker serves no shifts"
    assert run("duty", "on", "nobody", officer="wang").code == 3
    assert run("duty", "on", "wang", "--until", "yesterday", officer="wang").code == 2
    assert run("duty", "leave", "li", "--until", "2026-11-21").code == 4, "nor is another's leave"
    assert run("duty", "leave", "李强", "--until", "2026-11-21", "--note", "培训", officer="li").code == 0
    found = run("duty", "show", "--json").json
    assert [(row["officer"], row["kind"]) for row in found] == [("zhang", "shift"), ("li", "leave")]
    assert run("duty", "off", "zhang").code == 0
    assert run("duty", "off", "zhang").code == 3
    assert run("duty", "leave", "li", "--end", officer="wang").code == 0
    assert run("duty", "show", "--json").json == []


def test_duty_swap(run: Run, street: Street) -> None:
    until = ("--until", "2026-11-20T18:00", "--reason", "家中有事")
    assert run("duty", "swap", "li", "sun", "--until", "2026-11-20T18:00", officer="li").code == 2, "no reason"
    assert run("duty", "swap", "li", "zhao", *until, officer="li").code == 3, "no pair"
    assert run("duty", "swap", "li", "sun", *until).code == 4, "not for a duty officer"
    assert run("duty", "swap", "孙伟", "李强", *until, officer="sun").code == 0
    assert run("duty", "swap", "li", "sun", "--agree", officer="sun").code == 4, "the other agrees"
    assert "待对方同意" in run("duty", "show").out
    assert run("duty", "swap", "li", "sun", "--agree", officer="li").code == 0
    (shown,) = run("duty", "show", "--json").json
    assert (shown["officer"], shown["kind"], shown["note"]) == ("li", "swap", "⇄ 孙伟 家中有事")
    assert run("duty", "swap", "li", "sun", "--end", officer="wang").code == 0
    assert run("duty", "show", "--json").json == []


def test_matters(run: Run, street: Street, tmp_path: Path) -> None:
    assert run("matter", "find", "井盖不见了", "--json").json[0]["code"] == "BJ0101"
    assert run("matter", "show", "BJ0101", "--json").json["lead"] == "CSGX"
    assert run("matter", "show", "NOPE").code == 3
    shipped = Path(__file__).parents[3] / "data" / "catalogue"
    assert run("matter", "check", str(shipped)).code == 0
    assert run("matter", "load", str(shipped)).code == 4
    loaded = run("matter", "load", str(shipped), "--json", officer="wang").json
    assert {row["kind"]: row["new"] for row in loaded}["matters"] is True
    assert len(run("matter", "list", "--json").json) >= 150
    exported = tmp_path / "all.toml"
    assert run("matter", "export", str(exported)).code == 0
    assert read_catalogue(exported).digest() == read_catalogue(shipped).digest()
    before = street.digest()
    assert run("matter", "load", str(exported), "--json", officer="wang").json[0]["new"] is False
    assert street.digest() == before
    exported.write_text(exported.read_text("utf-8").replace('urgency = "urgent"', 'urgency = "quick"', 3), "utf-8")
    ended = run("matter", "load", str(exported), officer="wang")
    assert ended.code == 2
    assert ended.err.count("urgency") >= 3
    assert street.digest() == before


def test_the_calendar(run: Run, street: Street) -> None:
    day = run("calendar", "show", "--from", "2026-11-23", "--days", "1", "--json").json[0]
    assert (day["workday"], day["windows"]) == (True, "09:00-12:00 14:00-18:00")
    assert run("calendar", "set-day", "2026-11-23", "holiday").code == 4
    assert run("calendar", "set-day", "2026-11-23", "holiday", officer="chen").code == 0
    assert run("calendar", "show", "--from", "2026-11-23", "--days", "1", "--json").json[0]["workday"] is False
    assert run("calendar", "set-day", "2026-11-22", "windows", "10:00-11:00", officer="chen").code == 0
    assert run("calendar", "show", "--from", "2026-11-22", "--days", "1", "--json").json[0]["windows"] == "10:00-11:00"
    for bad in (
        ["2026-13-01", "holiday"],
        ["2026-11-22", "windows"],
        ["2026-11-22", "party"],
        ["2026-11-22", "windows", "9"],
    ):
        assert run("calendar", "set-day", *bad, officer="chen").code == 2, bad


# ------------------------------------------------------------------------------------------------ the demo street


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = str(tmp_path_factory.mktemp("demo") / "demo.db")
    make_demo("sqlite:///" + path, START, tickets=60)
    return path


def on_demo(demo: str, capsys: pytest.CaptureFixture[str], *arguments: str) -> Ended:
    capsys.readouterr()
    code = main([*arguments, "--store", demo], SetClock(START))
    found = capsys.readouterr()
    return Ended(code, found.out, found.err)


def test_the_demo_has_tickets_in_every_stage(demo: str, capsys: pytest.CaptureFixture[str]) -> None:
    rows = on_demo(demo, capsys, "ticket", "list", "--json", "--all", "--limit", "1000").json
    assert len(rows) == 60
    stages = {row["stage"] for row in rows}
    assert {"reported", "accepted", "assessed", "dispatched", "acknowledged", "on_scene", "handling"} <= stages
    assert {"completed", "checked", "called_back", "suspended", "archived"} <= stages
    late = [row for row in rows if row["late"]]
    assert 3 <= len(late) <= 50


def test_the_demo_is_sound(demo: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert on_demo(demo, capsys, "audit", "verify").code == 0
    assert on_demo(demo, capsys, "db", "check").code == 0
    assert on_demo(demo, capsys, "engine", "audit").code == 0


def test_the_demo_is_made_once_and_never_over_real_work(
    demo: str, street: Street, capsys: pytest.CaptureFixture[str]
) -> None:
    made = os.stat(demo).st_ino
    assert on_demo(demo, capsys, "demo", "--no-console").code == 0
    assert os.stat(demo).st_ino == made
    before = street.digest()
    assert on_demo(street.path, capsys, "demo", "--no-console", "--fresh").code == 5
    assert street.digest() == before
    assert Store("sqlite:///" + demo).path == demo
