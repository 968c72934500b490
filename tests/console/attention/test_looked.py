"""What changed since the officer last looked: marked in the queue and in the history, across restarts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from console.attention.looked import KEPT, Looked
from console.widgets.queue_view import QueueView
from tests.console.memory import NOW, MemoryBackend, made_row
from tests.console.pilots import ready, screen_text, street_app, until


def test_the_memory_is_bounded_and_kept_across_restarts(tmp_path: Path) -> None:
    path = str(tmp_path / "looked" / "me.json")
    memory = Looked(path)
    memory.begin(KEPT)
    for number in range(KEPT + 10):
        memory.look(made_row(number), NOW)
    memory.save()
    again = Looked(path)
    assert again.last_look(KEPT + 10) == NOW
    assert again.last_look(1) == 0, "the oldest are forgotten"
    assert again.sign(replace(made_row(KEPT), revision=2)) == "^"
    assert again.sign(made_row(KEPT + 50)) == "+"
    assert again.sign(made_row(KEPT)) == ""
    assert again.sign(made_row(5)) == "", "what is forgotten is not new again"


def test_what_was_there_before_the_officer_is_not_new_even_where_it_was_never_on_the_screen(tmp_path: Path) -> None:
    path = str(tmp_path / "me.json")
    memory = Looked(path)
    assert memory.sign(made_row(70)) == "", "nobody knows yet"
    memory.begin(60)
    memory.look(made_row(0), NOW)
    memory.save()
    again = Looked(path)
    again.begin(90)
    assert [again.sign(made_row(number)) for number in (40, 59, 60)] == ["", "", "+"]


def test_a_broken_file_counts_as_none(tmp_path: Path) -> None:
    path = tmp_path / "me.json"
    path.write_text('{"1": "x"}', encoding="utf-8")
    assert Looked(str(path)).sign(made_row(0)) == ""


async def test_only_what_came_in_after_the_first_look_at_the_console_is_new() -> None:
    """A filter brings tickets to the screen that were there all along, further down."""
    backend = MemoryBackend([made_row(number) for number in range(200)])
    app = street_app(backend)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await until(pilot, lambda: app.memory.looked.has_begun)
        await pilot.press("end")
        await until(pilot, lambda: "20260720-0200" in screen_text(app))
        assert not line(screen_text(app), "+")
        backend.tickets += [made_row(200), made_row(201)]
        backend.mark += 1
        await until(pilot, lambda: app.screen.query_one(QueueView).pending == 2)
        await pilot.press("home", "end")
        await until(pilot, lambda: line(screen_text(app), "+"))


async def test_changed_and_new_tickets_are_marked_until_the_cursor_rests_on_them() -> None:
    backend = MemoryBackend([made_row(number) for number in range(20)])
    app = street_app(backend)
    async with app.run_test(size=(120, 36)) as pilot:
        view = await ready(pilot)
        await until(pilot, lambda: app.memory.looked.last_look(1) == NOW)
        await pilot.press("down")
        await until(pilot, lambda: app.memory.looked.last_look(2) == NOW)
        backend.tickets[4] = replace(backend.tickets[4], revision=2, stage="handling")
        backend.mark += 1
        await until(pilot, lambda: line(screen_text(app), "^"))
        for _step in range(3):
            await pilot.press("down")
        assert view.cursor == 4
        await until(pilot, lambda: app.memory.looked.last_look(5) == NOW)
        await pilot.press("down")
        await until(pilot, lambda: not line(screen_text(app), "^"))


def line(text: str, sign: str) -> bool:
    """Whether a line of the list begins with a sign."""
    return any(row.startswith(sign) for row in text.splitlines()[1:])


async def test_the_history_marks_what_is_newer_than_the_last_look() -> None:
    backend = MemoryBackend([made_row(number) for number in range(5)])
    app = street_app(backend)
    app.memory.looked.look(backend.tickets[0], NOW - 2500)
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        app.memory.looked._known[1] = app.memory.looked._known[1]._replace(at=NOW - 2500)
        await pilot.press("enter")
        await until(pilot, lambda: "流转" in screen_text(app))
        await pilot.press("right")
        await until(pilot, lambda: "按目录派城市更新岗" in screen_text(app))
        rows = screen_text(app).splitlines()
        assert [row[:1] for row in rows if "派单" in row and "07-20" in row] == ["^"]
        assert [row[:1] for row in rows if "受理" in row and "07-20" in row] == [" "]
