"""The statements behind screens and lists walk indexes: no scan of a table, no sorting of a million rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.accountability.monthly import monthly_report
from core.accountability.period import Period
from data import counting
from data.queries import area_map, listing, notices, organisation, overview, queue, requests, searching, tickets, timers
from data.queries.counted import Counted
from data.queries.filters import Condition, parse
from data.queries.orders import order_named
from data.queries.reviews import pending
from data.reader import Reader
from tests.bench.spying import Spy
from tests.bench.stores import store_of

CENTRE = 1
NOW = 1_800_000_000
KEY = (NOW, 1)
LATE = parse("late", NOW)
WORDS = parse("建设路 390", NOW)
Ask = Callable[[Reader], object]


@pytest.fixture(scope="module")
def woven(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return store_of(tmp_path_factory.mktemp("stores"), 400)


@pytest.fixture
def reader(woven: Path) -> Iterator[Reader]:
    with Reader(f"sqlite:///{woven}") as reader:
        yield reader


def plans_of(reader: Reader, ask: Ask) -> list[tuple[str, list[str]]]:
    spy = Spy(reader)
    ask(reader)
    return spy.plans()


FILTERS = {
    "stage:handling": "ix_ticket_open_stage",
    "urgency:emergency": "ix_ticket_open_urgency",
    "section:safety": "ix_ticket_open_",
    "source:phone": "ix_ticket_open_source",
    "matter:BJ0101": "ix_ticket_open_matter",
    "supervised": "ix_ticket_open_supervised",
    "bounces>0": "ix_ticket_open_bounced",
}
"""Filters that have an index of their own."""


def ordered(reader: Reader, name: str, last: bool = False) -> object:
    """A page in an order: the first legs from the start, or the last ones from the end."""
    order = order_named(reader, CENTRE, name)
    if last:
        return queue.page_before(reader, CENTRE, None, 128, 0, LATE, order)
    return queue.page_after(reader, CENTRE, None, 128, 0, LATE, order)


def many(reader: Reader, ask: Callable[..., object], most: int = 50_000, words: str = "井盖") -> object:
    """Words that are in many tickets; with a small `most` in so many that texts are read on the way."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(searching, "FEW", 1)
        patch.setattr(searching, "MANY", most)
        return ask(reader, CENTRE, parse(words, NOW))


def page_of_words(reader: Reader, centre: int, condition: Condition) -> object:
    return queue.page_after(reader, centre, None, 128, 0, condition)


PAGES: dict[str, Ask] = {
    "first page": lambda reader: queue.page_after(reader, CENTRE, None, 128),
    "next page": lambda reader: queue.page_after(reader, CENTRE, KEY, 128),
    "page before": lambda reader: queue.page_before(reader, CENTRE, KEY, 128),
    "last page": lambda reader: queue.page_before(reader, CENTRE, None, 128),
    "filtered page": lambda reader: queue.page_after(reader, CENTRE, KEY, 128, 0, LATE),
    "page by urgency": lambda reader: ordered(reader, "urgency"),
    "page by age": lambda reader: ordered(reader, "age"),
    "page by unit": lambda reader: ordered(reader, "unit"),
    "last page by urgency": lambda reader: ordered(reader, "urgency", last=True),
    "last page by age": lambda reader: ordered(reader, "age", last=True),
    "last page by unit": lambda reader: ordered(reader, "unit", last=True),
    "rank by urgency": lambda reader: queue.rank(
        reader, CENTRE, (2, *KEY), LATE, order_named(reader, CENTRE, "urgency")
    ),
    **{
        f"{text} page": lambda reader, text=text: queue.page_after(reader, CENTRE, KEY, 128, 0, parse(text, NOW))
        for text in FILTERS
    },
    **{f"{text} count": lambda reader, text=text: queue.count(reader, CENTRE, parse(text, NOW)) for text in FILTERS},
    "count of many with words": lambda reader: many(reader, queue.count),
    "count of a long word": lambda reader: many(reader, queue.count, words="下水道堵塞"),
    "page of many with words": lambda reader: many(reader, page_of_words),
    "page of most with words": lambda reader: many(reader, page_of_words, 2),
    "list of most with words": lambda reader: many(
        reader, lambda reader, centre, found: listing.page(reader, centre, NOW, condition=found), 2
    ),
    "list of all with words": lambda reader: many(
        reader, lambda reader, centre, found: listing.page(reader, centre, NOW, True, condition=found), 2
    ),
    "clocks of most with words": lambda reader: many(
        reader, lambda reader, centre, found: timers.clocks_after(reader, centre, None, 128, 0, found), 2
    ),
    "what waits for the index": lambda reader: searching.waiting(reader, CENTRE),
    "lines": lambda reader: queue.lines_of(reader, CENTRE, [1, 2, 3]),
    "rank": lambda reader: queue.rank(reader, CENTRE, KEY),
    "count": lambda reader: queue.count(reader, CENTRE),
    "late and soon": lambda reader: queue.late_and_soon(reader, CENTRE, NOW),
    "clocks": lambda reader: timers.clocks_after(reader, CENTRE, KEY, 128),
    "clocks before": lambda reader: timers.clocks_before(reader, CENTRE, KEY, 128),
    "clocks again": lambda reader: timers.clocks_of(reader, CENTRE, [1, 2, 3]),
    "clock count": lambda reader: timers.count_clocks(reader, CENTRE),
    "clock rank": lambda reader: timers.rank_clock(reader, CENTRE, KEY),
    "notices": lambda reader: notices.notices_after(reader, CENTRE, 1),
    "newest notices": lambda reader: notices.newest_notices(reader, CENTRE),
    "last notice": lambda reader: notices.last_notice(reader, CENTRE),
    "list": lambda reader: listing.page(reader, CENTRE, NOW),
    "list of all": lambda reader: listing.page(reader, CENTRE, NOW, everything=True),
    "load of units": lambda reader: organisation.late_by_unit(reader, CENTRE, NOW),
    "overview": lambda reader: overview.figures(reader, CENTRE, NOW, "Asia/Shanghai"),
    "overview's map": lambda reader: area_map.stored_areas(reader, CENTRE),
    "overview's tickets on the map": lambda reader: area_map.placed_tickets(
        reader, CENTRE, {"west": 0.0, "south": 0.0, "across": 1.0, "up": 1.0}
    ),
    "counters kept": lambda reader: counting.keeps_all(reader, CENTRE),
    "changes": lambda reader: tickets.changed_since(reader, CENTRE, 1),
    "change numbers": lambda reader: tickets.change_numbers(reader, CENTRE),
    "ticket": lambda reader: tickets.ticket(reader, CENTRE, 1),
    "events": lambda reader: tickets.events(reader, CENTRE, 1),
    "custody": lambda reader: tickets.custody(reader, CENTRE, 1),
    "requests that wait": lambda reader: requests.waiting(reader, CENTRE, 50),
}


@pytest.mark.parametrize("name", PAGES)
def test_page_paths_walk_an_index_in_its_order(reader: Reader, name: str) -> None:
    plans = plans_of(reader, PAGES[name])
    assert plans
    for sql, plan in plans:
        assert not [step for step in plan if slow(step)], f"{plan}\n{sql}"


def test_requests_are_found_in_an_index_of_their_own(reader: Reader) -> None:
    for ask in (PAGES["requests that wait"], lambda reader: requests.asked(reader, CENTRE, 0, NOW)):
        for sql, plan in plans_of(reader, ask):
            assert any("ix_clock_request" in step for step in plan), f"{plan}\n{sql}"


@pytest.mark.parametrize("text", [text for text in FILTERS if text != "section:safety"])
def test_a_common_filter_walks_an_index_of_its_own(reader: Reader, text: str) -> None:
    plans = plans_of(reader, PAGES[f"{text} page"]) + plans_of(reader, PAGES[f"{text} count"])
    for sql, plan in plans:
        assert any(FILTERS[text] in step for step in plan), f"{plan}\n{sql}"


def test_few_tickets_with_words_are_named_and_no_list_is_walked(reader: Reader) -> None:
    for ask in (
        lambda reader: queue.page_after(reader, CENTRE, KEY, 128, 0, WORDS),
        lambda reader: queue.count(reader, CENTRE, WORDS),
        lambda reader: timers.clocks_after(reader, CENTRE, KEY, 128, 0, WORDS),
        lambda reader: listing.page(reader, CENTRE, NOW, condition=WORDS),
    ):
        for sql, plan in plans_of(reader, ask):
            assert not [step for step in plan if re.match(r"SCAN (?!found|held|CONSTANT|f VIRTUAL|json_each)", step)], (
                plan
            )
            assert not [step for step in plan if "ix_ticket_open" in step or "ix_clock_running" in step], (
                f"{plan}\n{sql}"
            )


def slow(step: str) -> bool:
    """Whether a step of a plan reads a whole table or index, or sorts."""
    return "TEMP B-TREE" in step or bool(re.match(r"SCAN (?!found|held|CONSTANT|f VIRTUAL|json_each)", step))


@pytest.mark.parametrize("name", ["late and soon", "clock count", "clock rank", "rank", "load of units", "overview"])
def test_counting_has_more_than_the_centre_to_go_by(reader: Reader, name: str) -> None:
    big = [step for _, plan in plans_of(reader, PAGES[name]) for step in plan if re.match(r"SEARCH [tk] ", step)]
    assert big
    assert not [step for step in big if step.endswith("(centre_id=?)")]


def test_the_monthly_list_and_what_is_not_reviewed_walk_their_month_and_their_index(reader: Reader) -> None:
    month = Period(NOW - 30 * 86_400, NOW, "month")
    asked = plans_of(reader, lambda reader: monthly_report(reader, CENTRE, month, month, NOW, 20))
    walked = [step for _, plan in asked for step in plan if re.match(r"SEARCH t ", step)]
    assert len(walked) == 3
    assert all("ix_ticket_reported (centre_id=? AND reported_at>? AND reported_at<?)" in step for step in walked)
    assert any("ix_task_ticket" in step for _, plan in asked for step in plan)
    waiting = plans_of(reader, lambda reader: pending(reader, CENTRE))
    assert any(re.search("ix_ticket_(major|reported)", step) for _, plan in waiting for step in plan)
    for sql, plan in (*asked, *waiting):
        assert not [step for step in plan if re.match(r"SCAN (?!x)", step)], f"{plan}\n{sql}"


def test_who_is_climbed_to_is_found_in_an_index_of_its_own(reader: Reader) -> None:
    ((_, plan),) = plans_of(reader, lambda reader: organisation.climbed_to(reader, CENTRE))
    assert "ix_notice_climbed" in plan[0]


def test_the_counts_are_those_of_a_plain_count(reader: Reader) -> None:
    ((now,),) = reader.rows("SELECT min(due_at) + 86400 * 20 FROM ticket", fanout=True)
    plain = "SELECT count(*) FROM ticket WHERE open = 1 AND "
    late, soon = (
        reader.rows(plain + condition, fanout=True, now=now)[0][0]
        for condition in ("due_at <= :now", "due_at > :now AND warn_at <= :now")
    )
    assert late
    assert soon
    assert queue.late_and_soon(reader, CENTRE, now) == (Counted(late), Counted(soon))
    by_unit = reader.rows(
        "SELECT holder_unit_id, count(*) FROM ticket WHERE open = 1 AND due_at <= :now"
        " AND holder_unit_id IS NOT NULL GROUP BY holder_unit_id",
        fanout=True,
        now=now,
    )
    assert organisation.late_by_unit(reader, CENTRE, now) == dict(by_unit)
    running = "SELECT count(*) FROM clock WHERE state = 'running' AND kind <> 'handle'"
    assert timers.count_clocks(reader, CENTRE).number == reader.rows(running, fanout=True)[0][0]
    first, *_, last = timers.clocks_after(reader, CENTRE, None, 50)
    assert timers.rank_clock(reader, CENTRE, (last.due_at, last.id)).number == 49
    assert timers.clocks_of(reader, CENTRE, [first.id]) == [first]
