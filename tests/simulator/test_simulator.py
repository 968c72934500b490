"""The simulator in short: a run repeats itself, the promises hold under faults, and planted bugs are found."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.catalogue.calendars import read_calendars
from data.terms import TimeUnit
from tests.simulator.canaries import CANARIES
from tests.simulator.centre import build_street
from tests.simulator.counting import due_of
from tests.simulator.faults import KINDS
from tests.simulator.run import Ways, find_canary, simulate
from tests.simulator.tables import replay_command

STEPS = 12
OFTEN = 0.6
"""So short a run meets faults in more than half of its steps."""


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_street(tmp_path_factory.mktemp("simulator"))


def test_a_seed_repeats_itself_and_every_promise_holds(street: Path) -> None:
    ways = Ways(share=OFTEN)
    first, again = (simulate("short", 400, until=STEPS, ways=ways, street=street) for _ in range(2))
    assert not first.broken, f"{first.broken}\n{replay_command(first, 400)}"
    assert first.digest == again.digest
    assert first.memory.faults == again.memory.faults
    assert first.memory.faults.keys() & KINDS.keys()
    assert first.escalations
    assert all(first.memory.checked.values())
    assert simulate("other", 1, until=1, street=street).digest != first.digest


@pytest.mark.parametrize("name", CANARIES)
def test_a_planted_bug_is_found(name: str, street: Path) -> None:
    assert find_canary(name, "8", street).broken


def test_the_second_count_of_deadlines_knows_pauses() -> None:
    calendar = read_calendars()[0].hours
    friday = 1795136400  # 2026-11-20 09:00 in Chongqing
    hour, day = 3600, 86_400
    assert due_of(friday, 7 * hour, TimeUnit.WORK_HOUR, calendar, []) == friday + 9 * hour
    assert due_of(friday, 8 * hour, TimeUnit.WORK_HOUR, calendar, []) == friday + 3 * day + hour
    lunch = [(friday + 2 * hour, friday + 6 * hour)]
    assert due_of(friday, 3 * hour, TimeUnit.WORK_HOUR, calendar, lunch) == friday + 7 * hour
    assert due_of(friday, 3 * hour, TimeUnit.URGENT_HOUR, calendar, lunch) == friday + 7 * hour
    assert due_of(friday, 3 * hour, TimeUnit.URGENT_HOUR, calendar, [(friday + hour, None)]) is None
