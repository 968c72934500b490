"""The lists as guards [1-19 … 1-23], through the real commands: stopped, overridden, refused, counted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from core.desk.proposing import proposed
from data.reader import Reader
from tests.scenarios.street_centre import StreetCentre

NEGATIVE, ON_LIST, OFF_LIST, CERTIFICATE, ASSIST = "JJ0301", "JF0101", "MS0201", "MS0701", "AQ0301"


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> StreetCentre:
    """A Friday morning; the example lists go out as a table and come back in."""
    folder: Path = tmp_path_factory.mktemp("lists")
    street = StreetCentre(folder, "2026-11-20 09:00:00")
    table = str(folder / "lists.csv")
    street.run("lists", "export", table, "--example")
    before = assessed(street, NEGATIVE)
    street.ticket("hand-down", before, "--to", "SQ01", "--reason", "社区去谈", who=desk(street))
    assert street.log(before)[-1]["verb"] == "hand_down", "without lists nothing is stopped"
    assert "权限" in street.run("lists", "load", table, who=desk(street), expect=4)
    street.run("lists", "load", table, who=leader(street))
    return street


def desk(street: StreetCentre) -> str:
    return street.on_duty("duty_officer")


def leader(street: StreetCentre) -> str:
    return street.on_duty("duty_leader")


def assessed(street: StreetCentre, matter: str, title: str = "群众反映", *more: str) -> str:
    """A ticket that was assessed as a matter."""
    code = street.report("--title", title, "--community", "SQ01", who=desk(street))
    street.ticket("accept", code, who=desk(street))
    street.ticket("assess", code, "--matter", matter, *more, who=desk(street))
    return code


def refused(street: StreetCentre, verb: str, code: str, *more: str, who: str) -> str:
    """The sentence of a refusal; nothing has changed."""
    before = street.log(code)
    said = street.ticket(verb, code, *more, who=who, expect=4)
    assert street.log(code) == before
    return said


def counted(street: StreetCentre, *more: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(street.run("report", "lists", "--json", *more))
    return found


def test_a_negative_matter_goes_down_only_by_an_entitled_officer_with_a_reason(street: StreetCentre) -> None:
    code = assessed(street, NEGATIVE)
    down = ("--to", "SQ01", "--reason", "社区去谈")
    said = refused(street, "hand-down", code, *down, who=desk(street))
    assert "负面事项清单" in said
    assert "FM02" in said
    assert "征收部门办理" in said
    assert "negative list" in refused(street, "hand-down", code, *down, "--lang", "en", who=desk(street))
    assert "不能突破清单" in refused(street, "hand-down", code, *down, "--override", "急", who=desk(street))
    assert "清单" in refused(street, "hand-down", code, *down, "--override", " ", who=leader(street))
    assert possible(street, code, "hand_down", desk(street)) == "list-negative"
    assert possible(street, code, "hand_down", leader(street)) == ""

    street.ticket("hand-down", code, *down, "--override", "党工委会议定", who=leader(street))
    kept = street.log(code)[-1]["facts"]
    assert kept["override"] == "党工委会议定"
    assert (kept["stopped"], kept["listed"]) == ("list-negative", "negative FM02")
    assert "党工委会议定" in street.run("ticket", "log", code)
    (each,) = [row for row in counted(street, "--each") if row["ticket"] == code]
    assert (each["deed"], each["actor"], each["reason"]) == ("overridden", leader(street), "党工委会议定")


def possible(street: StreetCentre, code: str, verb: str, who: str) -> str:
    """The code of why a verb is not possible; empty where it is."""
    shown = json.loads(street.run("ticket", "show", code, "--json", who=who))
    (found,) = [item for item in shown["actions"] if item["verb"] == verb]
    return str(found["code"] or "")


def test_only_what_is_on_a_list_of_the_tier_goes_down_to_it(street: StreetCentre) -> None:
    grid, _community = street.a_grid()
    on = assessed(street, ON_LIST)
    street.ticket("hand-down", on, "--to", grid, "--reason", "就近调解", who=desk(street))
    off = assessed(street, OFF_LIST)
    assert "村（社区）事项清单" in refused(street, "hand-down", off, "--to", grid, "--reason", "代办", who=desk(street))
    for part in ("--to", "--assist"):
        lead = () if part == "--to" else ("--to", "ZHXT")
        assert "清单" in refused(street, "dispatch", off, *lead, part, "SQ01", who=desk(street))
    secretary = "@" + street.officer("SQ01", "community_secretary")
    assert "清单" in refused(street, "dispatch", off, "--to", "ZHXT", "--assist", secretary, who=desk(street))
    street.ticket("dispatch", off, "--to", "ZHXT", "--inform", "SQ01", who=desk(street))
    assert "清单" in refused(street, "add", off, "--to", grid, who=desk(street))
    assert "清单" in refused(street, "redispatch", off, "--to", "SQ02", "--reason", "换", who=desk(street))

    untold = street.report("--title", "说不清的事", who=desk(street))
    street.ticket("accept", untold, who=desk(street))
    assert "研判" in refused(street, "dispatch", untold, "--to", "SQ01", who=desk(street))


def test_an_emergency_is_not_stopped_and_is_counted(street: StreetCentre) -> None:
    code = assessed(street, OFF_LIST, "情况紧急", "--urgency", "emergency")
    street.ticket("dispatch", code, "--to", "ZHXT", "--assist", "SQ01", who=desk(street))
    assert street.log(code)[-1]["facts"]["emergency"] is True
    assert [row["times"] for row in counted(street) if row["deed"] == "emergency"] == [1]


def test_a_certificate_that_is_not_to_be_issued_is_refused_with_what_the_list_says(street: StreetCentre) -> None:
    code = assessed(street, CERTIFICATE, "要开亲属关系证明")
    assert "派出所" in refused(street, "dispatch", code, "--to", "ZHXT", who=desk(street))
    assert possible(street, code, "dispatch", desk(street)) == "certificate-not-issued"
    street.ticket("refuse", code, who=desk(street))
    told = street.log(code)[-1]["facts"]
    assert "户籍派出所" in told["reason"]
    assert told["certificate"] == "亲属关系证明"
    by_words = street.report("--title", "单位让开无犯罪记录证明", who=desk(street))
    street.ticket("refuse", by_words, "--reason", "请到公安机关", who=desk(street))
    lines = {row["name"]: row["times"] for row in counted(street) if row["deed"] == "refused"}
    assert lines == {"亲属关系证明": 1, "无犯罪记录证明": 1}

    issued = assessed(street, CERTIFICATE, "上学要居住证明")
    street.ticket("hand-down", issued, "--to", "SQ01", "--reason", "社区开具", who=desk(street))
    unknown = assessed(street, CERTIFICATE, "开个奇怪的证明")
    assert "清单" in refused(street, "hand-down", unknown, "--to", "SQ01", "--reason", "开具", who=desk(street))
    street.ticket("dispatch", unknown, "--to", "ZHXT", who=desk(street))
    street.ticket("return", unknown, "--because", "not_ours", "--reason", "不归我岗", who=desk(street))
    assert "作废" in refused(street, "refuse", unknown, "--reason", "不办", who=desk(street))
    other = street.report("--title", "路灯不亮", who=desk(street))
    street.ticket("refuse", other, who=desk(street), expect=2)


def test_who_leads_and_who_assists_is_said(street: StreetCentre) -> None:
    said = street.run("lists", "matter", ASSIST)
    assert "区级主责（区住房城乡建委）、镇街配合" in said
    grid_rows = json.loads(street.run("lists", "matter", NEGATIVE, "--json"))
    assert {row["code"] for row in grid_rows} == {"", "FM02"}
    code = street.report("--title", "堡坎挡墙开裂", who=desk(street))
    with Reader(f"sqlite:///{street.path}") as reader:
        ((centre,),) = reader.rows("SELECT id FROM centre", fanout=True)
        found = proposed(reader, centre, code)
    assert found.duty_zh == "区级主责（区住房城乡建委）、镇街配合"
    assert found.duty_en == "the district leads (区住房城乡建委), the street assists"


def test_the_log_stands_up_to_an_audit(street: StreetCentre) -> None:
    street.run("audit", "verify")


def test_lists_are_versions_and_a_bad_file_changes_nothing(street: StreetCentre, tmp_path: Path) -> None:
    def stored() -> str:
        return street.run("lists", "list", "--json")

    before = stored()
    for form in ("toml", "xlsx"):
        file = str(tmp_path / f"again.{form}")
        street.run("lists", "export", file)
        assert (
            json.loads(street.run("lists", "load", file, "--label", "lists", "--json", who=leader(street)))["new"]
            is False
        )
    bad = tmp_path / "bad.csv"
    bad.write_text("清单,编号,名称,事项,用语\n没有的清单,A1,甲,JF0101,\n负面事项清单,A2,乙,,\n证明,A3,丙,,\n", "utf-8")
    for command in ("check", "load"):
        said = street.run("lists", command, str(bad), "--lang", "en", who=leader(street), expect=2)
        assert "bad.csv: 2" in said
    doubled = tmp_path / "doubled.csv"
    doubled.write_text(
        "清单,编号,名称,用语\n依法出具证明事项清单,A1,甲,收入证明\n不应出具证明事项清单,A1,乙,收入 证明\n", "utf-8"
    )
    assert "两张证明清单" in street.run("lists", "load", str(doubled), who=leader(street), expect=2)
    doubtful = tmp_path / "doubtful.csv"
    doubtful.write_text("list,code,name,matters\nnegative,A1,甲,NONE01|JF0101\ncommunity,A2,乙,JF0101\n", "utf-8")
    found = json.loads(street.run("lists", "check", str(doubtful), "--json", who=leader(street)))
    assert {"matter-unknown", "negative-too", "no_certificate-empty"} <= {row["code"] for row in found}
    assert all(row["zh"] and row["en"] for row in found)
    assert stored() == before

    street.run("lists", "load", str(doubtful), "--dry-run", who=leader(street))
    assert stored() == before
    street.run("lists", "load", str(doubtful), who=leader(street))
    assert len(json.loads(stored())) == 2
    assert street.run("lists", "list", "--version", "1", "--json") == before
    street.run("lists", "list", "--version", "9", expect=3)
