"""The week of the roster on the real screen and a real store: from the line of gaps to the day, the hours, and back."""

from __future__ import annotations

import pytest

from console.app import ZhihuiApp
from console.backend.store import StoreBackend
from console.screens.roster import RosterScreen
from tests.console.conftest import StreetCopy
from tests.console.pilots import at_rest, screen_text, until
from tests.console.test_gap_bar import HOUR, bars, look, tonight, write


@pytest.mark.slow
@pytest.mark.parametrize("size", [(80, 24), (120, 36), (160, 50)], ids=str)
async def test_from_the_line_of_gaps_to_the_week_and_its_hours(street_copy: StreetCopy, size: tuple[int, int]) -> None:
    desk, officer = street_copy()
    turn = tonight(desk, "shift_leader")
    write(desk, turn.officer, "leave", turn.officer, turn.from_at, turn.from_at + 4 * HOUR, "")
    look(desk)
    backend = StoreBackend(desk.store.url, desk.clock, desk.now, None, officer)
    backend.start = backend.desk  # type: ignore[method-assign, assignment]  # no engine of its own: the clock stands still
    app = ZhihuiApp(backend, desk.now)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: bool(app.status.centre) and bool(bars(app)), "the line")
        await pilot.click(bars(app)[0])
        await until(
            pilot, lambda: isinstance(app.screen, RosterScreen) and "[11-20 周五]" in screen_text(app), "the week"
        )
        await at_rest(pilot)
        shown = screen_text(app)
        # The leave stands where the turn was, and nobody in its place; the rest of the shift is served.
        for words in (f"16-20 {turn.name}~!", "16-20 ! 无人", f"20-24 {turn.name}", "11-20 16:00 - 20:00  无值班长"):
            assert words in shown
        # Three days were written; a day further on there is nobody: the end of the roster is in sight.
        await pilot.press("right", "right", "right")
        await until(pilot, lambda: "11-23 周一" in screen_text(app).splitlines()[3], "three days on")
        await until(pilot, lambda: screen_text(app).count("! 无人") >= 3, "the end of the roster")
        await pilot.press("escape")
        await until(pilot, lambda: "[11-20 周五]" in screen_text(app), "today again")
        await pilot.press("down", "enter")
        await until(pilot, lambda: f"{turn.name}~! {turn.officer}" in screen_text(app), "hours with codes")
        await pilot.press("escape", "tab", "down", "enter")
        await until(pilot, lambda: app.screen.focused is app.screen.query_one("#roster-places"), "back at the grid")
        await pilot.press("+", "+", "-")
        await until(pilot, lambda: "11-27 周五" in screen_text(app).splitlines()[3], "a week on")
    backend.close()
    desk.store.close()
