"""Worked deadlines, restated from other systems' tests and our own, under both conventions of closing time."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from core.rules.worktime import WorkCalendar

TABLE = json.loads(Path(__file__).with_name("deadline_cases.json").read_text(encoding="utf-8"))
CALENDARS = {code: WorkCalendar.from_dict(values) for code, values in TABLE["calendars"].items()}


def instant(text):
    return datetime.fromisoformat(text)


@pytest.mark.parametrize("case", TABLE["cases"], ids=lambda case: case["id"])
def test_worked_case(case):
    calendar = CALENDARS[case["calendar"]]
    pauses = [(instant(a), instant(b)) for a, b in case["pauses"]]
    if case["kind"] == "elapsed":
        assert calendar.elapsed(instant(case["start"]), instant(case["end"]), pauses) == case["expect_seconds"]
    else:
        due = calendar.due(instant(case["start"]), case["sla_seconds"], pauses, edge=case["edge"])
        assert due.at == instant(case["expect_due"])
        assert calendar.elapsed(instant(case["start"]), due.at, pauses) == case["sla_seconds"]


def test_every_case_is_there():
    assert len(TABLE["cases"]) == 42
    assert {case["kind"] for case in TABLE["cases"]} == {"due", "elapsed"}


@pytest.mark.parametrize("code", CALENDARS)
def test_calendars_survive_being_written_down(code):
    calendar = CALENDARS[code]
    assert WorkCalendar.from_dict(json.loads(json.dumps(calendar.to_dict()))) == calendar
