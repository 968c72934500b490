"""Leave and exchanges of shifts by the commands: what is said at once, and who reads why."""

from __future__ import annotations

from tests.console.cli.conftest import Run, Street


def test_granting_a_leave_says_at_once_what_is_open_and_who_stands_in(run: Run, street: Street) -> None:
    for begin, end in (("21T08:00", "21T20:00"), ("22T08:00", "22T20:00")):
        span = ("--from", f"2026-11-{begin}", "--until", f"2026-11-{end}")
        assert run("duty", "on", "zhang", *span, officer="wang").code == 0
    asked = run("duty", "leave-ask", "--from", "2026-11-21", "--until", "2026-11-21", "--reason", "孩子体检")
    assert (asked.code, asked.out) == (0, "第 1 号请假已申请，待批准。\n")
    assert run("duty", "leave-ask", "--from", "2026-11-23", "--reason", "x").code == 2, "a leave has an end"
    assert run("duty", "leave-ask", "--from", "2026-11-23", "--until", "2026-11-27", "--reason", "探亲",
               officer="li").code == 0  # fmt: skip
    waiting = run("duty", "requests", "--waiting", "--json", officer="sun").json
    assert [(one["id"], one["kind"], one["officer"], one["reason"]) for one in waiting] == [
        (2, "leave", "li", ""),
        (1, "leave", "zhang", ""),
    ]
    assert run("duty", "requests", "--json").json[1]["reason"] == "孩子体检"
    assert "孩子体检" in run("duty", "requests", officer="wang").out
    assert run("duty", "grant", "1").code == 4
    before = street.digest()
    tried = run("duty", "grant", "1", "--dry-run", "--json", officer="wang").json
    assert street.digest() == before
    assert [(one["kind"], one["subject"], one["people"]) for one in tried["stand_ins"]] == [
        ("shift", "duty_officer", [])
    ]
    assert [(gap["kind"], gap["from_at"]) for gap in tried["gaps"]] == [
        ("empty_desk", "2026-11-21T00:00:00Z"),
        ("leave", "2026-11-21T00:00:00Z"),
    ]
    granted = run("duty", "grant", "1", officer="wang").out
    assert "2026-11-21 08:00 - 2026-11-21 20:00 值班员: 无人顶替" in granted
    assert "! 2026-11-21 08:00 - 2026-11-21 20:00 值班席无人" in granted
    assert "城市更新岗: 孙伟" in run("duty", "grant", "2", officer="wang").out
    assert run("duty", "check", "--json").code == 8
    assert run("duty", "withdraw", "1").code == 0
    assert [one["state"] for one in run("duty", "requests", "--json").json] == ["granted", "withdrawn"]
    assert run("duty", "grant", "9", officer="wang").code == 3


def test_an_exchange_by_the_commands(run: Run, street: Street) -> None:
    for officer, day in (("li", 23), ("sun", 25)):
        span = ("--from", f"2026-11-{day}T09:00", "--until", f"2026-11-{day}T17:00")
        assert run("duty", "on", officer, *span, officer="wang").code == 0
    words = ("--mine", "2026-11-23", "--theirs", "2026-11-25", "--reason", "家事")
    assert run("duty", "exchange", "孙伟", *words, officer="li").code == 0
    shown = run("duty", "requests", officer="sun").out
    assert "2026-11-23 09:00 ⇄ 2026-11-25 09:00" in shown
    assert run("duty", "grant", "1", officer="wang").code == 4, "the other has not agreed"
    assert run("duty", "agree", "1", officer="sun").out == "第 1 号换班已同意，待批准。\n"
    assert run("duty", "grant", "1", "--note", "可以", officer="wang").code == 0
    (done,) = run("duty", "requests", "--json", officer="li").json
    assert (done["state"], done["decided_by"], done["words"]) == ("granted", "王芳", "可以")
    assert [(one["from"], one["from_at"]) for one in done["shifts"]] == [
        ("li", "2026-11-23T01:00:00Z"),
        ("sun", "2026-11-25T01:00:00Z"),
    ]
    kept = run("duty", "export", "--from", "2026-11-23", "--days", "3").out
    assert "2026-11-23,09:00-17:00,sun,孙伟,岗位人员" in kept
    street_file = street.path + ".csv"
    with open(street_file, "w", encoding="utf-8") as file:
        file.write("日期,班次,人员\n2026-11-23,09:00-17:00,李强\n2026-11-25,09:00-17:00,孙伟\n")
    again = run("duty", "import", street_file, "--json", officer="wang").json
    assert (again["added"], again["removed"], again["exchanged"]) == ([], [], 2), "the plan again, as it was before"
    assert run("duty", "exchange", "孙伟", *words, officer="li").code == 3, "the 23rd is sun's now"
    assert run("duty", "decline", "1", "--reason", "x", officer="wang").code == 2
