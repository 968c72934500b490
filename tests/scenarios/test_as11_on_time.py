"""AS-11: reports over a year's work give the rates of the sources: 99 % of 41,000, 254 at 100 %, 26,073 at 100 %.

The tickets are made by a seed and come in through the import, as another system's year would: nine months of twelve
streets [0-28], a community's quarter [2-18], a county's year [4-15]. Every figure is read off the report, none is told
to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

import pytest

from core.accountability.custody import By, custody_report
from core.accountability.ontime import Dimension, on_time_report, percentage
from core.accountability.period import read_period
from core.clock import SetClock
from core.desk.actor import IMPORT
from core.exchange.importing import import_tickets
from core.exchange.maps import load_map
from data.location import locate
from data.store import Store
from tests.core.exchange.made_files import MADE_MAP, POSTS, write_made
from tests.street import START, small_street

NOW = int(START.timestamp())
LONGEST_LIMIT_DAYS = 6
RULES = MADE_MAP.replace('completed_at = "done"\n', "").replace('closed_at = "closed"', 'closed_at = "done"')
"""Done and closed in one: the sources count what is done."""


class Year(NamedTuple):
    """A period with as many tickets as a source tells of."""

    prefix: str
    start: str
    days: int
    period: str
    count: int
    late: int
    rate: str


STREETS = Year("S0-", "2023-04-01", 275, "2023-04-01..2023-12-31", 41_000, 410, "99.00")
COMMUNITY = Year("S2-", "2024-01-01", 91, "2024-Q1", 254, 0, "100.00")
COUNTY = Year("S4-", "2025-01-01", 365, "2025", 26_073, 0, "100.00")
YEARS = (STREETS, COMMUNITY, COUNTY)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One centre with all three periods in it."""
    folder = tmp_path_factory.mktemp("as11")
    made = Store(locate(str(folder / "store.sqlite")), create=True)
    small_street(made)
    (folder / "made.toml").write_text(RULES, "utf-8")
    rules = load_map(str(folder / "made.toml"))
    for year in YEARS:
        file = folder / f"{year.prefix}.csv"
        write_made(
            file, year.count, seed=11, late=year.late, days=year.days - LONGEST_LIMIT_DAYS, start=year.start,
            prefix=year.prefix,
        )  # fmt: skip
        result = import_tickets(made, SetClock(START), 1, file, rules, IMPORT, chunk=500)
        assert (result.created, result.rejected) == (year.count, 0)
        file.unlink()
    yield made
    made.close()


@pytest.mark.slow
@pytest.mark.parametrize("year", YEARS, ids=lambda year: year.prefix.strip("-"))
def test_the_report_gives_the_rate_of_the_source(store: Store, year: Year) -> None:
    period = read_period(year.period, "Asia/Shanghai")
    with store.reader() as reader:
        report = on_time_report(reader, 1, Dimension.ALL, NOW, period)
    total = report.total
    assert (total.completed, total.on_time, total.late) == (year.count, year.count - year.late, year.late)
    assert total.rate == total.strict_rate == Decimal(year.rate)
    assert (total.open_overdue, total.open_in_time) == (0, 0)


@pytest.mark.slow
def test_the_lines_of_the_posts_add_up_to_the_whole(store: Store) -> None:
    with store.reader() as reader:
        report = on_time_report(reader, 1, Dimension.LEAD, NOW, read_period(STREETS.period, "Asia/Shanghai"))
    assert {line.zh for line in report.lines} == set(POSTS)
    assert sum(line.completed for line in report.lines) == STREETS.count
    assert sum(line.late for line in report.lines) == STREETS.late
    assert all(line.rate is not None and Decimal(98) < line.rate < Decimal(100) for line in report.lines)


def test_one_late_ticket_more_is_no_longer_the_rate() -> None:
    """The rate is cut and never rounded up: a single late one of 26,073 is not 100 %."""
    assert percentage(COUNTY.count - 1, COUNTY.count) == Decimal("99.99")
    assert percentage(STREETS.count - STREETS.late - 1, STREETS.count) == Decimal("98.99")


@pytest.mark.slow
def test_the_time_in_every_hand_adds_up_to_the_life_of_all_tickets(store: Store) -> None:
    with store.reader() as reader:
        lives = reader.rows("SELECT sum(closed_at - reported_at) FROM ticket WHERE centre_id = :centre", centre=1)
        held = custody_report(reader, 1, By.UNIT, NOW)
    assert sum(line.seconds for line in held) == lives[0][0]
