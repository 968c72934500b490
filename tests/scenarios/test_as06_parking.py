"""AS-6, source S2 [2-7]: parking in a compound is shared by its neighbours, so the community review meeting settles it.

Classified 共事 → community review meeting (grid head, property firm, residents' delegates) → draft rules → handed up to
the street for support → 60 and more places, about 200,000 yuan a year.
"""

from __future__ import annotations

import json
from pathlib import Path

from tests.scenarios.street_centre import StreetCentre


def test_parking_is_settled_by_the_review_meeting(tmp_path: Path) -> None:
    street = StreetCentre(tmp_path, "2026-11-16 09:00:00")
    grid, community = street.a_grid()
    head, secretary = street.officer(grid, "grid_head"), street.officer(community, "community_secretary")
    code = street.report(
        *("--title", "小区停车难，通道被占", "--source", "grid", "--tier", "community", "--community", community),
        who=secretary,
    )

    # The class drives the meeting: of the three kinds it is the community's, and another one needs a reason.
    call = ("--at", "2026-11-17 19:30", "--place", "社区会议室", "--agenda", "停车管理办法", "--call", grid)
    outside = ("--outside", "物业公司=2", "--outside", "居民代表=9")
    assert "分类" in street.ticket("convene", code, *call, who=secretary, expect=2)
    street.ticket("classify", code, "--affair", "共事", who=secretary)
    assert "原因" in street.ticket("convene", code, *call, "--kind", "grid", who=secretary, expect=2)
    # A street joint meeting is not the community's to call, whatever its reason.
    street.ticket("convene", code, *call, "--kind", "street", "--reason", "x", who=secretary, expect=4)
    street.run("meeting", "convene", code, *call, *outside, who=secretary)
    (coming,) = json.loads(street.run("meeting", "list", "--json"))
    assert (coming["ticket"], coming["kind"], coming["state"]) == (code, "community", "convened")
    assert any("社区评议会" in title for (title,) in street.rows("SELECT title FROM notice WHERE centre_id = :centre"))

    # Nobody can have come before it, and nothing was said; the engine reminds those who were called, once.
    street.ticket("attend", code, "--came", grid, who=secretary, expect=4)
    street.ticket("minutes", code, "--text", "x", who=secretary, expect=4)
    street.at("2026-11-17 18:30:01")
    for _ in range(2):
        street.engine()
    assert [entry["facts"]["act"] for entry in street.log(code) if entry["verb"] == "meeting_step"] == ["remind"]

    street.at("2026-11-17 19:30:00")
    street.ticket("attend", code, "--came", grid, "--came", "居民代表=8", "--sent", "物业公司=张经理", who=secretary)
    street.ticket("minutes", code, "--text", "划线停车，外来车辆收费，收益归小区", who=secretary)
    owner = ("--to", grid, "--due", "2026-11-24")
    street.ticket("decide", code, "--text", "入户征求停车办法意见", *owner, who=secretary)
    street.ticket("publish", code, "--place", "小区公告栏", "--words", "会议纪要", "--step", "minutes", who=secretary)

    meeting = json.loads(street.run("meeting", "show", code, "--json"))[0]
    assert (meeting["state"], meeting["present"]) == ("held", 1 + 8 + 2)
    assert [(line["name"], line["state"]) for line in meeting["attendees"]] == [
        (grid, "came"),
        ("物业公司", "sent"),
        ("居民代表", "came"),
    ]
    assert [(item["owner"], item["due_at"], item["task"]) for item in meeting["decisions"]] == [
        (grid, "2026-11-24T16:00:00Z", "sent")
    ]
    assert [item["step"] for item in meeting["published"]] == ["minutes"]
    # The decision is a task like any other, with the time that was decided.
    assert street.clock_of(code, "part")[2] == "2026-11-25 00:00:00"
    street.ticket("ack", code, "--unit", grid, who=head)
    street.ticket("finish", code, "--unit", grid, "--result", "已征求", who=head)

    # The draft goes up to the street for support: a joint meeting there, for a reason that is kept.
    street.ticket("hand-up", code, "--reason", "停车办法草案报街道支持", who=secretary)
    desk = street.on_duty("duty_officer")
    street.ticket("accept", code, who=desk)
    street.at("2026-11-18 09:00:00")
    street.ticket(
        *("convene", code, "--kind", "街道联席会", "--reason", "报请街道支持", "--at", "2026-11-19 09:00"),
        *("--place", "街道三楼", "--agenda", "支持停车改造", "--call", "CSGX", "--call", "@值班领导"),
        who=desk,
    )
    street.at("2026-11-19 09:00:00")
    desk = street.on_duty("duty_officer")
    street.ticket("attend", code, "--came", "CSGX", "--excused", "@值班领导=开会", who=desk)
    street.ticket("decide", code, "--text", "划出 60 多个车位", "--to", "CSGX", "--due", "2026-12-10 18:00", who=desk)

    # In nobody's hands, the decision is a ticket of its own under this one, due when it was decided.
    child = json.loads(street.run("meeting", "show", code, "--json"))[1]["decisions"][0]["child"]
    shown = street.show(child)
    assert shown["related"]["parent"]["code"] == code
    assert (shown["lead_code"], shown["stage"]) == ("CSGX", "dispatched")
    assert street.clock_of(child, "final")[2] == "2026-12-10 18:00:00"
    street.run("audit", "verify")
