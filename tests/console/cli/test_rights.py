"""Roles given by two persons, and break-glass, through the commands."""

from __future__ import annotations

from tests.console.cli.conftest import Run, Street


def test_a_role_is_given_by_two_persons(run: Run, street: Street) -> None:
    """This street has no administrators: the seniors ask in their place."""
    before = street.digest()
    assert run("grant", "give", "li", "值班长", "--reason", "顶班", officer="li").code == 4
    assert run("grant", "give", "li", "国王", "--reason", "顶班", officer="wang").code == 2
    assert run("grant", "give", "li", "值班长", officer="wang").code == 2
    assert run("grant", "give", "li", "security_admin", "--reason", "兼任", officer="wang").code == 2
    assert street.digest() == before
    asked = run("grant", "give", "li", "值班长", "--reason", "顶班", officer="wang")
    assert asked.code == 0
    assert "zhihui grant agree 1" in asked.out
    assert run("grant", "agree", "1", officer="wang").code == 4
    assert run("db", "info", officer="li").code == 4
    assert run("grant", "agree", "1", officer="chen").code == 0
    assert run("db", "info", officer="li").code == 0
    (line,) = run("grant", "list", "--json", officer="chen").json
    assert (line["state"], line["officer"], line["role"], line["asked_by"], line["decided_by"]) == (
        *("agreed", "li", "shift_leader"),
        *("王芳", "陈静"),
    )
    shown = run("grant", "list", officer="chen").out
    assert "授予 已同意" in shown
    assert "值班长" in shown
    assert run("grant", "list", "--waiting", "--json", officer="chen").json == []
    assert run("grant", "list", officer="zhao").code == 4
    assert run("audit", "verify").code == 0


def test_break_glass_from_taking_to_review(run: Run, street: Street) -> None:
    code = run("ticket", "report", "--title", "楼道起火", "--json").json[0]["ticket"]
    assert run("ticket", "grade", code, "--grade", "2", "--reason", "连片").code == 4
    assert run("break-glass", "take", "指挥长", officer="zhang").code == 2
    taken = run("break-glass", "take", "指挥长", "--reason", "领导失联")
    assert "30 分钟" in taken.out
    assert run("ticket", "grade", code, "--grade", "2", "--reason", "连片").code == 0
    # The organisation is the commander's to change; roles are not, for half an hour.
    assert run("org", "rename", "C01", "一社区新").code == 0
    assert run("break-glass", "review", "1", "--proper", "--words", "妥", officer="chen").code == 4
    street.clock.advance(minutes=30)
    assert run("ticket", "void", code, "--reason", "误报").code == 4
    assert run("break-glass", "review", "1", "--words", "妥", officer="chen").code == 2
    assert [use["id"] for use in run("break-glass", "list", "--unreviewed", "--json", officer="chen").json] == [1]
    assert "! 待复核" in run("break-glass", "list", officer="chen").out
    assert run("break-glass", "review", "1", "--proper", "--words", "情况紧急", officer="chen").code == 0
    assert run("break-glass", "list", "--unreviewed", "--json", officer="chen").json == []
    log = run("emergency", "log").out
    assert "紧急授权" in log
    assert "领导失联" in log
    assert run("audit", "verify").code == 0
