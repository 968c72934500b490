"""What is proposed for a ticket that is not sent out yet: only what is still to be done, and why."""

from __future__ import annotations

from typing import Any

import pytest

from core.catalogue.propose import propose
from core.catalogue.read import read_catalogue
from data.terms import Stage

CATALOGUE = read_catalogue()
MATTER = next(item for item in CATALOGUE.matters if item.code == "BJ0101")
UNITS = {code: f"{code}岗" for code in (MATTER.lead, *MATTER.assist)}


def ticket(stage: Stage, title: str = "小区门口窨井的盖子不见了", matter: str = "") -> dict[str, Any]:
    return {"code": "T", "stage": stage.value, "title": title, "body": "", "matter_code": matter, "limit_no": 1}


@pytest.mark.parametrize(
    ("stage", "matter", "verbs"),
    [
        (Stage.REPORTED, "", ["accept", "assess", "dispatch"]),
        (Stage.REPORTED, "BJ0101", ["accept", "dispatch"]),
        (Stage.ACCEPTED, "", ["assess", "dispatch"]),
        (Stage.ASSESSED, "BJ0101", ["dispatch"]),
        (Stage.ASSESSED, "", ["assess", "dispatch"]),
    ],
)
def test_what_is_still_to_be_done(stage: Stage, matter: str, verbs: list[str]) -> None:
    found = propose(ticket(stage, matter=matter), CATALOGUE, {}, UNITS)
    assert [verb for verb, _values in found.steps] == verbs
    assert found.steps[-1][1]["to"] == MATTER.lead
    assert found.matter == MATTER


def test_a_matter_that_somebody_chose_is_left_as_it_is() -> None:
    """With its condition, whatever the text speaks of."""
    found = propose(ticket(Stage.ACCEPTED, "楼下下水道堵塞", "BJ0101"), CATALOGUE, {}, UNITS)
    assert (found.matter, found.limit_no, found.found_zh) == (MATTER, 1, "")


@pytest.mark.parametrize(
    ("given", "units", "words"),
    [
        (ticket(Stage.DISPATCHED), UNITS, "re-dispatch"),
        (ticket(Stage.REPORTED, "天气很好"), UNITS, "names no matter"),
        (ticket(Stage.REPORTED), {}, "no post"),
    ],
)
def test_without_a_proposal_it_says_why(given: dict[str, Any], units: dict[str, str], words: str) -> None:
    found = propose(given, CATALOGUE, {}, units)
    assert found.steps == ()
    assert words in found.en
    assert found.zh
