"""Rosters from and to files through the real command: the list, the month's grid, all or nothing, and back again."""

from __future__ import annotations

import io
import sys
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from core.rules.duty_watch import read_limits
from data.errors import BadInput
from data.tables import Catalogue, table
from tests.console.cli.conftest import Ended, Run, Street
from tests.console.cli.test_duty import shifts

LIST = """日期,班次,人员,角色,备注
2026-12-01,白,张明,值班员,
,夜,zhang,,
12月2日（周三）,全,王　芳,带班领导,替班
2026-12-03,09:00-17:30,孙伟、li,,
2026-12-04,年假,李强,,
"""


@pytest.fixture
def take(run: Run, tmp_path: Path) -> Any:
    """Import a text or a workbook's rows as wang; the digest tells whether anything changed."""

    def call(content: str | list[list[Any]], *more: str, officer: str = "wang") -> Ended:
        file = tmp_path / ("roster.csv" if isinstance(content, str) else "roster.xlsx")
        if isinstance(content, str):
            file.write_text(content, "utf-8")
        else:
            workbook(content, file)
        return run("duty", "import", str(file), *more, officer=officer)

    return call


def workbook(rows: list[list[Any]], file: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.save(file)


def journal(street: Street) -> list[tuple[str, str]]:
    sql = "SELECT actor, body FROM organisation_event WHERE centre_id = :centre AND kind = 'roster' ORDER BY id"
    with street.desk.store.reader() as reader:
        return reader.rows(sql, centre=1)


def test_a_list_is_taken_whole_once_and_tried_before(take: Any, street: Street) -> None:
    before = street.digest()
    assert take(LIST, officer="zhang").code == 4
    tried = take(LIST, "--dry-run", "--json").json
    assert street.digest() == before
    assert [(one["officer"], one["role"], one["note"]) for one in tried["added"]] == [
        ("zhang", "duty_officer", ""),
        ("zhang", "duty_officer", ""),
        ("wang", "duty_leader", "替班"),
        ("sun", "post_member", ""),
        ("li", "post_member", ""),
        ("li", "", "年假"),
    ]
    assert {gap["kind"] for gap in tried["gaps"] if gap["new"]} == {
        "empty_desk",
        "no_duty_leader",
        "rest",
        "empty_post",
    }
    shown = take(LIST, "--dry-run").out
    assert "+ 2026-12-01 20:00 - 2026-12-02 08:00 张明 值班员" in shown
    assert "! 新 2026-12-02 08:00" in shown
    assert take(LIST, "--json").json == {**tried, "dry_run": False}
    (entry,) = journal(street)
    assert entry[0] == "wang"
    assert '"sha256"' in str(entry[1]).replace("'", '"')
    after = street.digest()
    again = take(LIST, "--json").json
    assert (again["added"], again["removed"], again["unchanged"]) == ([], [], 6)
    assert street.digest() == after


def test_a_months_grid_with_title_weekdays_and_footer_is_the_same_roster(take: Any, run: Run, street: Street) -> None:
    grid = [
        ["示范街道2026年12月值班表"],
        ["序号", "姓名", "角色", 1, "2日", "3\n周四", datetime(2026, 12, 4)],
        ["", "星期", "", "二", "三", "四", "五"],
        [1, "张明", "", "白/夜", "休", "", ""],
        [2, "王 芳", "带班", "", "24小时", None, None],
        [3, "孙伟", "", "", "", "09:00-17:30", ""],
        [4, "李强", "", "", "", "9:00~17:30", "年假"],
        ["说明：白班 8 时至 20 时"],
    ]
    assert take(LIST.replace("替班", "")).code == 0
    after = street.digest()
    found = take(grid, "--json").json
    assert (found["form"], found["added"], found["removed"], found["unchanged"]) == ("grid", [], [], 6)
    assert street.digest() == after
    wide = "日期,班次,带班领导,值班员\n2026-12-01,白,,张明\n,夜,,张明\n2026-12-02,全,王芳,\n"
    assert take(wide, "--json").json["unchanged"] == 3
    grid[2] = ["", "星期", "", "三", "四", "五", "六"]
    refused = take(grid)
    assert (refused.code, street.digest()) == (2, after)
    assert "2026-12-01 是周二 / 2026-12-01 is a Tuesday" in refused.err
    bare = [row for row in grid if row[0] == "序号" or row[0] == 1]
    assert take(bare).code == 2, "days' numbers alone need their month"
    assert take(bare, "--month", "2026-12", "--json").json["unchanged"] == 2


def test_every_bad_cell_is_told_and_nothing_is_taken(take: Any, street: Street) -> None:
    before = street.digest()
    found = take(
        "日期,班次,人员,角色,至,怪列\n"
        "2026-12-01,白,张明,,,\n"
        "2026-12-01,百,张明,,,\n"
        "2026-12-02（周二）,白,张明,,,\n"
        "2026-13-03,假,李强,,,\n"
        "2026-12-03,白,\u202e张明,,,\n"
        "2026-12-03,白,\"=cmd|' /C calc'!A0\",,,\n"
        "2026-12-03,白,赵磊,值班员,,\n"
        "2026-12-01,白,zhang,,,\n"
        "2026-12-01,10:00-22:00,张明,,,\n"
        "2029-12-01,白,张明,,,\n"
        "2026-12-05,,张明,,,\n"
        "2026-12-05,白,,,,\n"
        "2026-12-05,值班,张明,,2026-12-01,\n"
    )
    assert (found.code, street.digest(), found.out) == (2, before, "")
    said = [line.strip() for line in found.err.splitlines()[2:]]
    assert [line.partition(":")[0].removeprefix("第 ").split(" 行")[0] for line in said] == [
        *("1", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14")
    ]
    assert all(" / " in line and line.isprintable() for line in said)
    assert "第 9 行“班次” (line 9): 与第 2 行重复 / the same as in line 2" in said
    assert "第 10 行“班次” (line 10): 与第 9 行时间重叠" not in found.err
    assert any(line.startswith("第 8 行“角色”") and "zhao is not duty officer" in line for line in said)


def test_a_hostile_file_is_refused(run: Run, street: Street, tmp_path: Path) -> None:
    before = street.digest()
    bomb, rows, no_book, empty = (tmp_path / name for name in ("bomb.xlsx", "rows.csv", "no_book.xlsx", "empty.csv"))
    workbook([["日期", "班次", "人员"], [date(2026, 12, 1), "白", "张明"]], bomb)
    with zipfile.ZipFile(bomb, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet9.xml", b"0" * (20 << 20))
    rows.write_text("日期,班次,人员\n" + "2026-12-01,休,张明\n" * 5_001, "utf-8")
    no_book.write_bytes(b"PK\x03\x04nothing")
    empty.touch()
    codes = {bomb: "xlsx-size", rows: "duty-size", no_book: "xlsx-broken", empty: "file-empty",
             tmp_path: "file-directory", tmp_path / "none.csv": "file-missing"}  # fmt: skip
    for file, code in codes.items():
        found = run("duty", "import", str(file), officer="wang")
        assert f"[{code}]" in found.err, file
        assert found.code == (3 if code == "file-missing" else 2)
    assert street.digest() == before


def test_what_is_exported_is_read_again_and_brings_the_roster_back(
    take: Any, run: Run, street: Street, tmp_path: Path
) -> None:
    assert take(LIST).code == 0
    for words in (
        ("on", "chen", "--role", "commander", "--from", "2026-12-03T08:00:30", "--until", "2026-12-05"),
        ("on", "wang", "--from", "2026-12-04T09:00"),
        ("leave", "zhang", "--from", "2026-12-02T09:15", "--until", "2026-12-06", "--note", "培训"),
    ):
        assert run("duty", *words, officer="wang").code == 0
    span, kept = ("--from", "2026-12-01", "--days", "6"), journal(street)
    for ending in ("csv", "xlsx"):
        file = tmp_path / f"kept.{ending}"
        assert run("duty", "export", str(file), *span).code == 0
        assert run("duty", "export", str(file), *span).code == 2, "nothing is written over"
        again = run("duty", "import", str(file), "--json", officer="wang").json
        assert (again["added"], again["removed"], again["unchanged"]) == ([], [], 9)
        assert journal(street) == kept
    there = shifts(street)
    other = (
        "日期,班次,人员,角色\n2026-12-01,全,张明,\n2026-12-03,白,孙伟,\n"
        "2026-12-06,夜,chen,\n2026-12-06,假,sun,\n2026-12-02,无,,\n"
    )
    changed = take(other, "--json").json
    assert len(changed["added"]) == 4
    assert [one["officer"] for one in changed["removed"]] == ["zhang", "zhang", "chen", "sun", "li"]
    back = run("duty", "import", str(tmp_path / "kept.csv"), "--json", officer="wang").json
    assert ([one["officer"] for one in back["removed"]], len(back["added"])) == (["zhang", "sun", "sun", "chen"], 5)
    assert shifts(street) == there
    nobody = tmp_path / "nobody.csv"
    assert run("duty", "export", str(nobody), "--from", "2026-12-08", "--days", "2").code == 0
    assert take("日期,班次,值班员,带班\n2026-12-08,白,张明,\n2026-12-09,全,,王芳\n").code == 0
    assert len(run("duty", "import", str(nobody), "--json", officer="wang").json["removed"]) == 2
    refused = run("duty", "export", "--grid", *span)
    assert (refused.code, refused.out) == (2, ""), "half a minute cannot be said in a grid"
    run("duty", "export", str(tmp_path / "grid.csv"), "--grid", "--from", "2026-12-01", "--days", "2")
    again = run("duty", "import", str(tmp_path / "grid.csv"), "--json", officer="wang").json
    assert (again["added"], again["removed"], again["unchanged"]) == ([], [], 3)


def test_what_has_begun_stays_and_posts_of_others_are_not_touched(take: Any, run: Run, street: Street) -> None:
    run("duty", "on", "li", "--from", "2026-11-21T09:00", "--until", "2026-11-21T17:00", officer="wang")
    run("duty", "on", "chen", "--from", "2026-11-20T09:00", "--until", "2026-11-20T20:00", officer="wang")
    first = "日期,班次,人员,角色\n2026-11-19,白,张明,\n2026-11-20,白,张明,\n2026-11-21,白,张明,\n2026-11-20,全,陈静,\n"
    found = take(first, "--json").json
    assert [(one["officer"], one["from_at"][8:13]) for one in found["added"]] == [
        ("zhang", "20T00"),
        ("zhang", "21T00"),
    ]
    assert (found["removed"], found["begun"]) == ([], 3), (
        "yesterday, and a commander's shift that runs, in file and book"
    )
    assert (
        take("日期,班次,人员\n2026-11-20,无,\n2026-11-21,无,\n2026-11-22,夜,张明\n", "--json")
        .json["removed"][0]["from_at"]
        .startswith("2026-11-21T00")
    )
    assert [code for code, _, _ in shifts(street)] == ["zhang", "chen", "li", "zhang"]
    found = take("日期,班次,人员\n2026-11-21,假,陈静\n2026-11-24,白,孙伟\n", "--json").json
    assert (len(found["added"]), found["removed"]) == (2, []), "a line of leave is not all there is of its day"
    removed = take("日期,班次,人员\n2026-11-21,08:00-12:00,孙伟\n", "--json").json["removed"]
    assert [(one["officer"], one["kind"]) for one in removed] == [("chen", "leave"), ("li", "shift")]


def test_codes_are_those_of_the_desk_or_the_policy(take: Any, run: Run, tmp_path: Path) -> None:
    rotation = tmp_path / "rotation.toml"
    rotation.write_text(
        '[[rotation]]\ncode = "desk"\nrole = "duty_officer"\n'
        'shifts = ["07:30-19:30", "19:30-07:30"]\nteams = [["zhang"]]\n'
    )
    assert run("duty", "rotations-load", str(rotation), officer="wang").code == 0
    assert take(LIST, "--dry-run", "--json").json["codes"] == {
        "白": "07:30-19:30",
        "夜": "19:30-07:30",
        "全": "07:30-07:30",
    }


def test_the_policy_names_further_codes(take: Any, street: Street) -> None:
    catalogue = table(Catalogue)
    key = (catalogue.c.centre_id == 1) & (catalogue.c.kind == "policy")
    with street.desk.store.write() as connection:
        body = connection.execute(select(catalogue.c.body).where(key)).scalar_one()
        changed = {**body, "duty": {**body["duty"], "shifts": {"行": "09:00-17:30", "夜": "18:00-08:30"}}}
        connection.execute(update(catalogue).where(key).values(body=changed))
    found = take("日期,班次,人员\n2026-12-01,行,李强\n2026-12-01,夜班,张明\n2026-12-03,白,张明\n", "--json").json
    assert found["codes"] == {"白": "08:00-20:00", "夜": "18:00-08:30", "全": "08:00-08:00", "行": "09:00-17:30"}
    assert [one["from_at"][11:16] for one in found["added"]] == ["01:00", "10:00", "00:00"]


@pytest.mark.parametrize(
    "shifts",
    [{"假": "08:00-20:00"}, {"白": "8"}, {"": "08:00-20:00"}, ["白"], {"09:00-17:00": "08:00-20:00"}, {"D": 1}],
)
def test_codes_that_are_none_are_refused(shifts: object) -> None:
    with pytest.raises(BadInput):
        read_limits({"duty": {"shifts": shifts}})


def test_the_template_can_be_imported_as_it_is_filled_in(run: Run, street: Street, tmp_path: Path) -> None:
    from openpyxl import load_workbook

    file = tmp_path / "empty.xlsx"
    assert run("duty", "template", "--grid", "--month", "2026-12", "--out", str(file)).code == 0
    book = load_workbook(file)
    assert book.sheetnames == ["值班表", "说明"]
    sheet = book["值班表"]
    names = [[cell.value for cell in row[:3]] for row in sheet.iter_rows(min_row=3)]
    assert names == [["zhang", "张明", "值班员"], ["wang", "王芳", "值班领导"], ["chen", "陈静", "指挥长"]]
    sheet["D3"], sheet["AH3"] = "夜", "白"
    book.save(file)
    added = run("duty", "import", str(file), "--json", officer="wang").json["added"]
    assert [one["from_at"] for one in added] == ["2026-12-01T12:00:00Z", "2026-12-31T00:00:00Z"]
    text = run("duty", "template").out
    assert text.startswith("\ufeff日期,班次,编号,姓名,角色,至,备注")
    assert "# 白 = 08:00-20:00" in text
    assert run("duty", "template", "--month", "12").code == 2


def test_a_remote_session_sends_the_file_and_gets_it_back(
    run: Run, street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    from console.remote.command_line import read_command

    before = street.digest()
    for given, content in (("duty import --dry-run", LIST.encode("gb18030")), ("duty import", LIST.encode())):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
        options = [word for word in read_command(given.encode()) if word.startswith("--") and word != "--"]
        assert run("duty", "import", *options, "-", officer="wang").code == 0
        assert (street.digest() == before) == bool(options)
    assert "zhang" in run("duty", "export", "--from", "2026-12-01", "-").out
    assert read_command(b"duty export --days 7")[-2:] == ["--", "-"]
