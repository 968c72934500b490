"""Every state is told by a word, a sign or a weight: screens are looked at again with all colours taken away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from rich.cells import get_character_cell_size
from rich.style import Style

from console.app import ZhihuiApp
from console.keyboard import table as keys
from console.ports import Choice, Heartbeat, NoticeRow
from console.widgets.bars import KeyBar
from console.widgets.lines import AWAY, CURSOR, LinesView
from console.widgets.queue_view import HEADER, QueueView
from tests.console.memory import NOW, MemoryBackend, made_row
from tests.console.pilots import ready, screen_text, street_app, strips_of, until
from tests.console.scenes import Run, busy_street, colours_of, drawn, put_on_probe, scenes

SIGNS = {
    "zh-late": "!+#",
    "zh-soon": "~=+*",
    "zh-urgent": "0123456789",
    "zh-bar-late": "!",
    "zh-bar-soon": "~",
}
"""Characters of which text in these colours has one, unless it says in words what is the matter."""

Line = list[tuple[str, Style]]
Bare = list[tuple[str, bool, bool, bool]]


def colourless(line: Sequence[Run]) -> Bare:
    """A line as a terminal without colours shows it: characters, bold, underlined, reversed."""
    return [
        (char, bool(run.style.bold), bool(run.style.underline), bool(run.style.reverse))
        for run in line
        for char in run.text
    ]


def coloured(line: Sequence[Run]) -> Line:
    return [(char, run.style) for run in line for char in run.text]


async def test_text_in_the_colour_of_a_state_has_its_sign_or_says_it() -> None:
    backend = busy_street()
    app = street_app(backend)
    names = put_on_probe(app)
    silent: dict[str, str] = {}
    seen = set()
    async with app.run_test(size=(120, 36)) as pilot:
        async for scene in scenes(pilot, backend):
            for line in drawn(app):
                for run in line:
                    name = names.get(colours_of(run.style)[0], "") if run.text.strip() else ""
                    if name not in SIGNS:
                        continue
                    seen.add(name)
                    if not any(char in SIGNS[name] or char.isalpha() for char in run.text):
                        silent[name] = f"{scene}: {run.text!r}"
            assert_cursors_are_signed(app, scene)
    assert silent == {}
    assert seen == set(SIGNS)


def assert_cursors_are_signed(app: ZhihuiApp, scene: str) -> None:
    """The line under the cursor of every list begins with its sign."""
    lines = [strip.text for strip in strips_of(app)]

    for view in app.screen.query(LinesView):
        at = view._at() if view.key is not None and view.display and view.region.height else None
        row = at - int(view.scroll_offset.y) if at is not None else -1
        if at is not None and view.lines[at].key is not None and 0 <= row < view.size.height:
            assert cell_at(lines[view.content_region.y + row], view.content_region.x) in (CURSOR, AWAY), (
                f"{scene}: {view.id}"
            )
    for queue in app.screen.query(QueueView):
        row = queue.cursor - int(queue.scroll_offset.y)
        if queue.total and queue.display and 0 <= row < queue.size.height - HEADER:
            assert cell_at(lines[queue.region.y + HEADER + row], queue.region.x) in (">", "#"), scene


def cell_at(text: str, column: int) -> str:
    """The character at a column of cells."""
    at = 0
    for char in text:
        if at >= column:
            return char
        at += get_character_cell_size(char)
    return ""


# ------------------------------------------------------------------------------------------------ twice each


def _row(backend: MemoryBackend, **changes: object) -> None:
    backend.tickets[0] = replace(backend.tickets[0], **changes)


STATES: dict[str, tuple[Callable[[MemoryBackend], object], str]] = {
    "late": (lambda backend: _row(backend, due=NOW - 100), "!+01:40"),
    "soon": (lambda backend: _row(backend, due=NOW + 100), "~ 01:40"),
    "paused": (lambda backend: _row(backend, paused=True), " --"),
    "urgent": (lambda backend: _row(backend, urgency="emergency"), "特急"),
    "supervised": (lambda backend: _row(backend, supervised=True), "督"),
    "silent engine": (lambda backend: setattr(backend, "heartbeat", Heartbeat(12, "console")), "引擎静默 12 秒"),
    "engine not running": (lambda backend: setattr(backend, "heartbeat", Heartbeat(None)), "引擎未运行"),
    "alarm": (lambda backend: backend.news.append(NoticeRow(3, "alarm", "请督促", 1)), "! 请督促"),
    "warning": (lambda backend: backend.news.append(NoticeRow(3, "warning", "快到期", 1)), "* 快到期"),
}


async def looks(backend: MemoryBackend, keys_pressed: Sequence[str] = ()) -> tuple[list[Line], list[Bare], str]:
    """A street's screen with its colours, without them, and its text."""
    app = street_app(backend)
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        await until(pilot, lambda: "群众来电" in screen_text(app), "the ticket beside the list")
        await pilot.press(*keys_pressed)
        await pilot.pause(0.1)
        lines = drawn(app)
        return [coloured(line) for line in lines], [colourless(line) for line in lines], screen_text(app)


def calm() -> MemoryBackend:
    """One ordinary ticket that has time."""
    return MemoryBackend([replace(made_row(3), due=NOW + 7200, urgency="normal", supervised=False, bounces=0)])


@pytest.mark.parametrize("state", STATES)
async def test_a_state_shows_without_colours(state: str) -> None:
    change, sign = STATES[state]
    backend = calm()
    colours_before, bare_before, text_before = await looks(backend)
    assert sign not in text_before
    change(backend)
    colours_after, bare_after, text_after = await looks(backend)
    assert sign in text_after
    told = [number for number, pair in enumerate(zip(colours_before, colours_after, strict=True)) if pair[0] != pair[1]]
    assert told, "the state does not show at all"
    assert any(bare_before[number] != bare_after[number] for number in told), "told by colour alone"


@pytest.mark.parametrize(("pressed", "sign"), [(("space", "up"), "#"), (("space", "down"), "*"), ((), ">")])
async def test_marks_and_the_cursor_show_without_colours(pressed: Sequence[str], sign: str) -> None:
    _colours, bare, _text = await looks(busy_street(), pressed)
    assert sign in {line[0][0] for line in bare}


async def test_who_is_off_duty_is_said() -> None:
    app = street_app(busy_street())
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        await pilot.press("f3")
        await until(pilot, lambda: "! 无人在岗" in screen_text(app), "a post without people")
        await pilot.press("f4")
        await until(pilot, lambda: "不在岗" in screen_text(app), "a leader who is away")


async def test_what_cannot_be_done_has_no_number_and_says_why() -> None:
    backend = busy_street()
    backend.choices = [Choice("accept", "受理", True), Choice("archive", "归档", False, "尚未核查")]
    app = street_app(backend)
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        await pilot.press("f7")
        await until(pilot, lambda: "尚未核查" in screen_text(app))
        lines = screen_text(app).splitlines()
        assert any("1 受理" in line for line in lines)
        assert not any("2 归档" in line for line in lines)


async def test_the_key_bar_brackets_where_one_is_and_what_is_off(monkeypatch: pytest.MonkeyPatch) -> None:
    app = street_app(busy_street())
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        assert "[F2队列]" in screen_text(app)
        elsewhere = tuple(
            replace(action, screens=frozenset({"leaders"})) if action.id in ("actions", "next") else action
            for action in keys.ACTIONS
        )
        monkeypatch.setattr(keys, "ACTIONS", elsewhere)
        app.screen.query_one(KeyBar).refresh()
        await until(pilot, lambda: "(F7办理|F8下一步)" in screen_text(app))
