"""A choice in a line that is too short for all of its options."""

from __future__ import annotations

from textual.app import App, ComposeResult

from console.widgets.fields import ChoiceField, FieldSpec

OPTIONS = tuple((str(number), f"option {number}") for number in range(1, 7))
WIDTH = 40


class OneChoice(App[None]):
    def compose(self) -> ComposeResult:
        yield ChoiceField(FieldSpec("kind", "Kind", OPTIONS))


async def test_the_chosen_option_is_in_sight_and_a_click_finds_what_it_is_on() -> None:
    async with OneChoice().run_test(size=(WIDTH, 3)) as pilot:
        choice = pilot.app.query_one(ChoiceField)
        for index in range(len(OPTIONS)):
            await pilot.press(str(index + 1))
            assert f"[{index + 1}option {index + 1}]" in choice.render_line(0).text
        shown = choice.render_line(0).text
        await pilot.click(choice, offset=(shown.index("5option"), 0))
        assert choice.filled == "5"
