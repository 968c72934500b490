"""What an input method sends for keys: an alias on lists, text in fields, grammar in the filter prompt."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from textual.actions import ActionParseResult
from textual.keys import _character_to_key
from textual.pilot import Pilot

from console.app import ZhihuiApp
from console.backend.store import StoreBackend
from console.dialogs.choose import SearchDrawer
from console.dialogs.form import FormDrawer
from console.dialogs.help import HelpDrawer
from console.keyboard import table as keys
from console.screens.filtered import FilterPrompt
from console.screens.intake import IntakeScreen
from console.screens.queue import QueueScreen
from console.screens.ticket import TicketScreen
from console.widgets.fields import ChoiceField, TextField
from console.widgets.queue_view import QueueView
from core.desk.desk import Desk
from tests.console.conftest import StreetCopy
from tests.console.pilots import arrive, ready, street_app, until
from tests.console.terminals import Emulator, console_on

ASCII_OF = {_character_to_key(chr(code)): chr(code) for code in range(0x20, 0x7F)}
WIDE = {char: "\u3000" if char == " " else chr(ord(char) + 0xFEE0) for char in ASCII_OF.values()}
ALIASES = {
    WIDE[ASCII_OF[key]]: key for item in keys.ACTIONS for key in item.keys if key in ASCII_OF
} | {
    key: next(other for other in item.keys if other in ASCII_OF)
    for item in keys.ACTIONS for key in item.keys if not key.isascii()
}  # fmt: skip
"""What comes while an input method is on → the key that does the same."""
FIELD_TEXT = "".join(ALIASES) + "；，／"


def test_the_aliases_are_those_that_people_meet() -> None:
    assert set("　？：／＊－。、０１９ｄ") <= set(ALIASES)


async def _pane(pilot: Pilot[None], key: str, name: str) -> None:
    await pilot.press(key)
    await until(pilot, lambda: pilot.app.current_mode == name, name)


async def _to_ticket(pilot: Pilot[None]) -> None:
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, TicketScreen))


async def _to_choice(pilot: Pilot[None]) -> None:
    await _pane(pilot, "f6", "intake")
    await until(pilot, lambda: isinstance(pilot.app.focused, TextField))
    pilot.app.screen.query_one("#field-urgency", ChoiceField).focus()
    await until(pilot, lambda: isinstance(pilot.app.focused, ChoiceField))


SCREENS: dict[str, Callable[[Pilot[None]], object]] = {
    "queue": lambda pilot: pilot.press("f2"),
    "dispatch": lambda pilot: _pane(pilot, "f3", "dispatch"),
    "leaders": lambda pilot: _pane(pilot, "f4", "leaders"),
    "timers": lambda pilot: _pane(pilot, "f5", "timers"),
    "overview": lambda pilot: _pane(pilot, "5", "overview"),
    "ticket": _to_ticket,
    "intake, in a choice": _to_choice,
}


@pytest.mark.parametrize("place", SCREENS)
async def test_every_alias_calls_what_its_key_calls(monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    """Real keys through the real bindings; only what they call is written down instead of done."""
    app = street_app()
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        await SCREENS[place](pilot)  # type: ignore[misc]
        await until(pilot, lambda: app.screen is app.duty_screen and app.focused is not None, place)
        called: list[str | ActionParseResult] = []

        async def write_down(_app: ZhihuiApp, action: str | ActionParseResult, *_rest: object) -> bool:
            called.append(action)
            return True

        monkeypatch.setattr(ZhihuiApp, "run_action", write_down)
        heard = {}
        for alias, key in ALIASES.items():
            for pressed in (key, alias):
                called.clear()
                number = app._number + 1
                await arrive(pilot, ASCII_OF.get(pressed, pressed))
                await until(pilot, lambda: app._number == number and app._busy_since is None, "key done")  # noqa: B023
                heard[pressed] = list(called)
            assert heard[alias] == heard[key], f"{alias} for {key}"
        assert heard["？"] == ["app.help"]
        monkeypatch.undo()


async def _intake(pilot: Pilot[None]) -> None:
    await pilot.press("f6")
    await until(pilot, lambda: isinstance(pilot.app.screen, IntakeScreen))


async def _note(pilot: Pilot[None]) -> None:
    await pilot.press("o")
    await until(pilot, lambda: isinstance(pilot.app.screen, FormDrawer))


async def _search(pilot: Pilot[None]) -> None:
    await pilot.press("f12")
    await until(pilot, lambda: isinstance(pilot.app.screen, SearchDrawer))


async def _help(pilot: Pilot[None]) -> None:
    await pilot.press("f1")
    await until(pilot, lambda: isinstance(pilot.app.screen, HelpDrawer))


FIELDS: dict[str, Callable[[Pilot[None]], object]] = {
    "filter": lambda pilot: arrive(pilot, "、"),
    "intake": _intake,
    "note": _note,
    "palette": _search,
    "help": _help,
}


@pytest.mark.parametrize("place", FIELDS)
async def test_in_a_field_every_alias_is_text_as_it_is(place: str) -> None:
    app = street_app()
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        await FIELDS[place](pilot)  # type: ignore[misc]
        await until(pilot, lambda: isinstance(app.focused, TextField), place)
        field, screen = app.focused, app.screen
        assert isinstance(field, TextField)
        await arrive(pilot, f"{FIELD_TEXT}?")
        await until(pilot, lambda: field.value == f"{FIELD_TEXT}?", f"{place}: {field.value!r}")
        assert (app.screen, app.focused) == (screen, field)


async def test_f1_opens_the_help_out_of_a_field() -> None:
    app = street_app()
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        await _intake(pilot)
        await until(pilot, lambda: isinstance(app.focused, TextField))
        await _help(pilot)


async def test_a_field_for_numbers_takes_full_width_digits_and_no_blank() -> None:
    app = street_app()
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        from console.dialogs.verb_forms import FORMS

        app.open_drawer(FormDrawer("", FORMS["arrive"]()))
        await until(pilot, lambda: isinstance(app.focused, TextField))
        field = app.focused
        assert isinstance(field, TextField)
        await arrive(pilot, "　１：２")
        await until(pilot, lambda: field.value == "１２", field.value)


@pytest.fixture
def street(street_copy: StreetCopy) -> Iterator[tuple[Desk, str]]:
    desk, officer = street_copy()
    yield desk, officer
    desk.store.close()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("时限＜３０ｄ　－阶段：待受理", "due<30d -stage:reported"),
        ("时限《３０ｄ，！ｌａｔｅ", "due<30d !late"),
        ("ｄｕｅ：１ｍ。。３０ｄ", "due:1m..30d"),
        ("岗位＝ｃｓｇｘ｜ＹＪＧＬ", "unit=csgx|YJGL"),
        ("“井盖缺失”　８８", '"井盖缺失" 88'),
    ],
)
async def test_the_filter_prompt_understands_what_an_input_method_makes_of_its_grammar(
    street: tuple[Desk, str], typed: str, meant: str
) -> None:
    desk, officer = street
    backend = StoreBackend(desk.store.url, desk.clock, desk.now, None, officer)
    backend.start = backend.desk  # type: ignore[method-assign, assignment]  # no engine: the clock stands still
    app = ZhihuiApp(backend, desk.now)
    async with app.run_test(size=(120, 36)) as pilot:
        view = await ready(pilot)
        everything = view.total
        found = backend.queue(meant).count().number
        assert 0 < found < everything
        await arrive(pilot, "、")
        await until(pilot, lambda: isinstance(app.focused, FilterPrompt))
        await arrive(pilot, typed)
        await pilot.press("enter")
        screen = app.screen
        assert isinstance(screen, QueueScreen)
        await until(pilot, lambda: screen.words == typed and isinstance(app.focused, QueueView))
        await until(pilot, lambda: view.ready and view.total == found, f"{view.total} instead of {found}")
    backend.close()


def test_on_a_real_terminal(street: tuple[Desk, str]) -> None:
    """A program in a pseudo-terminal, whose keyboard sends nothing but what an input method lets through."""
    desk, officer = street
    with console_on(desk.store.path, officer, Emulator(100, 30)) as session:
        session.until("20261120-0001")
        session.press("　")
        session.until("*1")
        session.press("４")
        session.until("F5时限]")
        session.press("１")
        session.until("F2队列]")
        session.press("／")
        session.press("时限＜９０ｄ　？：＊")
        session.until("时限＜９０ｄ　？：＊")
        session.press("\x1b")
        session.press("\x1b")
        session.until(lambda text: "？：＊" not in text)
        session.press("？")
        session.until("帮助")
        session.press("\x1b")
        session.press("：")
        session.until("命令")
        session.press("\x1b\x1b[21~")
        assert session.ended() == 0
