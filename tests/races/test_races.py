"""The race in short, on both engines: nothing lost, doubled or out of order, and each planted bug is found."""

from __future__ import annotations

import pytest

from tests.races.history import OK, REFUSED, History
from tests.races.planted import BUGS
from tests.races.run import Size, race

SHORT = Size(officers=10, processes=3, tickets=2, deeds=10, deaths=1)
PLANTED = Size(officers=6, processes=2, tickets=1, deeds=20)
"""Enough for a bug to show, on either engine."""


@pytest.mark.slow
def test_officers_race_on_few_tickets(sqlite_database: str, seed: int) -> None:
    """One process is killed with SIGKILL in the middle and comes back."""
    _holds(sqlite_database, seed)


@pytest.mark.slow
@pytest.mark.pg
def test_officers_race_on_a_server(postgres_database: str, seed: int) -> None:
    """Sessions are cut in the middle."""
    _holds(postgres_database, seed)


@pytest.mark.slow
@pytest.mark.parametrize("bug", BUGS)
def test_a_planted_bug_is_found(bug: str, sqlite_database: str, seed: int) -> None:
    verdict = race(sqlite_database, PLANTED, str(seed), bug)
    assert verdict.found, verdict.line


@pytest.mark.slow
@pytest.mark.pg
def test_a_planted_bug_is_found_on_a_server(postgres_database: str, seed: int) -> None:
    verdict = race(postgres_database, PLANTED, str(seed), "looks at no revision")
    assert verdict.found, verdict.line


def _holds(url: str, seed: int) -> None:
    verdict = race(url, SHORT, str(seed))
    print(verdict.line)
    assert not verdict.found
    assert _is_a_race(verdict.history), verdict.line


def _is_a_race(history: History) -> bool:
    """Much was done, and somebody came too late: else nothing was tried."""
    stale = [deed for deed in history.deeds if deed.answer.code == "changed"]
    batch = [deed for deed in history.deeds if deed.who == "race00" and deed.answer.was in (OK, REFUSED)]
    return history.count(OK) > 20 and bool(stale) and bool(batch)
