"""`zhihui handover` as it is typed: the whole act, what is read of it, and what is refused."""

from __future__ import annotations

import csv
import io

from tests.console.cli.conftest import Run, Street


def test_a_shift_is_handed_over_by_commands(run: Run, street: Street) -> None:
    """Zhang hands over, wang refuses once and then signs; each step says what it did, and the history has both."""
    before = street.digest()
    preview = run("handover", "pack", "--dry-run", "--json").json
    assert street.digest() == before
    made = run("handover", "pack", "--json").json
    assert (made["verb"], made["item"]) == ("handover_pack", 1)
    assert "已写入第 1 号" in run("handover", "note", "钥匙在二号柜", "--ticket", "0003").out
    assert run("handover", "note", "x", "--ticket", "9999").code == 3
    assert "等待签收" in run("handover", "give").out
    refused = run("handover", "refuse", "--reason", "少了两件", officer="wang")
    assert (refused.code, refused.out) == (0, "已拒绝第 1 号交接。\n")
    again = run("handover", "pack", "--key", "k1"), run("handover", "pack", "--key", "k1")
    assert again[0] == again[1]
    run("handover", "give", "2")
    signed = run("handover", "accept", "2", "--remarks", "已清点", "--lang", "en", officer="wang")
    assert signed.out == "Handover 2 is signed: the duty is yours alone, the shift before is free.\n"

    records = run("handover", "list", "--json", officer=None).json
    assert [(one["number"], one["state"], one["answered_by"]) for one in records] == [
        (2, "accepted", "王芳"),
        (1, "refused", "王芳"),
    ]
    rows = list(csv.DictReader(io.StringIO(run("handover", "list", "--csv").out)))
    assert (rows[0]["bound"], rows[0]["change_at"]) == ("王芳", records[0]["change_at"])
    shown = run("handover", "show", "1", "--json").json
    assert shown["pack"]["counts"] == preview["counts"]
    assert shown["pack"]["counts"]["open"] == 4
    assert [(note["ticket"], note["words"]) for note in shown["notes"]] == [("20261120-0003", "钥匙在二号柜")]
    people = run("handover", "show", "1").out
    assert "拒绝接班" in people
    assert "138****5678" in people
    listed = run("handover", "export", "1").lines
    assert [line["ticket"] for line in listed] == [f"20261120-000{n}" for n in (1, 2, 3, 4)]
    assert run("handover", "export", "1", "--part", "waiting").out == ""
    assert run("handover", "export", "1", "--json").json == listed
    for form, mark in (("text", "【移交说明】"), ("markdown", "## 移交说明"), ("html", "<h2>移交说明</h2>")):
        assert mark in run("handover", "print", "1", "--format", form).out
    assert "Notes" in run("handover", "print", "1", "--lang", "en").out
    log = run("emergency", "log").out
    assert "签收接班 第 2 号（王芳）" in log
    assert run("audit", "verify").code == 0


REFUSED: tuple[tuple[tuple[str, ...], str | None, int, str], ...] = (
    (("give",), "zhang", 3, "请先制作交接包"),
    (("accept",), "wang", 3, "没有等待签收的交接"),
    (("accept", "x"), "wang", 2, "handover"),
    (("accept", "0"), "wang", 2, "handover"),
    (("accept", "99"), "wang", 3, "没有第 99 号交接"),
    (("refuse",), "wang", 2, "reason"),
    (("note", ""), "zhang", 2, "text"),
    (("pack",), "li", 4, "没有“移交班次”的权限"),
    (("accept",), "li", 4, "没有“签收接班”的权限"),
    (("show",), "li", 4, "没有“查看交接班”的权限"),
    (("show",), None, 3, "还没有交接班记录"),
    (("show", "x"), None, 2, "须为数字"),
    (("print",), None, 3, "还没有交接班记录"),
    (("export", "--part", "lost"), None, 2, "--part"),
    (("list", "--limit", "0"), None, 2, "--limit"),
)


def test_what_is_refused_says_why_in_both_languages_and_changes_nothing(run: Run, street: Street) -> None:
    before = street.digest()
    for command, who, code, words in REFUSED:
        ended = run("handover", *command, officer=who)
        assert (ended.code, ended.out) == (code, ""), command
        assert words in ended.err, command
        assert len(ended.err.strip().splitlines()) >= 2, command
    assert street.digest() == before
