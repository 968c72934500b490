"""AS-9 [3-7 … 3-9]: a falling tile, and every wall like it.

Cordon first → neighbours called → entered → the community assesses → street → the section's post on site → survey of
all grids → one file per household → the register → watched in patrols → published as solved.
"""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.street_centre import StreetCentre


@pytest.fixture
def street(tmp_path: Path) -> StreetCentre:
    return StreetCentre(tmp_path, "2026-11-20 17:50:00")


def told(street: StreetCentre, kind: str) -> set[str]:
    """The units that were told something of a kind."""
    rows = street.rows(
        "SELECT DISTINCT u.code FROM notice n JOIN unit u ON u.centre_id = n.centre_id AND u.id = n.unit_id"
        " WHERE n.centre_id = :centre AND n.kind = :kind",
        kind=kind,
    )
    return {str(row[0]) for row in rows}


def listed(street: StreetCentre, *arguments: str) -> Any:
    return json.loads(street.run(*arguments, "--json"))


def fallen(street: StreetCentre) -> tuple[str, str, str]:
    """The tile, up to the post on site: (ticket, grid, its worker)."""
    grid, community = street.a_grid()
    worker, secretary = street.officer(grid, "grid_worker"), street.officer(community, "community_secretary")
    desk, post = street.on_duty("duty_officer"), street.officer("CSGX", "post_member", "a")
    tile = street.report(
        *("--title", "铂金云鼎5栋外墙瓷砖脱落", "--source", "grid", "--tier", "grid", "--grid", grid),
        *("--matter", "AQ0201", "--address", "铂金云鼎5栋"),
        who=worker,
    )
    street.ticket("cordon", tile, "--note", "已拉警戒线，行人绕行", who=worker)
    street.ticket("note", tile, "--text", "召集同楼栋网格员排查外墙", who=worker)
    street.at("2026-11-20 18:00:00")
    street.ticket("hand-up", tile, "--reason", "同栋多处空鼓", who=worker)
    street.ticket("note", tile, "--text", "社区研判：须街道牵头", who=secretary)
    street.ticket("hand-up", tile, "--reason", "社区无法处置", who=secretary)
    street.ticket("accept", tile, who=desk)
    street.ticket("dispatch", tile, "--to", "CSGX", "--assist", community, who=desk)
    street.at("2026-11-20 18:20:00")
    street.ticket("ack", tile, who=post)
    street.ticket("arrive", tile, "--people", "4", who=post)
    return tile, grid, worker


def test_one_tile_and_every_wall_like_it(street: StreetCentre) -> None:
    tile, grid, worker = fallen(street)
    desk, shift = street.on_duty("duty_officer"), street.on_duty("shift_leader")
    log = [(entry["verb"], entry["facts"]) for entry in street.log(tile)]
    verbs = [verb for verb, _ in log]
    assert verbs.index("cordon") < verbs.index("hand_up") < verbs.index("dispatch") < verbs.index("arrive")
    assert dict(log)["cordon"] == {"note": "已拉警戒线，行人绕行", "before_dispatch": True}

    # All grids look for walls like it: first whom it would go to, then in one action.
    every = {str(row[0]) for row in street.rows("SELECT code FROM unit WHERE centre_id = :centre AND kind = 'grid'")}
    asked = ("sweep", "start", tile, "--title", "外墙瓷砖排查", "--kind", "grid", "--limit", "3工作日")
    preview = json.loads(street.run(*asked, "--dry-run", "--json", who=desk))
    assert (preview["count"], set(preview["units"]), preview["lead"]) == (len(every), every, "CSGX")
    assert listed(street, "sweep", "list") == []
    sweep = json.loads(street.run(*asked, "--key", "k1", "--json", who=desk))["sweep"]
    assert json.loads(street.run(*asked, "--key", "k1", "--json", who=desk))["sweep"] == sweep
    assert every <= told(street, "dispatch")
    assert street.clock_of(sweep, "part") == ("running", "3 work_day", "2026-11-25 18:00:00")
    assert street.show(sweep)["matter_code"] == "AQ0201"

    # A worker finds a loose wall: a file of the household, and a ticket in the queue of the right matter.
    street.ticket("ack", sweep, "--unit", grid, who=worker)
    found = ("hazard", "add", "--sweep", sweep, "--unit", grid, "--place", "铂金云鼎7栋", "--what", "外墙空鼓")
    owner = ("--owner-name", "王大力", "--owner-phone", "13812345678", "--remedy-by", "云鼎物业", "--every", "7")
    file = json.loads(street.run(*found, "--household", "3-2", *owner, "--photo", "7-3-2.jpg", "--json", who=worker))
    assert file["item"] == 1
    street.run(*found, "--household", "３－２", who=worker, expect=5)  # the same household, written otherwise
    street.run(*found, "--household", "3-3", "--no-ticket", "--every", "7", who=worker)
    ticket = listed(street, "hazard", "show", "1")["ticket"]
    row = street.show(ticket)
    assert (row["stage"], row["source"], row["matter_code"]) == ("reported", "patrol", "AQ0201")
    assert street.rows(
        "SELECT count(*) FROM ticket t JOIN ticket p ON p.centre_id = t.centre_id AND p.id = t.parent_id"
        " WHERE t.centre_id = :centre AND t.code = :code AND p.code = :sweep",
        code=ticket,
        sweep=sweep,
    ) == [(1,)]
    street.ticket("finish", sweep, "--unit", grid, "--result", "查 40 户，发现 2 处", who=worker)

    groups = listed(street, "sweep", "show", sweep)
    assert sum(group["hands"] for group in groups) == len(every)
    assert [sum(group[name] for group in groups) for name in ("acknowledged", "done", "late", "found")] == [1, 1, 0, 2]
    street.run("sweep", "remind", sweep, "--note", "本周内查完", who=desk)
    assert told(street, "remind") == every - {grid} | {"CSGX"}
    street.at("2026-11-25 18:30:00")
    street.engine()
    late = listed(street, "sweep", "show", sweep, "--owing")
    assert {unit["unit"] for unit in late} == every - {grid}
    assert all(unit["late"] for unit in late)

    # Watched in patrols: the engine makes what is due, late looks show, a look goes into the file.
    assert told(street, "hazard") == set()
    street.at("2026-11-27 18:30:00")
    street.engine()
    street.engine()
    assert told(street, "hazard") == {grid}
    assert {file["id"] for file in listed(street, "hazard", "list", "--due")} == {1, 2}
    street.run("hazard", "check", "1", "--result", "无变化", "--photo", "7-3-2b.jpg", who=worker)
    street.run("hazard", "check", "2", "--result", "worse", "--note", "裂缝加宽", who=worker)
    assert listed(street, "hazard", "list", "--due") == []
    street.run("hazard", "close", "1", "--reason", "已拆除", who=worker, expect=4)
    street.run("hazard", "remedied", "1", "--note", "松动瓷砖已拆除", who=worker)
    street.run("hazard", "close", "1", "--reason", "验收合格", who=desk)
    street.run("hazard", "check", "1", "--result", "same", who=worker, expect=4)
    street.run("hazard", "reopen", "1", "--reason", "又见空鼓", "--every", "30", who=desk)
    file = listed(street, "hazard", "show", "1")
    assert [entry["kind"] for entry in file["entries"]] == ["found", "checked", "remedied", "closed", "reopened"]
    assert (file["state"], file["owner_name"], file["owner_phone"]) == ("open", "王*力", "138****5678")
    assert file["check_at"] == "2026-12-27T10:30:00Z"
    street.run("hazard", "show", "1", "--full", "--reason", "上门", who=worker, expect=4)
    assert "13812345678" in street.run("hazard", "show", "1", "--full", "--reason", "上门", who=shift)

    # Published as solved; who has seen it, and who has not.
    notice = ("broadcast", "send", "墙砖脱落问题已解决", "--type", "公告", "--kind", "community", "--ticket", tile)
    street.run(*notice, who=worker, expect=4)
    street.run(*notice, who=desk)
    community = street.a_grid()[1]
    street.run("broadcast", "seen", "1", who=street.officer(community, "community_secretary"))
    street.run("broadcast", "remind", "1", who=desk)
    owing = {row["unit"] for row in listed(street, "broadcast", "show", "1", "--owing")}
    communities = {
        str(row[0]) for row in street.rows("SELECT code FROM unit WHERE kind = 'community' AND centre_id = :centre")
    }
    assert owing == communities - {community}
    board = listed(street, "broadcast", "list", "--type", "board")
    assert (board[0]["title"], board[0]["seen"], board[0]["ticket"]) == ("墙砖脱落问题已解决", 1, tile)
    street.run("audit", "verify")


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


def test_the_register_goes_out_and_comes_in(street: StreetCentre, tmp_path: Path) -> None:
    grid, _ = street.a_grid()
    desk, shift = street.on_duty("duty_officer"), street.on_duty("shift_leader")
    rows = [
        {
            "地点": "滨江路3号",
            "户（处）": "2-1",
            "户主": "李建国",
            "隐患": "=cmd|x",
            "网格或社区": grid,
            "复查间隔天数": "30",
        },
        {
            "地点": "滨江路3号",
            "户（处）": "2-2",
            "户主": "赵小红",
            "隐患": "燃气软管老化",
            "网格或社区": grid,
            "复查间隔天数": "",
        },
        {
            "地点": "滨江路5号",
            "户（处）": "",
            "户主": "",
            "隐患": "堆物",
            "网格或社区": "没有的网格",
            "复查间隔天数": "x",
        },
    ]
    source = tmp_path / "register.csv"
    with source.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    once = ("hazard", "import", str(source), "--json", "--rejects", str(tmp_path / "rejected.csv"))
    street.run(*once, "--dry-run", who=desk, expect=7)
    assert listed(street, "hazard", "list") == []
    street.run(*once, who=desk, expect=7)
    street.run(*once[:-1], str(tmp_path / "again.csv"), who=desk, expect=7)
    assert [file["place"] for file in listed(street, "hazard", "list")] == ["滨江路**号", "滨江路**号"]
    assert "滨江路5号" in (tmp_path / "rejected.csv").read_text("utf-8-sig")

    masked = street.run("hazard", "export", "-")
    assert "李*国" in masked
    assert "'=cmd|x" in masked
    full = tmp_path / "full.csv"
    street.run("hazard", "export", str(full), "--full", "--reason", "年度报送", who=shift)
    kept = list(csv.DictReader(io.StringIO(full.read_text("utf-8-sig"))))
    assert [row["户主"] for row in kept] == ["李建国", "赵小红"]
    other = StreetCentre(_folder(tmp_path / "other"), "2026-12-01 09:00:00")
    other.run("hazard", "import", str(full), who=other.on_duty("duty_officer"))
    assert len(listed(other, "hazard", "list")) == 2
    figures = listed(street, "hazard", "report", "--period", "2026-11")
    assert (figures[0]["found"], figures[0]["open"]) == (2, 2)
