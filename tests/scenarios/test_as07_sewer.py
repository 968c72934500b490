"""AS-7 [2-14]: a blocked sewer by the mini-program → the community's officer → “solve it promptly” → the grid worker
looks at the video → the repair crew → closed → what the resident says of it; not satisfied, it goes back.
"""

from __future__ import annotations

import json
from pathlib import Path

from tests.scenarios.street_centre import StreetCentre

HEADING = "id,title,content,address,name,phone,community,time"


def test_blocked_sewer(tmp_path: Path) -> None:
    """With the times of the story; every hand-over is on record."""
    street = StreetCentre(tmp_path, "2026-11-20 10:06:00")
    grid, community = street.a_grid()
    desk, worker = street.on_duty("duty_officer"), street.officer(grid, "grid_worker")
    officer = street.officer(community, "community_secretary")
    inbox = tmp_path / "inbox.csv"
    inbox.write_text(
        f"{HEADING}\nXCX-1,下水道堵塞，污水倒灌,厨房反水,望江路3号,陈女士,13900002222,{community},2026-11-20 10:05:00",
        encoding="utf-8",
    )
    for created in (1, 0):  # the same hand-over twice is one ticket
        done = json.loads(street.run("import", "tickets", str(inbox), "--map", "miniprogram", "--json", who=desk))
        assert done["created"] == created
    ((code,),) = street.rows("SELECT code FROM ticket WHERE centre_id = :centre AND origin = 'miniprogram'")
    assert street.show(code)["reported_at"] == "2026-11-20T02:05:00Z"

    # The community has it within minutes; its officer gives the order to the grid, and only to an own one.
    street.ticket("accept", code, who=desk)
    street.ticket("dispatch", code, "--to", community, who=desk)
    street.at("2026-11-20 10:10:00")
    street.ticket("ack", code, who=officer)
    order = ("hand-down", code, "--reason", "及时解决：先调监控核实")
    ((elsewhere,),) = street.rows(
        "SELECT g.code FROM unit g JOIN unit c ON c.centre_id = g.centre_id AND c.id = g.parent_id"
        " WHERE g.centre_id = :centre AND g.kind = 'grid' AND c.code <> :community ORDER BY g.code LIMIT 1",
        community=community,
    )
    assert "不在" in street.ticket(*order, "--to", elsewhere, who=officer, expect=4)
    assert "权限" in street.ticket(*order, "--to", grid, who=worker, expect=4)
    street.ticket(*order, "--to", grid, who=officer)
    assert "不是下级" in street.ticket(*order, "--to", grid, who=officer, expect=2)  # the grid has it

    # The grid worker checks the video, asks for the crew; the crew comes and goes.
    street.at("2026-11-20 10:15:00")
    street.ticket("ack", code, who=worker)
    street.ticket("handle", code, "--note", "监控核实：井口外溢，主管堵塞", who=worker)
    street.ticket("request", code, "--for", "more_hands", "--to", "PSQY", "--reason", "需疏通车", who=worker)
    street.ticket("grant", code, "--note", "同意", who=desk)
    crew = street.officer("PSQY", "force_contact")
    street.at("2026-11-20 10:20:00")
    street.ticket("ack", code, "--unit", "PSQY", who=crew)
    street.at("2026-11-20 10:45:00")
    street.ticket("arrive", code, "--unit", "PSQY", "--people", "3", who=crew)
    street.at("2026-11-20 11:30:00")
    street.ticket("finish", code, "--unit", "PSQY", "--result", "主管疏通", who=crew)
    street.ticket("complete", code, "--outcome", "已疏通", "--public-reply", "已疏通，请试用", who=worker)
    street.ticket("check", code, "--passed", who=desk)

    # What the resident says comes back the way the mini-program hands it over: lines of a file.
    feedback = tmp_path / "feedback.jsonl"

    def said(result: str, note: str) -> None:
        line = {"verb": "call-back", "ticket": code, "result": result, "note": note}
        feedback.write_text(json.dumps(line, ensure_ascii=False), encoding="utf-8")
        street.run("batch", str(feedback), "--key", f"XCX-1-{result}", who=desk)

    street.at("2026-11-20 13:00:00")
    said("dissatisfied", "又倒灌了")
    again = street.show(code)
    assert (again["stage"], again["reworks"], again["on_time"]) == ("handling", 1, None)
    street.at("2026-11-20 15:00:00")
    street.ticket("complete", code, "--outcome", "更换破损管段", "--public-reply", "已更换", who=worker)
    street.ticket("check", code, "--passed", who=desk)
    said("satisfied", "通了")
    street.at("2026-11-20 15:20:00")
    street.ticket("archive", code, who=desk)

    closed, log = street.show(code), street.log(code)
    assert (closed["satisfaction"], closed["on_time"], closed["closed_at"]) == (
        "satisfied",
        True,
        "2026-11-20T07:20:00Z",
    )
    assert [entry["facts"]["result"] for entry in log if entry["verb"] == "call_back"] == ["dissatisfied", "satisfied"]
    assert [entry["facts"]["reason"] for entry in log if entry["verb"] == "hand_down"] == ["及时解决：先调监控核实"]
    tiers = [held["tier"] for held in closed["custody"]]
    assert [tier for n, tier in enumerate(tiers) if tiers[n - 1 : n] != [tier]][:3] == ["centre", "community", "grid"]
    (line,) = json.loads(street.run("report", "sources", "--json"))
    assert (line["source"], line["reported"], line["completed"]) == ("resident", 1, 1)
