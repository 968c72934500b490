"""Storms in short: what is right at the end, not how fast; and the checks find what is wrong."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from core.engine import sweep
from core.engine.firing import Firing
from tests.bench.run import Run
from tests.storms import reports
from tests.storms.messages import NEW, SENT_AGAIN, TOLD_AGAIN, storm
from tests.storms.outage import missed_month, recover
from tests.storms.reports import Storm, blow, figures, street

SHORT = Storm(rate=3_000, minutes=0.05, consoles=1, urgent_every=50)
"""150 messages, three of them emergencies; handed in for as long as it takes."""
TICKETS, URGENT = 150, 12


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    return missed_month(tmp_path_factory.mktemp("month"), TICKETS, URGENT)


@pytest.fixture
def missed(month: tuple[Path, int], tmp_path: Path) -> tuple[Path, int]:
    path, now = month
    return Path(shutil.copy(path, tmp_path / "month.db")), now


def test_a_missed_month_is_caught_up_with(missed: tuple[Path, int]) -> None:
    found = recover(*missed)
    assert not found.wrong
    assert found.overdue >= TICKETS + URGENT


def _tells_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    send = Firing.send

    def twice(self: Firing) -> int:
        lines = dict(self._lines)
        count = send(self)
        self._lines.update(dict(list(lines.items())[:1]))
        return count + send(self)

    monkeypatch.setattr(Firing, "send", twice)


def _knows_no_urgency(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "PRESSING", ())


def _gives_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "BATCH", 7)
    usual = sweep.Sweep.run
    monkeypatch.setattr(sweep.Sweep, "run", lambda self, stopping=None: usual(self, _after(4)))


def _after(times: int) -> Any:
    left = [times]

    def stopping() -> bool:
        left[0] -= 1
        return left[0] < 0

    return stopping


@pytest.mark.parametrize(
    ("plant", "said"),
    [(_tells_twice, "more than once"), (_knows_no_urgency, "urgent"), (_gives_up, "still overdue")],
)
def test_a_planted_bug_is_found(
    plant: Any, said: str, missed: tuple[Path, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch)
    assert said in " ".join(recover(*missed).wrong)


def test_a_storm_repeats_itself_by_its_seed() -> None:
    messages = list(storm(2_000, 400, "7"))
    assert messages == list(storm(2_000, 400, "7"))
    doubles = [message for message in messages if message.kind != NEW]
    assert 0.25 < len(doubles) / len(messages) < 0.35
    assert {message.kind for message in doubles} == {SENT_AGAIN, TOLD_AGAIN}
    assert len({message.key for message in messages}) == sum(message.kind != SENT_AGAIN for message in messages)
    assert sum(bool(message.sign) for message in messages) == 5


@pytest.mark.slow
def test_a_storm_loses_and_doubles_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two programs hand in, an engine and two consoles run; every emergency comes to the screen."""
    monkeypatch.setattr(reports, "IN_TIME_ONLY", False)
    store = street(tmp_path)
    environment = Run(tmp_path).environment(store)
    result = blow(SHORT, environment, str(store))
    assert not result.wrong, figures(result)
    assert len(result.answers) == SHORT.amount
    assert (result.unseen, len(result.seen)) == (0, 3)
    assert result.proposed[0] == result.proposed[1] > 5
    assert result.keys
    assert None not in result.keys
    _finds_what_is_lost(result, environment, store)


def _finds_what_is_lost(result: reports.Result, environment: dict[str, str], store: Path) -> None:
    """An answer that names another ticket, and one that claims to be the first of its key once more."""
    messages = list(storm(SHORT.amount, SHORT.urgent_every, SHORT.seed))
    again = next(message for message in messages if message.kind == SENT_AGAIN)
    told = next(message for message in messages if message.kind == TOLD_AGAIN)
    result.answers[again.place]["replayed"] = False
    result.answers[again.of]["replayed"] = False
    result.answers[told.place]["ticket"] = result.answers[again.of]["ticket"]
    result.wrong.clear()
    reports.hold_against(messages, result, environment, str(store))
    assert any("more or less than once" in line for line in result.wrong)
    assert any("not in the store" in line for line in result.wrong)
