"""AS-2, source S0 [0-26]: a fire hazard in 鲁能星城八街区, put right with the residents' money and their word.

Notice published and pushed → opinions for 15 days, 88 of them → decision → the quote falls from 1.40 to 0.80 million
yuan → every step is published.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path

from tests.scenarios.street_centre import StreetCentre

HEADER = ["户号", "姓名", "态度", "意见", "提交时间"]


def opinions(folder: Path) -> Path:
    """88 sound rows, some of them hostile, and six that do not count."""
    households = [f"8-{no // 22 + 1}-{no % 22 + 101}" for no in range(84)]
    rows = [[household, "王小明", "同意", "支持", "2023-07-12 20:00"] for household in households]
    rows += [
        ["8-9-101", "欧阳明", "反对", "太贵 13812345678", "2023/07/13"],
        ["8-9-102", "=cmd|' /C calc'!A0", "同意", "=1+1", "2023-07-13 08:00"],
        ["8-9-103", "[red]李[/]\x1b[2J", "同意", "\x1b]0;x\x07 快修", "2023-07-13 08:00"],
        ["8-9-104", "", "", "长" * 2000, "2023-07-25 23:59:59"],
        ["８栋9单元104室", "", "", "长" * 2000, "2023-07-25 23:59:59"],
        ["", "张三", "同意", "无户号", "2023-07-12 20:00"],
        ["8-9-105", "", "同意", "早了", "2023-07-10 08:59:59"],
        ["8-9-106", "", "同意", "晚了", "2023-07-26"],
        ["8-9-107", "", "不知道", "选项不对", "2023-07-12 20:00"],
        ["8-9-108", "", "", "", "2023-07-12 20:00"],
        ["8-9-109", "", "", "长" * 2001, "2023-07-12 20:00"],
    ]
    path = folder / "意见.csv"
    with path.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows([HEADER, *rows])
    return path


def test_residents_are_consulted_and_every_step_is_published(tmp_path: Path) -> None:
    street = StreetCentre(tmp_path, "2023-07-10 09:00:00")
    _, community = street.a_grid()
    secretary = street.officer(community, "community_secretary")
    code = street.report(
        *("--title", "消防设施损坏，存在火灾隐患", "--source", "grid", "--tier", "community", "--community", community),
        who=secretary,
    )
    street.run(
        *("consult", "open", code, "--kind", "意见征集", "--subject", "消防改造", "--closes", "2023-07-25"),
        *("--option", "同意", "--option", "反对", "--households", "1200", "--opens", "2023-07-10"),
        who=secretary,
    )
    publish = ("publish", code, "--place", "小区公告栏、业主群", "--words")
    street.ticket(*publish, "告知书", "--step", "notice", who=secretary)
    file = opinions(tmp_path)

    # Nothing is taken from a file that a stranger hands in, or in a rehearsal.
    collect = ("consult", "import", code, str(file))
    street.run(*collect, who=street.officer("CSGX", "post_member", "a"), expect=3)
    street.at("2023-07-25 23:59:59")
    rehearsed = json.loads(street.run(*collect, "--dry-run", "--json", who=secretary, expect=7))
    assert json.loads(street.run("consult", "show", code, "--json"))[0]["opinions"] == 0

    def imported() -> dict[str, object]:
        found: dict[str, object] = json.loads(street.run(*collect, "--json", who=secretary, expect=7))
        return found

    first, events = imported(), len(street.log(code))
    assert (first["read"], first["taken"], first["known"], first["rejected"]) == (95, 88, 1, 6)
    assert {**first, "reject_file": None, "dry_run": True} == rehearsed
    assert first["reasons"] == {
        "household-missing": 1, "outside": 2, "choice-unknown": 1, "nothing-said": 1, "too-long": 1,
    }  # fmt: skip
    rejected = Path(str(first["reject_file"])).read_text("utf-8-sig")
    assert "收到时间不在征集期内" in rejected
    # The same file again changes nothing, not even the log.
    again = imported()
    assert (again["taken"], again["known"], len(street.log(code))) == (0, 89, events)

    # It is closed by the engine at its end; whoever opened it hears of it, and no answer and no later end is taken.
    street.ticket("conclude", code, "--result", "x", who=secretary, expect=4)
    street.at("2023-07-26 00:00:00")
    street.engine()
    shown = json.loads(street.run("consult", "show", code, "--json"))[0]
    assert (shown["state"], shown["opinions"], shown["answered"], shown["refused"]) == ("closed", 88, 88, 6)
    assert shown["tally"] == {"反对": 1, "同意": 86}
    told = street.rows("SELECT title FROM notice WHERE centre_id = :centre AND kind = 'meeting'")
    assert any("已截止，收到 88 条" in title for (title,) in told)
    street.ticket("collect", code, "--household", "1-1-101", "--words", "迟到", who=secretary, expect=2)

    figures = ("--before", "140", "--after", "80", "--unit", "万元")
    street.ticket("conclude", code, "--result", "业主同意改造，重新比价", *figures, who=secretary)
    street.ticket(*publish, "报价由 140 万降至 80 万", "--step", "result", who=secretary)
    text = street.run("consult", "show", code)
    assert "140 -> 80 万元 (-42.9%)" in text
    assert [line.split()[4] for line in text.splitlines() if "公示" in line] == ["通知", "结果"]

    # What residents wrote is listed without what says who they are, and harms no terminal and no spreadsheet.
    listed = street.run("consult", "opinions", code, "--csv")
    for secret in ("王小明", "欧阳明", "13812345678", "8-1-101"):
        assert secret not in listed
    assert "\x1b" not in listed
    assert not [cell for row in csv.reader(listed.splitlines()) for cell in row if cell[:1] in ("=", "+", "@")]
    street.run("audit", "verify")
