"""AS-5 [2-1]: no door event for 24 hours, the first time ever → care ticket → grid worker and family doctor at once →
found fallen → hospital. What only looks like it does not become one: a dead device, a dead gateway, somebody away.
"""

from __future__ import annotations

import io
import json
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.street_centre import StreetCentre

PERSON = ("--person", "林兴玉", "--phone", "13800001234", "--address", "翠湖小区3栋2单元501")


class Sensed(StreetCentre):
    """A street whose devices speak."""

    def __init__(self, folder: Path, moment: str) -> None:
        super().__init__(folder, moment)
        self.grid, self.community = self.a_grid()
        self.desk = self.on_duty("duty_officer")

    def door(self, code: str, *more: str) -> None:
        """A door magnet that gives a heartbeat each six hours."""
        self.run(
            *("device", "add", code, "--kind", "door", "--unit", self.grid, "--beat", "6"),
            *("--maintainer", "TXQY", *more),
            who=self.desk,
        )

    def signals(self, lines: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch, expect: int = 0) -> str:
        """Many signals on stdin."""
        path = Path(self.path).parent / "signals.jsonl"
        path.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
        with path.open("rb") as file:
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(file))
            return self.run("signal", "-", who=self.on_duty("duty_officer"), expect=expect)

    def opened(self) -> list[dict[str, Any]]:
        """The open tickets of devices, oldest first."""
        found = json.loads(self.run("ticket", "list", "--where", "source=sensor", "--json"))
        return sorted(found, key=lambda row: row["code"])


@pytest.fixture
def street(tmp_path: Path) -> Sensed:
    """Early November, three weeks before."""
    return Sensed(tmp_path, "2026-11-01 08:00:00")


def days(code: str, first: str, last: str, hours: tuple[int, ...], beats: bool = True) -> list[dict[str, Any]]:
    """Every day's door events at these hours, with the heartbeats between."""
    lines = []
    day, end = datetime.fromisoformat(first), datetime.fromisoformat(last)
    while day <= end:
        for hour in hours:
            at = day + timedelta(hours=hour)
            lines.append({"device": code, "id": f"o{at:%d%H}", "kind": "open", "at": at.isoformat()})
        for hour in (0, 6, 12, 18) if beats else ():
            at = day + timedelta(hours=hour, minutes=30)
            lines.append({"device": code, "id": f"b{at:%d%H}", "kind": "alive", "at": at.isoformat()})
        day += timedelta(days=1)
    return lines


def beats(code: str, first: str, count: int) -> list[dict[str, Any]]:
    """A heartbeat each six hours, from a local time on."""
    start = datetime.fromisoformat(first)
    moments = [start + timedelta(hours=6 * number) for number in range(count)]
    return [{"device": code, "id": f"{at:%d%H}", "kind": "alive", "at": at.isoformat()} for at in moments]


def test_found_fallen(street: Sensed, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole of it, on the clock of the story."""
    street.door("MC-1", *PERSON)
    street.at("2026-11-18 20:00:00")
    for _ in range(2):  # the second time nothing is new
        street.signals(days("MC-1", "2026-11-02", "2026-11-18", (8, 17)), monkeypatch)
    assert street.rows("SELECT count(*) FROM device_signal WHERE centre_id = :centre") == [(17 * 6,)]
    last = {"device": "MC-1", "id": "last", "kind": "open", "at": "2026-11-19T08:05:00"}
    stranger = {"device": "MC-404", "id": "1", "kind": "open"}
    street.at("2026-11-19 08:10:00")
    assert '"why": "unknown"' in street.signals([last, stranger, stranger], monkeypatch, expect=7)
    assert [row["times"] for row in json.loads(street.run("device", "refused", "--json"))] == [2]
    street.at("2026-11-20 06:30:00")
    street.signals(beats("MC-1", "2026-11-19T12:30", 4), monkeypatch)
    for moment in ("07:30:00", "08:04:59"):  # an engine that came back a minute before would wait for late signals
        street.at(f"2026-11-20 {moment}")
        street.engine()
    assert street.opened() == []
    street.at("2026-11-20 08:05:00")
    street.engine()
    street.engine()
    (ticket,) = street.opened()
    code = ticket["code"]
    shown = street.show(code)
    assert (shown["matter_code"], shown["urgency"], shown["confidential"]) == ("", "emergency", True)
    assert shown["body"] == "", "what is confidential is for those who answer for it"
    tasks = {task["role"]: task for task in shown["tasks"]}
    assert (tasks["lead"]["unit_code"], tasks["assist"]["unit_code"]) == (street.grid, "WSZX")
    assert tasks["lead"]["sent_at"] == tasks["assist"]["sent_at"] == shown["reported_at"] == "2026-11-20T00:05:00Z"
    assert street.clock_of(code, "final")[1:] == ("2 urgent_hour", "2026-11-20 10:05:00")
    assert json.loads(street.run("device", "list", "--json"))[0]["standing"] == "silent"

    worker, doctor = street.officer(street.grid, "grid_worker"), street.officer("WSZX", "force_contact")
    street.at("2026-11-20 08:08:00")
    street.ticket("ack", code, who=worker)
    street.ticket("ack", code, who=doctor)
    seen = street.show(code, worker)
    assert (seen["matter_code"], seen["reporter_name"]) == ("GA0101", "设备 MC-1")
    assert "首次" in seen["body"]
    assert "日均 2" in seen["body"]
    assert street.clock_of(code, "arrive")[1:] == ("30 minute", "2026-11-20 08:38:00")
    street.at("2026-11-20 08:20:00")
    street.ticket("arrive", code, who=worker)
    done = ("complete", code, "--outcome", "倒地，已送医", "--open-assist-reason", "医生在路上")
    assert "判明" in street.ticket(*done, who=worker, expect=4)
    street.ticket("found", code, "--is", "hospital", "--note", "卧室倒地，意识清醒", who=worker)
    assert "同到同办" in street.ticket(*done, who=worker, expect=4)
    assert street.ticket("complete", code, "--outcome", "x", who=doctor, expect=4)
    street.ticket("arrive", code, who=doctor)
    street.ticket("finish", code, "--unit", "WSZX", "--result", "随车送医", who=doctor)
    street.at("2026-11-20 08:50:00")
    street.run("signal", "MC-1", "open", who=street.on_duty("duty_officer"))
    street.ticket("complete", code, "--outcome", "倒地，已送医", who=worker)
    leader = street.on_duty("duty_leader")
    street.run("ticket", "name-readers", code, "--officer", leader, "--reason", "复盘", who=leader)
    log = street.log(code, leader)
    assert [entry["actor"] for entry in log if entry["verb"] in ("report", "accept", "dispatch")] == ["sensor"] * 3
    assert [entry["facts"]["text"] for entry in log if entry["verb"] == "note"] == ["MC-1 11月20日 08:50 开门"]
    (line,) = json.loads(street.run("report", "alerts", "--json", who=leader))
    assert (line["kind"], line["tickets"], line["hospital"], line["false_alarm"]) == ("care", 1, 1, 0)
    assert json.loads(street.run("audit", "verify", "--json"))["whole"] is True


def test_what_only_looks_like_it(street: Sensed, monkeypatch: pytest.MonkeyPatch) -> None:
    """A device out of touch, a whole gateway, somebody in hospital: no care ticket, and the one that is due is made."""
    on_gateway = [f"GW{number}" for number in range(1, 6)]
    codes = [*on_gateway, "ALONE", "AWAY", "HOME"]
    register = Path(street.path).parent / "doors.csv"
    lines = [f"{code},door,{street.grid},林兴玉,TXQY,{'W-7' * (code in on_gateway)},6" for code in codes]
    heading = "code,kind,unit,person_name,maintainer,gateway,beat_hours"
    register.write_text("\n".join([heading, *lines]), encoding="utf-8")
    for expected in ({"added": 8, "same": 0}, {"added": 0, "same": 8}):
        done = json.loads(street.run("device", "import", str(register), "--json", who=street.desk))
        assert {name: done[name] for name in expected} == expected
    street.at("2026-11-02 09:00:00")
    street.signals([{"device": code, "id": "1", "kind": "close"} for code in codes], monkeypatch)
    worker = street.officer(street.grid, "grid_worker")
    street.run("device", "away", "AWAY", "--until", "2026-11-06", "--reason", "住院", who=worker)
    for count, moment in ((3, "2026-11-03 03:00"), (9, "2026-11-04 15:00"), (12, "2026-11-05 09:00")):
        street.at(f"{moment}:00")
        street.signals(
            [line for code in ("AWAY", "HOME") for line in beats(code, "2026-11-02T15:00", count)], monkeypatch
        )
        street.engine()
    found = json.loads(street.run("device", "list", "--json"))
    standing = {row["code"]: row["standing"] for row in found}
    assert standing == {**dict.fromkeys(codes, "lost"), "AWAY": "away", "HOME": "silent"}
    kinds = street.rows(
        "SELECT kind, subject, ticket_id FROM device_alert WHERE centre_id = :centre ORDER BY kind, subject"
    )
    assert [kind[:2] for kind in kinds] == [("care", "HOME"), ("fault", "ALONE"), ("gateway", "W-7")]
    tickets = {row["title"]: row for row in street.opened()}
    assert len(tickets) == 3
    fault = next(row for title, row in tickets.items() if "ALONE" in title)
    shown = street.show(fault["code"])
    assert {task["role"]: task["unit_code"] for task in shown["tasks"]} == {"lead": "TXQY", "inform": street.grid}
    assert (shown["urgency"], shown["confidential"]) == ("normal", False)
    assert "林兴玉" not in json.dumps(shown, ensure_ascii=False)

    # The maintainer's work brings it back; the silence counts on, and nothing was counted twice.
    street.run("signal", "ALONE", "online", who=street.on_duty("duty_officer"))
    assert [e["facts"]["text"] for e in street.log(fault["code"]) if e["verb"] == "note"] == [
        "ALONE 11月05日 09:00 恢复信号"
    ]
    street.engine()
    assert len(street.opened()) == 3
    assert "没有“管理感知设备”的权限" in street.run("device", "retire", "HOME", "--reason", "x", who=worker, expect=4)
    street.run("device", "retire", "HOME", "--reason", "搬家", who=street.on_duty("duty_officer"))
    assert "已停用" in street.run("signal", "HOME", "open", who=street.on_duty("duty_officer"), expect=3)


def test_the_engine_was_away(street: Sensed, monkeypatch: pytest.MonkeyPatch) -> None:
    """Back after two days: who was heard of meanwhile is judged once, after a quarter of an hour; where nothing at all
    came in, the centre was deaf and nobody was silent."""
    street.door("HEARD")
    street.at("2026-11-02 09:00:00")
    street.signals([{"device": "HEARD", "id": "1", "kind": "close"}], monkeypatch)
    street.engine()
    for count, moment in ((2, "2026-11-02 21:00"), (7, "2026-11-04 03:00")):
        street.at(f"{moment}:00")
        street.signals(beats("HEARD", "2026-11-02T15:00", count), monkeypatch)
    street.at("2026-11-04 09:00:00")
    street.engine()
    assert street.opened() == []  # signals that were kept may still come in
    for minutes in (15, 20):
        street.at(f"2026-11-04 09:{minutes}:00")
        street.engine()
        assert [row["urgency"] for row in street.opened()] == ["emergency"]

    street.run("device", "add", "MUTE", *("--kind", "door", "--unit", street.grid), who=street.on_duty("duty_officer"))
    street.signals([{"device": "MUTE", "id": "1", "kind": "close"}], monkeypatch)
    for moment in ("11-06 09:20:00", "11-06 09:40:00", "11-07 09:19:00"):
        street.at(f"2026-{moment}")
        street.engine()
    assert all("MUTE" not in json.dumps(row) for row in street.opened())
    assert street.rows("SELECT count(*) FROM device_alert WHERE centre_id = :centre AND subject = 'MUTE'") == [(0,)]
