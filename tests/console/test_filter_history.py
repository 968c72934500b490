"""The filters that were used come back in the prompt, in the next session too; what is personal is never written."""

from __future__ import annotations

import stat
from pathlib import Path

from console.filter_history import KEPT, FilterHistory, filters_path
from console.screens.filtered import FilterPrompt
from tests.console.memory import MemoryBackend, made_row
from tests.console.pilots import ready, street_app, until


def test_the_newest_are_kept_each_once_across_sessions(tmp_path: Path) -> None:
    path = str(tmp_path / "filters" / "me.json")
    history = FilterHistory(path)
    for number in range(KEPT + 5):
        history.use(f"urgency:urgent 第{number}")
    history.use("late")
    history.use("urgency:urgent 第20")
    history.save()
    assert not history.unsaved
    again = FilterHistory(path)
    assert [again.back(step) for step in (1, 2, 3)] == ["urgency:urgent 第20", "late", f"urgency:urgent 第{KEPT + 4}"]
    assert again.back(KEPT) is not None
    assert again.back(KEPT + 1) is None
    assert stat.S_IMODE(Path(path).stat().st_mode) == 0o600


def test_what_is_personal_comes_back_in_this_session_and_is_not_written(tmp_path: Path) -> None:
    path = str(tmp_path / "me.json")
    history = FilterHistory(path)
    for text in ("13900001111", "报告人：赵大海", "王秀英女士 漏水", "a" * 5000, "late"):
        history.use(text)
    assert history.back(5) == "13900001111"
    history.save()
    assert Path(path).read_text(encoding="utf-8") == '["late"]'


def test_two_consoles_add_to_one_file(tmp_path: Path) -> None:
    path = str(tmp_path / "me.json")
    one, other = FilterHistory(path), FilterHistory(path)
    one.use("late")
    other.use("soon")
    one.save()
    other.save()
    assert [FilterHistory(path).back(step) for step in (1, 2)] == ["soon", "late"]


def test_a_file_that_is_none_of_ours_counts_as_empty(tmp_path: Path) -> None:
    path = tmp_path / "me.json"
    for text in ('{"a": 1}', "[1, 2", '[1, "", ["x"]]', "\x00"):
        path.write_text(text, encoding="utf-8")
        assert FilterHistory(str(path)).back(1) is None


async def test_the_up_key_brings_back_a_filter_of_the_session_before_and_of_the_other_list(home: Path) -> None:
    backend = MemoryBackend([made_row(number) for number in range(20)])
    app = street_app(backend)
    async with app.run_test(size=(120, 36)) as pilot:
        view = await ready(pilot)
        for words in ("井盖", "late"):
            await pilot.press("slash", *["backspace"] * 4, *words, "enter")
            await until(pilot, lambda: app.focused is view and app.screen.words == words)  # type: ignore[attr-defined]  # noqa: B023
    assert Path(filters_path("memory", "lin")).is_relative_to(home)
    app = street_app(backend)
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        await pilot.press("f5")
        await until(pilot, lambda: app.current_mode == "timers")
        await pilot.press("slash")
        await until(pilot, lambda: isinstance(app.focused, FilterPrompt))
        field = app.focused
        assert isinstance(field, FilterPrompt)
        await pilot.press("up")
        await until(pilot, lambda: field.value == "late")
        app.screen.offers.hide()  # type: ignore[attr-defined]
        await pilot.press("up")
        await until(pilot, lambda: field.value == "井盖")
