"""A change draws its own lines: no others are asked for, nothing is laid out anew, and the picture is the same."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from textual._compositor import Compositor
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip

from console import officer_memory
from console.app import ZhihuiApp
from console.screens.duty import DutyScreen
from console.terminal.compositing import PAINT, DirtyLines
from console.widgets.bars import Banner, KeyBar, StatusBar
from console.widgets.lines import LinesView, text_line
from console.widgets.queue_view import HEADER, QueueView
from tests.console.memory import NOW, MemoryBackend, made_row
from tests.console.pilots import strips_of, until

SIZE = (140, 45)


def made_app(rows: int = 200) -> ZhihuiApp:
    return ZhihuiApp(MemoryBackend([made_row(number) for number in range(rows)]), lambda: NOW)


def drawn_lines(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The lines of the list that are drawn from now on."""
    asked: list[int] = []
    plain = QueueView.render_lines

    def counted(view: QueueView, crop: Region) -> list[Strip]:
        asked.extend(crop.line_range)
        return plain(view, crop)

    monkeypatch.setattr(QueueView, "render_lines", counted)
    return asked


@pytest.mark.parametrize(("paint", "most"), [("", 4 * HEADER + 4), ("stock", None)])
async def test_a_line_down_draws_two_lines_and_the_header(
    monkeypatch: pytest.MonkeyPatch, paint: str, most: int | None
) -> None:
    monkeypatch.setenv(PAINT, paint)
    app = made_app()
    async with app.run_test(size=SIZE) as pilot:
        view = app.screen.query_one(QueueView)
        await until(pilot, lambda: view.row is not None, "the list")
        await pilot.pause(0.3)
        asked = drawn_lines(monkeypatch)
        await pilot.press("down")
        await until(pilot, lambda: {HEADER, HEADER + 1} <= set(asked), "both lines")
        await pilot.pause()
        if most is None:
            assert len(set(asked)) > 30, "Textual's own way draws the whole list"
        else:
            assert len(asked) <= most, sorted(asked)


def cells(strips: list[Strip]) -> list[tuple[str, object]]:
    return [(char, style) for strip in strips for text, style, _control in strip for char in text]


def part(chops: dict[int, Strip | None], ends: list[int], first: int, last: int) -> Iterator[Strip]:
    """What an update draws of a line between two columns."""
    for end, (x, chop) in zip(ends, chops.items(), strict=False):
        if x < last and end > first:
            assert chop is not None, f"nothing is drawn at column {x}"
            yield chop.crop(max(first - x, 0), min(last, end) - x)


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("key", [None, "f7", "f12"])
async def test_any_part_is_drawn_as_in_the_whole_picture(seed: int, key: str | None) -> None:
    dice = random.Random(seed)
    app = made_app()
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: app.screen.query_one(QueueView).row is not None, "the list")
        if key is not None:
            await pilot.press(key)
        await pilot.pause(0.3)
        composed = app.screen._compositor
        assert isinstance(composed, DirtyLines)
        for _turn in range(25):
            for _region in range(dice.randint(1, 4)):
                x, y = dice.randrange(SIZE[0]), dice.randrange(SIZE[1])
                size = dice.randint(1, SIZE[0] - x), dice.randint(1, min(6, SIZE[1] - y))
                composed._dirty_regions.add(Region(x, y, *size))
            update = composed.render_partial_update()
            whole = Compositor.render_strips(composed)
            assert update is not None
            for y, first, last in update.spans:
                found = cells(list(part(dict(update.chops[y]), list(update.chop_ends[y]), first, last)))
                assert found == cells([whole[y].crop(first, last)]), f"seed {seed}, line {y}, {first}…{last}"


async def test_reading_the_next_ticket_lays_nothing_out(monkeypatch: pytest.MonkeyPatch) -> None:
    app = made_app()
    async with app.run_test(size=SIZE) as pilot:
        view, detail = app.screen.query_one(QueueView), app.screen.query_one("#detail", LinesView)
        await until(pilot, lambda: bool(detail.lines), "the ticket beside the list")
        await pilot.pause(0.3)
        laid_out: list[Screen[object]] = []
        plain = Screen._refresh_layout
        monkeypatch.setattr(
            Screen,
            "_refresh_layout",
            lambda screen, *given, **named: (laid_out.append(screen), plain(screen, *given, **named)),
        )
        for lines in (3, 7, 5):
            detail.show(lambda _width, lines=lines: [text_line(f"第{number}行") for number in range(lines)])
            await until(pilot, lambda lines=lines: shown(app, f"第{lines - 1}行"), "the last line")
            assert not shown(app, f"第{lines}行")
        assert view.row is not None
        assert not laid_out


def shown(app: ZhihuiApp, text: str) -> bool:
    return any(text in strip.text for strip in strips_of(app))


async def test_a_view_that_outgrows_its_place_can_be_scrolled_and_comes_back() -> None:
    app = made_app()
    async with app.run_test(size=SIZE) as pilot:
        detail = app.screen.query_one("#detail", LinesView)
        await until(pilot, lambda: bool(detail.lines), "the ticket beside the list")
        for lines, scrolls in ((3, False), (200, True), (210, True), (3, False)):
            detail.show(lambda _width, lines=lines: [text_line(f"第{number}行") for number in range(lines)])
            await until(pilot, lambda scrolls=scrolls: detail.allow_vertical_scroll == scrolls, f"{lines} lines")
            detail.scroll_to(y=lines, animate=False, force=True, immediate=True)
            await until(pilot, lambda lines=lines: shown(app, f"第{lines - 1}行"), "the last line")
        assert int(detail.scroll_offset.y) == 0


async def test_a_memory_is_found_once_and_anew_for_another_officer(monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[str] = []
    plain = officer_memory.looked_path
    monkeypatch.setattr(officer_memory, "looked_path", lambda *whose: found.append(whose[1]) or plain(*whose))
    app = made_app()
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: app.screen.query_one(QueueView).row is not None, "the list")
        first = app.memory.looked
        await pilot.press("down", "pagedown")
        assert len(found) == 1
        app.backend.officer = "li"
        assert app.memory.looked is not first
        assert found == [found[0], "li"]


async def test_a_second_that_passes_looks_for_no_widget(monkeypatch: pytest.MonkeyPatch) -> None:
    app = made_app()
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: app.screen.query_one(QueueView).row is not None, "the list")
        screen = app.screen
        assert isinstance(screen, DutyScreen)
        screen.tick(NOW + 1)
        asked: list[object] = []
        plain = DutyScreen.query
        monkeypatch.setattr(DutyScreen, "query", lambda screen, kind: asked.append(kind) or plain(screen, kind))
        screen.tick(NOW + 2)
        assert asked == []
        for kind in (StatusBar, KeyBar, Banner, QueueView):
            assert list(screen.standing(kind)) == list(plain(screen, kind))
        bar = screen.query_one(StatusBar)
        await bar.remove()
        assert list(screen.standing(StatusBar)) == []
        screen.tick(NOW + 3)
