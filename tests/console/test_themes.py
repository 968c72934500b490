"""Themes: ours are complete and can be told apart; one's own are read with suspicion and followed while it runs."""

from __future__ import annotations

import os
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console import run
from console.app import ZhihuiApp
from console.dialogs.choose import MenuDrawer
from console.theming import remembered
from console.theming.colours import BEST_CONTRAST, DEFICIENCIES, TEXT_CONTRAST, contrast, difference, lightness
from console.theming.pairs import PAIRS
from console.theming.recipe import LARGEST, Problem, Reading, read
from console.theming.shelf import FOLDER, ORDER, bundled, fill, own_folder
from data.errors import BadInput
from tests.console.pilots import banner_text, ready, screen_text, speaking, street_app, until

STATES = ("zh-late", "zh-soon", "zh-ok", "zh-urgent")
APART = 20
"""Difference (CIE 1976) that two states keep for every eye."""
LIGHTER = 4
"""Difference of lightness (CIE L*) that they keep: what is left when no colour is seen."""

# ------------------------------------------------------------------------------------------------ ours


def test_every_theme_file_is_in_the_order_and_has_a_label_in_both_languages() -> None:
    assert {path.stem for path in FOLDER.glob("*.toml")} == set(ORDER)
    assert {name: recipe.dark for name, recipe in bundled().items()} == {
        "night": True,
        "day": False,
        "high-contrast": True,
        "colour-blind": True,
        "monochrome": True,
        "official": False,
        "sixteen": True,
    }
    assert all(recipe.label_zh and recipe.label_en != recipe.label_zh for recipe in bundled().values())


@pytest.mark.parametrize("name", ORDER)
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_contrast(name: str, ink: str, ground: str) -> None:
    colours = bundled()[name].variables
    least = BEST_CONTRAST if name == "high-contrast" else TEXT_CONTRAST
    assert contrast(colours[ink], colours[ground]) >= least


def test_known_contrast() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


def test_known_differences() -> None:
    """White and black lie 100 apart for every eye; red and green nearly meet for one without green cones."""
    assert difference("#000000", "#ffffff", "tritanopia") == pytest.approx(100, abs=0.5)
    assert difference("#b05a2c", "#708000") > 2 * difference("#b05a2c", "#708000", "deuteranopia")


@pytest.mark.parametrize("deficiency", ["", *DEFICIENCIES])
def test_the_states_of_the_colour_blind_theme_differ_for_every_eye(deficiency: str) -> None:
    colours = bundled()["colour-blind"].variables
    for one, other in combinations([colours[name] for name in STATES], 2):
        assert difference(one, other, deficiency) >= APART, (one, other)
        assert abs(lightness(one, deficiency) - lightness(other, deficiency)) >= LIGHTER, (one, other)


def test_the_night_theme_would_not_pass_that_test() -> None:
    """What the colour-blind theme is for: in the ordinary one two states come too near."""
    colours = bundled()["night"].variables
    pairs = combinations([colours[name] for name in STATES], 2)
    assert any(difference(one, other, "deuteranopia") < APART for one, other in pairs)


def test_the_monochrome_theme_is_grey_and_tells_states_by_weight() -> None:
    recipe = bundled()["monochrome"]
    colours = [value for value in [*recipe.base.values(), *recipe.variables.values()] if value.startswith("#")]
    assert all(value[1:3] == value[3:5] == value[5:7] for value in colours)
    weights = [recipe.variables[f"{name}-weight"] for name in ("zh-late", "zh-urgent", "zh-soon", "zh-ok")]
    assert len(set(weights)) == 4


# ------------------------------------------------------------------------------------------------ a person's own


def reading(text: str, name: str = "mine.toml") -> Reading:
    return read(text.encode(), name, bundled().get)


def test_a_theme_may_set_a_few_colours_of_another() -> None:
    found = reading(
        'extend = "night"\nlabel = "我的"\n[variables]\nzh-title = "#FFF"\nzh-late-weight = "bold reverse"\n'
    )
    assert not found.problems
    assert found.recipe is not None
    assert found.recipe.name == "mine"
    assert found.recipe.variables["zh-title"] == "#ffffff"
    assert found.recipe.variables["zh-late-weight"] == "bold reverse"
    assert found.recipe.variables["zh-late"] == bundled()["night"].variables["zh-late"]
    assert found.recipe.dark


@pytest.mark.parametrize(
    ("text", "line", "field"),
    [
        ("name = ", 1, ""),
        ('extend = "night"\n\nsurface = "red"\n', 3, "surface"),
        ('extend = "night"\ncolour = "#fff"\n', 2, "colour"),
        ('extend = "noon"\n', 1, "extend"),
        ('extend = "night"\nname = "a/../b"\n', 2, "name"),
        ('extend = "night"\nname = "\\u001b[2J"\n', 2, "name"),
        ('extend = "night"\ndark = "yes"\n', 2, "dark"),
        ('extend = "night"\nlabel = { zh = 1 }\n', 2, "label"),
        ('extend = "night"\nvariables = 3\n', 2, "variables"),
        ('extend = "night"\n[variables]\nzh-ink = "#12345"\n', 3, "zh-ink"),
        ('extend = "night"\n[variables]\nzh-ink = "url(x)"\n', 3, "zh-ink"),
        ('extend = "night"\n[variables]\nzh-ink = 3\n', 3, "zh-ink"),
        ('extend = "night"\n[variables]\nzh-colour = "#123456"\n', 3, "zh-colour"),
        ('extend = "night"\n[variables]\nzh-late-weight = "blink"\n', 3, "zh-late-weight"),
        ('extend = "night"\n[variables]\nzh-late-weight = "$x"\n', 3, "zh-late-weight"),
        ("dark = true\n", 0, "primary"),
        ("x = " + "[" * 5000, 0, ""),
    ],
)
def test_a_broken_theme_is_refused_with_file_line_and_field(text: str, line: int, field: str) -> None:
    found = reading(text)
    assert found.recipe is None
    problem = found.errors[0]
    assert (problem.file, problem.line, problem.field) == ("mine.toml", line, field)
    for language in ("zh", "en"):
        said = problem.text(language)
        assert said.startswith("mine.toml")
        assert "\x1b" not in said


def test_too_large_and_not_text_is_refused() -> None:
    assert "32768" in read(b"#" * (LARGEST + 1), "big.toml", bundled().get).errors[0].en
    assert "UTF-8" in read(b"\xff\xfe", "odd.toml", bundled().get).errors[0].en


@given(st.binary(max_size=400) | st.text(max_size=400).map(str.encode))
def test_no_bytes_make_reading_fail(data: bytes) -> None:
    found = read(data, "any.toml", bundled().get)
    assert (found.recipe is None) == bool(found.errors)


def test_poor_contrast_is_a_warning_that_names_the_pair() -> None:
    found = reading('extend = "night"\n[variables]\nzh-muted = "#333333"\n')
    assert found.recipe is not None
    first = found.problems[0]
    assert first.warning
    assert (first.field, first.line) == ("zh-muted", 3)
    assert "zh-ground" in first.en
    assert "zh-ground" in first.zh


def own(name: str, text: str) -> Path:
    """Write a theme of the person's own; the time of change differs from the one before."""
    path = own_folder() / name
    path.parent.mkdir(parents=True, exist_ok=True)
    later = path.stat().st_mtime_ns + 1_000_000 if path.exists() else None
    path.write_text(text, encoding="utf-8")
    if later is not None:
        os.utime(path, ns=(later, later))
    return path


def test_own_themes_may_extend_each_other_and_none_takes_a_name_twice() -> None:
    own("a.toml", 'extend = "b"\n')
    own("b.toml", 'extend = "night"\n')
    own("c.toml", 'name = "day"\nextend = "night"\n')
    own("d.toml", 'extend = "e"\n')
    own("e.toml", 'extend = "d"\n')
    (own_folder() / "f.toml").mkdir()
    shelf = fill(own_folder())
    assert list(shelf.recipes) == [*ORDER, "b", "a"]
    assert {problem.file for problem in shelf.errors} == {"c.toml", "d.toml", "e.toml", "f.toml"}


def test_what_was_sound_stays_while_its_file_is_broken() -> None:
    own("mine.toml", 'extend = "night"\n[variables]\nzh-title = "#ffffff"\n')
    before = fill(own_folder())
    own("mine.toml", "oops")
    after = fill(own_folder(), before)
    assert after.recipes["mine"] == before.recipes["mine"]
    assert after.errors[0].line == 1


# ------------------------------------------------------------------------------------------------ on the screen


async def test_f9_goes_through_all_themes_and_the_choice_is_kept() -> None:
    app = street_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        seen = []
        for name in [*ORDER[1:], ORDER[0], ORDER[1]]:
            await pilot.press("f9")
            await until(pilot, lambda name=name: app.theme == name)  # type: ignore[misc]
            seen.append(app.theme)
        assert banner_text(app) == "主题：日间"
        await until(pilot, lambda: remembered.recall() == "day")
    assert street_app().theme == "day"
    assert not list(remembered.path().parent.glob(".theme-*"))


async def test_a_menu_and_the_palette_choose_a_theme_by_name() -> None:
    own("broken.toml", 'extend = "night"\nsurface = 3\n')
    app = street_app()
    with speaking("en"):
        async with app.run_test(size=(120, 36)) as pilot:
            await ready(pilot)
            await pilot.press("f21")
            await until(pilot, lambda: isinstance(app.screen, MenuDrawer))
            assert "broken.toml, line 2, surface: must be a colour" in screen_text(app)
            await pilot.press("6")
            await until(pilot, lambda: app.theme == "official")
            await pilot.press("f12", *"mono", "enter")
            await until(pilot, lambda: app.theme == "monochrome")
            assert banner_text(app) == "Theme: Monochrome"


async def test_an_own_theme_is_followed_while_the_console_runs() -> None:
    path = own("mine.toml", 'extend = "night"\n[variables]\nzh-ground = "#000011"\n')
    remembered.remember("mine")
    app = street_app()
    assert app.theme == "mine"
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        await ground_is(app, pilot, "#000011")
        own("mine.toml", 'extend = "night"\n[variables]\nzh-ground = "#000022"\n')
        app.themes.look()
        await ground_is(app, pilot, "#000022")
        own("mine.toml", 'extend = "night"\n[variables]\nzh-ground = "dark"\n')
        app.themes.look()
        await until(pilot, lambda: banner_text(app).startswith("mine.toml 第 3 行 zh-ground：只能是颜色"))
        await ground_is(app, pilot, "#000022")
        path.unlink()
        app.themes.look()
        await until(pilot, lambda: app.theme == "night")
        await ground_is(app, pilot, bundled()["night"].variables["zh-ground"])
        own("mine.toml", 'extend = "night"\n[variables]\nzh-ground = "#000033"\n')
        app.themes.look()
        await ground_is(app, pilot, "#000033")


async def ground_is(app: ZhihuiApp, pilot: object, colour: str) -> None:
    """Wait until the screen is drawn on a ground."""
    await until(pilot, lambda: app.screen.styles.background.hex.lower() == colour, colour)  # type: ignore[arg-type]


async def test_a_theme_that_is_broken_at_start_is_named_and_night_comes_on() -> None:
    own("mine.toml", 'extend = "night"\n\n[variables]\nzh-ink = "white"\n')
    app = ZhihuiApp(street_app().backend, lambda: 1_784_510_160, run.theme_asked_for("mine"))
    assert app.theme == "night"
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        await until(pilot, lambda: banner_text(app).startswith("mine.toml 第 4 行 zh-ink：只能是颜色"))


async def test_a_remembered_theme_that_is_gone_is_said() -> None:
    remembered.remember("gone")
    app = street_app()
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        await until(pilot, lambda: banner_text(app) == "没有名为 gone 的主题。")
        assert app.theme == "night"


def test_what_is_asked_for_goes_before_what_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    remembered.remember("day")
    monkeypatch.setenv("ZHIHUI_THEME", "official")
    assert run.theme_asked_for(None) == "official"
    assert run.theme_asked_for("monochrome") == "monochrome"
    assert ZhihuiApp(street_app().backend, lambda: 0, run.theme_asked_for(None)).theme == "official"
    with pytest.raises(BadInput, match="high-contrast"):
        run.theme_asked_for("nosuch")


@pytest.mark.parametrize("text", ["", "a/b", "x" * 900, "\x1b[2J"])
def test_a_spoilt_memory_is_no_choice(text: str) -> None:
    remembered.path().parent.mkdir(parents=True)
    remembered.path().write_text(text)
    assert remembered.recall() == ""


def test_a_problem_without_a_line_is_said_too() -> None:
    assert Problem("a.toml", 0, "", "坏了", "is broken").text("zh") == "a.toml：坏了"
    assert Problem("a.toml", 0, "", "坏了", "is broken").text("en") == "a.toml: is broken"
