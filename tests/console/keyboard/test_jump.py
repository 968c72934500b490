"""Jump mode: a number on everything that can be gone to, typed or clicked."""

from __future__ import annotations

import pytest

from console.dialogs.jump import JumpScreen
from console.dialogs.jump import Label as JumpLabel
from console.keyboard.jump_labels import labels
from tests.console.pilots import ready, screen_text, street_app, until


@pytest.mark.parametrize("amount", [*range(101)])
def test_labels_are_short_and_none_begins_with_another(amount: int) -> None:
    found = labels(amount)
    assert len(set(found)) == amount
    assert all(text.isdigit() and len(text) <= 2 for text in found)
    assert not any(other.startswith(text) for text in found for other in found if other != text)


async def test_a_number_goes_to_its_line_and_focus_by_digits_alone() -> None:
    app = street_app()
    async with app.run_test(size=(80, 24)) as pilot:
        view = await ready(pilot)
        await pilot.press("ctrl+g")
        await until(pilot, lambda: isinstance(app.screen, JumpScreen) and bool(app.screen.query(JumpLabel)))
        screen = app.screen
        assert isinstance(screen, JumpScreen)
        wanted = next(text for text, target in screen.by_label.items() if target.y == view.region.y + 1 + 6)
        await pilot.press(*wanted)
        await until(pilot, lambda: view.cursor == 6 and app.screen is app.duty_screen)
        await pilot.press("down")
        assert view.cursor == 7, "keys go on as before"


async def test_escape_and_strange_keys_leave_everything_as_it_was() -> None:
    app = street_app()
    async with app.run_test(size=(80, 24)) as pilot:
        view = await ready(pilot)
        await pilot.press("g")
        await until(pilot, lambda: isinstance(app.screen, JumpScreen))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.duty_screen)
        assert view.cursor == 0


async def test_a_number_can_be_clicked() -> None:
    app = street_app()
    async with app.run_test(size=(80, 24)) as pilot:
        view = await ready(pilot)
        await pilot.press("ctrl+g")
        await until(pilot, lambda: isinstance(app.screen, JumpScreen) and bool(app.screen.query(JumpLabel)))
        await pilot.click(offset=(view.region.x, view.region.y + 1 + 4))
        await until(pilot, lambda: view.cursor == 4)


async def test_the_screen_is_seen_under_the_numbers() -> None:
    app = street_app()
    async with app.run_test(size=(80, 24)) as pilot:
        view = await ready(pilot)
        before = screen_text(app).splitlines()
        await pilot.press("g")
        await until(pilot, lambda: isinstance(app.screen, JumpScreen) and bool(app.screen.query(JumpLabel)))
        under = screen_text(app).splitlines()
        assert under[0] == before[0]
        rows = slice(view.region.y + 1, view.region.bottom)  # what lies below the list is read by a worker, later
        assert view.total > 3
        assert [line[2:] for line in under[rows]] == [line[2:] for line in before[rows]]
