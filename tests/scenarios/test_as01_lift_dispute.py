"""AS-1, source S0 [0-20]: a lift for an old building, the lower floors against it, settled tier by tier.

Grid worker → grid head mediates and fails → community fails → street centre → section and property office, in rounds
→ agreement → the works proceed, and only then is it closed.
"""

from __future__ import annotations

import json
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from tests.scenarios.street_centre import StreetCentre


def seconds(first: str, second: str) -> int:
    """From one instant of a command's output to another."""
    return int((datetime.fromisoformat(second) - datetime.fromisoformat(first)).total_seconds())


def test_the_lift_dispute(tmp_path: Path) -> None:
    street = StreetCentre(tmp_path, "2026-11-18 09:00:00")
    grid, community = street.a_grid()
    worker, head = street.officer(grid, "grid_worker"), street.officer(grid, "grid_head")
    secretary = street.officer(community, "community_secretary")
    renewal, property_office = street.officer("CSGX", "post_member", "a"), street.officer("WYGL", "post_member", "a")

    # The grid tries first: two rounds that fail leave their trace.
    code = street.report(
        *("--title", "25 栋加装电梯，低层住户反对", "--source", "grid", "--tier", "grid", "--grid", grid), who=worker
    )
    street.at("2026-11-18 15:00:00")
    parties = ("--parties", "25 栋低层住户与加装方")
    failed = ("--outcome", "未达成协议", "--words")
    street.run("mediate", "round", code, *parties, *failed, "一楼住户不同意", who=head)
    street.ticket("hand-up", code, "--reason", "网格调解不成", who=head)
    assert street.show(code)["holder_code"] == community
    street.at("2026-11-19 10:00:00")
    street.ticket("ack", code, who=secretary)
    street.ticket("mediate", code, *parties, *failed, "社区再次协商，仍未达成一致", who=secretary)
    street.ticket("hand-up", code, "--reason", "社区协商不成", who=secretary)
    assert street.show(code)["stage"] == "reported"
    # Neither may the grid take it back, nor may the community go on with what it gave away.
    street.ticket("complete", code, "--outcome", "x", who=secretary, expect=4)

    # The centre takes it in within five minutes, assesses and dispatches.
    desk = street.on_duty("duty_officer")
    street.at("2026-11-19 10:04:59")
    street.ticket("accept", code, who=desk)
    street.ticket("assess", code, "--matter", "JF0205", "--limit-no", "0", who=desk)
    street.ticket("dispatch", code, "--to", "CSGX", "--assist", "WYGL", who=desk)
    assert street.clock_of(code, "accept")[0] == "met"
    assert street.clock_of(code, "final")[1] == "15 work_day"
    street.at("2026-11-19 11:00:00")
    street.ticket("ack", code, who=renewal)
    street.ticket("ack", code, who=property_office)
    assert {task["state"] for task in street.show(code)["tasks"][-2:]} == {"acknowledged"}

    # Several rounds by the property office, then an agreement: the ticket stays open.
    rounds = (
        (20, "adjourned", "各楼层补偿方案"),
        (23, "adjourned", "分摊比例"),
        (25, "agreed", "按楼层分摊，一楼不出资"),
    )
    for day, outcome, text in rounds:
        street.at(f"2026-11-{day} 10:00:00")
        said = (*parties, "--outcome", outcome, "--words", text, "--place", "社区调解室", "--mediator", "物业办")
        if outcome == "agreed":
            # What must follow from an agreement is part of it.
            street.ticket("mediate", code, *said, who=property_office, expect=2)
            said = (*said, "--follow", "电梯进场施工")
        street.ticket("mediate", code, *said, who=property_office)
    street.ticket("handle", code, "--note", "协议已签订，等待进场施工", who=renewal)
    assert (street.show(code)["stage"], street.show(code)["open"]) == ("handling", True)
    street.ticket("archive", code, who=desk, expect=4)
    assert "第 5 轮调解协议尚未履行" in street.ticket("complete", code, "--outcome", "协议已签", who=renewal, expect=4)

    # The works proceed: now it is done, checked, the residents are called back, and it is filed.
    street.at("2026-12-04 10:00:00")
    street.run("mediate", "fulfil", code, "--words", "井道开挖，电梯进场", who=renewal)
    assert "协办" in street.ticket("complete", code, "--outcome", "施工推进", who=renewal, expect=4)
    street.ticket("finish", code, "--unit", "WYGL", "--result", "协议履行，施工进场", who=property_office)
    street.ticket("complete", code, "--outcome", "电梯井开挖，施工推进", "--public-reply", "已开工", who=renewal)
    desk = street.on_duty("duty_officer")
    street.ticket("check", code, "--passed", who=desk)
    street.ticket("call-back", code, "--result", "satisfied", who=desk)
    street.at("2026-12-04 10:30:00")
    street.ticket("archive", code, who=desk)

    ticket, log = street.show(code), street.log(code)
    assert (ticket["stage"], ticket["on_time"], ticket["facts"]["mediations"]) == ("archived", True, 5)
    held = [entry["facts"] for entry in log if entry["verb"] == "mediate"]
    assert [(fact["round"], fact["outcome"]) for fact in held] == [
        *((1, "failed"), (2, "failed"), (3, "adjourned"), (4, "adjourned"), (5, "agreed"))
    ]
    met = json.loads(street.run("report", "meetings", "--json"))
    counted = {line["what"]: (line["number"], line["done"]) for line in met if line["part"] == "mediation"}
    assert counted == {"failed": (2, 0), "adjourned": (2, 0), "agreed": (1, 1)}
    assert [entry["facts"]["reason"] for entry in log if entry["verb"] == "hand_up"] == ["网格调解不成", "社区协商不成"]
    custody = ticket["custody"]
    assert [held["tier"] for held in custody][:2] == ["grid", "community"]
    assert all(before["to_at"] == after["from_at"] for before, after in pairwise(custody))
    life = seconds(ticket["reported_at"], ticket["closed_at"])
    assert sum(seconds(held["from_at"], held["to_at"]) for held in custody) == life
    report = json.loads(street.run("report", "custody", "--by", "tier", "--json"))
    assert sum(line["seconds"] for line in report) == life
    assert "15工作日，事项 JF0205 加装电梯纠纷" in street.run("ticket", "explain", code)
    street.run("audit", "verify")
