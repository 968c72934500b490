"""The roster of a week through the real command: for people in a grid, for scripts a record for each entry."""

from __future__ import annotations

from pathlib import Path

from tests.console.cli.conftest import Run, Street
from tests.console.cli.test_duty import ROTATIONS, load


def test_a_week_shows_who_is_on_away_and_what_is_wrong(run: Run, street: Street, tmp_path: Path) -> None:
    assert load(run, tmp_path, ROTATIONS) == 0
    assert run("duty", "write", "--days", "7", officer="wang").code == 0
    # Zhang is away for a night: nobody else sits at the desk.
    away = run("duty", "leave", "zhang", "--from", "2026-11-22T20:00", "--until", "2026-11-23T02:00", officer="wang")
    assert away.code == 0
    before = street.digest()
    shown = run("duty", "week", officer="li")
    assert shown.code == 0
    grid = shown.out.splitlines()
    header = grid[0].split()
    assert header[:4] == ["[11-20", "周五]", "11-21", "周六"]
    assert header[-2:] == ["11-26", "周四"]
    text = shown.out
    assert "20-02 ! 无人" in text
    assert "20-02 张明~!" in text
    assert "02-08 张明" in text
    assert "! 11-22 20:00 - 11-23 02:00  值班席无人" in text
    assert "! 11-22 20:00 - 11-23 02:00  张明 请假又排班（值班员）" in text
    assert "! 无人  = 一人两处" in text
    english = run("duty", "week", "--lang", "en").out
    assert "20-02 ! none" in english
    assert "[11-20 Fri]" in english
    assert "nobody at the desk" in english
    assert street.digest() == before


def test_scripts_get_a_record_for_each_entry(run: Run, street: Street, tmp_path: Path) -> None:
    load(run, tmp_path, ROTATIONS)
    run("duty", "write", "--days", "7", officer="wang")
    run("duty", "leave", "zhang", "--from", "2026-11-22T20:00", "--until", "2026-11-23T02:00", officer="wang")
    records = run("duty", "week", "--from", "2026-11-22", "--days", "2", "--json").json
    assert {one["day"] for one in records} == {"2026-11-22", "2026-11-23"}
    desk = [one for one in records if one["code"] == "duty_officer" and one["day"] == "2026-11-22"]
    assert [(one["what"], one["from_at"], one["to_at"], one["officer"], one["wrong"]) for one in desk[1:]] == [
        # Zhang has all the shifts of the desk, without any rest between them.
        ("serves", "2026-11-22T00:00:00Z", "2026-11-22T12:00:00Z", "zhang", ["rest"]),
        ("leave", "2026-11-22T12:00:00Z", "2026-11-22T18:00:00Z", "zhang", ["leave"]),
        ("wrong", "2026-11-22T12:00:00Z", "2026-11-22T18:00:00Z", None, ["empty_desk"]),
    ]
    lines = run("duty", "week", "--from", "2026-11-22", "--days", "2", "--jsonl").lines
    assert lines == records
    assert run("duty", "week", "--from", "2026-11-22", "--csv").out.startswith("day,kind,code,place,what,from_at,to_at")


def test_bad_input_is_refused_with_its_reason(run: Run) -> None:
    for wrong in ("gestern", "2026-02-30"):
        assert run("duty", "week", "--from", wrong).code == 2
    for wrong in ("0", "32", "viele"):
        assert run("duty", "week", "--days", wrong).code == 2
