"""Queue pages by key, counts, timers and one ticket: the same on both engines."""

from __future__ import annotations

import pytest

from data.errors import BadInput, NotFound
from data.queries import notices, organisation, queue, tickets, timers
from data.queries.counted import Counted, counter, counters
from data.queries.filters import parse
from data.queries.orders import ORDERS, order_named
from data.terms import UnitKind
from tests.core.desk.scene import CSGX, GHJS
from tests.data.queries.conftest import Filled


def everything(filled: Filled, size: int) -> list[int]:
    """All pages, front to back."""
    found: list[queue.QueueLine] = []
    key = None
    while page := queue.page_after(filled.reader, 1, key, size):
        found += page
        key = (page[-1].due_at, page[-1].id)
    assert [(line.due_at, line.id) for line in found] == sorted((line.due_at, line.id) for line in found)
    return [line.id for line in found]


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_pages_meet_without_gap_or_overlap(filled: Filled, size: int) -> None:
    whole = everything(filled, 100)
    assert everything(filled, size) == whole
    assert len(set(whole)) == len(whole) == queue.count(filled.reader, 1).number
    backwards: list[int] = []
    key = None
    while page := queue.page_before(filled.reader, 1, key, size):
        backwards = [line.id for line in page] + backwards
        key = (page[0].due_at, page[0].id)
    assert backwards == whole


def test_rank_and_lines_of(filled: Filled) -> None:
    lines = queue.page_after(filled.reader, 1, None, 100)
    for place, line in enumerate(lines):
        assert queue.rank(filled.reader, 1, (line.due_at, line.id)).number == place
    chosen = queue.lines_of(filled.reader, 1, [lines[2].id, lines[0].id, 99])
    assert {line.id for line in chosen} == {lines[2].id, lines[0].id}
    assert queue.lines_of(filled.reader, 1, []) == []


def test_counts_from_counters_and_counted_agree(filled: Filled) -> None:
    reader = filled.reader
    assert queue.count(reader, 1) == queue.count(reader, 1, parse("open", filled.now)) == Counted(6)
    assert counter(reader, 1, "all", "all") == 8
    assert sum(counters(reader, 1, "stage").values()) == 8
    assert sum(counters(reader, 1, "open_unit").values()) == 6
    late, soon = queue.late_and_soon(reader, 1, filled.now)
    assert (late.number, soon.number) == (len(filled.found("late")), len(filled.found("soon")))


def test_a_ticket_with_everything_that_belongs_to_it(filled: Filled) -> None:
    reader = filled.reader
    number = tickets.ticket_id(reader, 1, filled.codes["handling"])
    row = tickets.ticket(reader, 1, number)
    assert row is not None
    assert (row["holder_name"], row["lead_code"], row["holder_officer_name"]) == ("城市更新岗", "CSGX", "李强")
    events = tickets.events(reader, 1, number)
    assert [event["seq"] for event in events] == list(range(1, row["revision"] + 1))
    assert events[0]["body"]["effects"]["set"]["title"] == row["title"]
    assert all(isinstance(clock["segments"], list) for clock in tickets.clocks(reader, 1, number))
    assert [(held["no"], held["officer_name"]) for held in tickets.custody(reader, 1, number)] == [(1, "李强")]
    assert [task["unit_code"] for task in tickets.tasks(reader, 1, number)] == ["CSGX"]
    assert tickets.ticket(reader, 1, 5) is None
    with pytest.raises(NotFound):
        tickets.ticket_id(reader, 1, "20260101-0001")


def test_timers_are_the_running_clocks_by_deadline(filled: Filled) -> None:
    lines = timers.clocks_after(filled.reader, 1, None, 100)
    assert [(line.due_at, line.id) for line in lines] == sorted((line.due_at, line.id) for line in lines)
    assert "handle" not in {line.kind for line in lines}
    assert len(lines) == timers.count_clocks(filled.reader, 1).number
    paused = filled.codes["paused"]
    assert paused not in {line.code for line in lines}
    assert [line.id for line in timers.clocks_before(filled.reader, 1, None, 2)] == [line.id for line in lines[-2:]]


def test_units_with_load_and_late(filled: Filled) -> None:
    found = {line.id: line for line in organisation.units(filled.reader, 1, filled.now, (str(UnitKind.POST),))}
    assert (found[CSGX].load, found[CSGX].late) == (3, 0)
    assert (found[GHJS].load, found[GHJS].late) == (1, 1)


def test_changes_and_notices_since(filled: Filled) -> None:
    reader = filled.reader
    last, _, _ = tickets.change_numbers(reader, 1)
    assert tickets.changed_since(reader, 1, last) == []
    assert [number for number, _ in tickets.changed_since(reader, 1, last - 3)] == [last - 2, last - 1, last]
    newest = notices.newest_notices(reader, 1, 3)
    assert newest[0].id == notices.last_notice(reader, 1)
    assert notices.notices_after(reader, 1, newest[0].id) == []


@pytest.mark.parametrize("text", ["", "-举报"])
@pytest.mark.parametrize("size", [1, 2, 100])
@pytest.mark.parametrize("name", ORDERS)
def test_each_order_is_one_walk_both_ways(filled: Filled, name: str, size: int, text: str) -> None:
    """Against a plain sort of all tickets; pages from both ends, skips and ranks agree with it."""
    reader, condition = filled.reader, parse(text, filled.now) if text else queue.EVERYTHING
    order = order_named(reader, 1, name)

    def key(line: queue.QueueLine) -> tuple[int, ...]:
        return order.key(line.id, line.due_at, line.reported_at, line.urgency, line.holder_unit_id)

    wanted = sorted(map(key, queue.page_after(reader, 1, None, 100, condition=condition)))
    assert len(wanted) >= 5
    forth: list[tuple[int, ...]] = []
    while page := queue.page_after(reader, 1, forth[-1] if forth else None, size, 0, condition, order):
        forth += map(key, page)
    back: list[tuple[int, ...]] = []
    while page := queue.page_before(reader, 1, back[0] if back else None, size, 0, condition, order):
        back[:0] = map(key, page)
    assert forth == back == wanted
    for place, at in enumerate(wanted):
        assert queue.rank(reader, 1, at, condition, order).number == place
        assert [*map(key, queue.page_after(reader, 1, None, size, place, condition, order))] == wanted[place:][:size]
        left = len(wanted) - place
        assert [*map(key, queue.page_before(reader, 1, None, size, place, condition, order))] == (
            wanted[max(left - size, 0) : left]
        )


def test_the_centres_own_queue_comes_before_the_units(filled: Filled) -> None:
    order = order_named(filled.reader, 1, "unit")
    held = [line.holder_unit_id for line in queue.page_after(filled.reader, 1, None, 100, order=order)]
    assert held[0] is None
    assert None not in held[held.count(None) :]


def test_an_order_that_is_none_is_refused(filled: Filled) -> None:
    with pytest.raises(BadInput, match="colour"):
        order_named(filled.reader, 1, "colour")
