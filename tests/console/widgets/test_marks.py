"""Marks belong to tickets, and nothing that happens to the list makes a key hit another ticket."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from console.widgets.marks import MARK_LIMIT
from console.widgets.pages import MemoryProvider
from data.queries.counted import Counted, capped
from tests.console.list_app import ListApp, settle, text_of
from tests.console.memory import NOW, EndlessProvider, made_row

MILLION = 1_000_000
SIZE = (160, 50)


async def test_a_range_goes_from_the_last_mark_to_the_cursor_over_pages_not_read() -> None:
    provider = EndlessProvider(MILLION)
    app = ListApp(provider)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, app.view)
        await pilot.press("space", *["pagedown"] * 12)
        await settle(pilot, app.view)
        app.view.action_mark_range()
        await settle(pilot, app.view)
        assert app.view.row is not None
        assert app.view.marks.ids == set(range(1, app.view.row.id + 1))
        assert f"{len(app.view.marks)}" in text_of(app.view, 0)
        await pilot.press("home", "down", "down")
        app.view.action_mark_range()
        await settle(pilot, app.view)
        assert 3 in app.view.marks


async def test_all_of_a_million_is_the_first_thousand_and_says_so() -> None:
    provider = EndlessProvider(MILLION)
    said: list[str] = []

    class Hearing(ListApp):
        def on_list_marking_said(self, event: object) -> None:
            said.append(event.text)  # type: ignore[attr-defined]

    app = Hearing(provider)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, app.view)
        before = provider.asked
        app.view.action_mark_all()
        await settle(pilot, app.view)
        assert len(app.view.marks) == MARK_LIMIT
        assert "1000" in said[-1]
        assert provider.asked - before <= MARK_LIMIT // 128 + 2
        assert app.view.clear_marks()
        assert not app.view.marks


async def test_marks_survive_another_list_and_a_fresh_reading() -> None:
    rows = [made_row(number) for number in range(300)]
    app = ListApp(MemoryProvider(rows))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, app.view)
        await pilot.press("space", "space")
        app.view.show(MemoryProvider(rows[100:]))
        await settle(pilot, app.view)
        await pilot.press("space")
        app.view.catch_up()
        await settle(pilot, app.view)
        assert app.view.marks.ids == {1, 2, 101}
        assert [row.code for row in app.view.marks] == ["20260720-0001", "20260720-0002", "20260720-0101"]


async def test_at_rest_the_list_follows_only_while_the_cursors_ticket_stays_where_it_was() -> None:
    """The first ticket gets another deadline: a second key still means this ticket, not the one that came up."""
    provider = MemoryProvider([made_row(number) for number in range(300)])
    app = ListApp(provider)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, app.view)
        further = NOW - 1800 + 97 * 5 + 1
        provider.all = sorted(
            [replace(provider.all[0], due=further, revision=2), *provider.all[1:]],
            key=lambda row: row.key,
        )
        app.view.changed()
        await settle(pilot, app.view)
        assert app.view.row is not None
        assert (app.view.row.id, app.view.row.revision) == (1, 2)
        assert app.view.cursor == 0
        assert "已变动" in text_of(app.view, 0)
        provider.all = [row for row in provider.all if row.id != 1]
        app.view.changed()
        await settle(pilot, app.view)
        assert app.view.row.id == 1
        assert app.view.row.gone
        await pilot.press("home")
        await settle(pilot, app.view)
        assert app.view.row.id == 2


async def test_while_another_list_is_on_its_way_no_ticket_is_chosen() -> None:
    provider = MemoryProvider([made_row(number) for number in range(300)])
    app = ListApp(provider)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, app.view)
        await pilot.press("down", "space")
        provider.all = [made_row(900, NOW - 9000), *provider.all]
        app.view.changed()
        await settle(pilot, app.view)
        app.gate.clear()
        await pilot.press("home")
        assert app.view.row is None
        await pilot.press("space")
        app.gate.set()
        await settle(pilot, app.view)
        assert app.view.row is not None
        assert app.view.row.id == 901
        assert app.view.marks.ids == {2}


async def test_a_cursor_that_moved_while_the_list_was_read_stays_on_its_ticket() -> None:
    app = ListApp(MemoryProvider([made_row(number) for number in range(300)]))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, app.view)
        app.gate.clear()
        app.view.catch_up()
        await pilot.press("down", "down")
        app.gate.set()
        await settle(pilot, app.view)
        assert app.view.cursor_id == 3


async def test_a_ticket_far_behind_what_is_counted_keeps_the_cursor_in_another_order() -> None:
    """Its line is a guess then, its neighbours are not."""

    class Capped(EndlessProvider):
        def rank(self, key: tuple[int, ...]) -> Counted:
            return capped(super().rank(key).number)

    app = ListApp(Capped(MILLION))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, app.view)
        await pilot.press("end", "pageup")
        await settle(pilot, app.view)
        ticket = app.view.cursor_id
        app.view.show(Capped(MILLION), keep=True, order="other")
        await settle(pilot, app.view)
        assert app.view.cursor_id == ticket
        await pilot.press("down")
        await settle(pilot, app.view)
        assert app.view.cursor_id == (ticket or 0) + 1


async def test_news_while_a_list_is_on_its_way_do_not_take_its_place() -> None:
    """A change in the store between the key and the answer: the list that was asked for is shown all the same."""
    rows = [made_row(number) for number in range(300)]
    later = MemoryProvider([*[made_row(900 + number, NOW - 9000) for number in range(60)], *rows])
    shown: list[int] = []
    calls: list[int] = []
    app = ListApp(MemoryProvider(rows))

    async def first_one_waits(work: Callable[[], object]) -> object:
        calls.append(1)
        if len(calls) == 1:
            await app.gate.wait()
        return work()

    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, app.view)
        app.view.on_shown = lambda: shown.append(app.view.total)
        app.view._load = first_one_waits  # type: ignore[assignment]
        app.gate.clear()
        app.view.show(later, keep=True, order="other")
        await pilot.pause()
        app.view.changed()
        for _round in range(5):
            await pilot.pause()
        app.gate.set()
        await settle(pilot, app.view)
        assert shown == [360]
        assert app.view.cursor_id == 1
