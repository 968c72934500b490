"""Saved views: the menu with counts, keys, the officer's own file, and what is wrong in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.dialogs.form import FormDrawer
from console.dialogs.views import ViewsDrawer
from console.views import View, own_path, save, shipped, views
from data.errors import BadInput
from tests.console.memory import EndlessProvider, MemoryBackend
from tests.console.pilots import ready, said, screen_text, street_app, until
from tests.console.screens.test_filter import line_text


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    return tmp_path / "zhihui"


def write(folder: Path, text: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "views.toml").write_text(text, encoding="utf-8")


def test_each_shipped_view_has_both_titles_and_digits_in_a_row() -> None:
    assert [view.key for view in shipped()] == [*"123456789", ""]
    assert all(view.title and view.title_en for view in shipped())


async def test_the_menu_counts_and_the_digit_shows(folder: Path) -> None:
    app = street_app()
    async with app.run_test(size=(80, 24)) as pilot:
        view = await ready(pilot)
        await pilot.press("6")
        await until(pilot, lambda: isinstance(app.screen, ViewsDrawer))
        await until(pilot, lambda: "3 超期" in screen_text(app) and "19  超期" in screen_text(app))
        await pilot.press("3")
        await until(pilot, lambda: view.total == 19)
        assert "超期" in line_text(app)
        await pilot.press("alt+5")
        await until(pilot, lambda: view.total == 12 and "待受理" in line_text(app))


async def test_many_are_not_counted_to_the_end(folder: Path) -> None:
    app = street_app(MemoryBackend(provider=EndlessProvider(10_000, more=True)))
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("6")
        await until(pilot, lambda: "3 超期" in screen_text(app) and "10,000+  超期" in screen_text(app))
        assert "10,000+" in line_text(app)
        assert screen_text(app).count("/10,000+") == 1


async def test_the_filter_is_saved_under_a_name_and_a_digit(folder: Path) -> None:
    app = street_app()
    async with app.run_test(size=(120, 36)) as pilot:
        view = await ready(pilot)
        await pilot.press("slash", *"井盖", "enter", "6")
        await until(pilot, lambda: isinstance(app.screen, ViewsDrawer))
        await pilot.press("0")
        await until(pilot, lambda: isinstance(app.screen, FormDrawer))
        await pilot.press(*"我的井盖", "enter", "3", "f8")
        await until(pilot, lambda: said(app, "我的井盖"))
        await pilot.press("escape", "escape", "escape")
        await until(pilot, lambda: view.total == 60)
        await pilot.press("alt+3")
        await until(pilot, lambda: view.total == 9 and "我的井盖" in line_text(app))
    assert views()[-1] == View("我的井盖", "", "井盖", "due", "3")
    assert next(view for view in views() if view.title == "超期").key == ""


def test_saving_leaves_the_rest_of_the_file_alone(folder: Path) -> None:
    write(folder, '# mine\n[[view]]\ntitle = "一"\nfilter = "late"\nkey = 4\n')
    save(View("二", "", 'stage:待受理 "两 词"', "urgency", "5"))
    text = own_path().read_text(encoding="utf-8")
    assert text.startswith('# mine\n[[view]]\ntitle = "一"')
    assert views()[-1] == View("二", "", 'stage:待受理 "两 词"', "urgency", "5")
    with pytest.raises(BadInput, match="一"):
        save(View("三", "", "soon", "due", "4"))
    assert own_path().read_text(encoding="utf-8") == text


def test_the_officers_view_takes_the_place_of_ours(folder: Path) -> None:
    write(folder, '[[view]]\ntitle = "超期"\nfilter = "late -paused"\norder = "urgency"\nkey = "1"\n')
    found = {view.title: view for view in views()}
    assert found["超期"].filter == "late -paused"
    assert found["全部"].key == ""
    assert [view.title for view in views()] == [view.title for view in shipped()]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('[[view]]\ntitle = "一"\nkey = 3\n\n[[view]]\ntitle = "二"\nkey = 3\n', 7),
        ('[[view]]\ntitle = "一"\n\n[[view]]\ntitle = "一"\n', 5),
        ('[[view]]\ntitle = "一"\norder = "size"\n', 3),
        ('[[view]]\ntitle = "一"\nkey = "f9"\n', 3),
        ('[[view]]\nname = "一"\n', 2),
        ('[[view]]\nfilter = "late"\n', 1),
        ('[[view]]\ntitle = "一\n', 2),
        ("view = 3\n", 1),
    ],
)
async def test_a_file_that_cannot_be_followed_is_said_with_its_line_and_ours_are_there(
    folder: Path, text: str, line: int
) -> None:
    write(folder, text)
    with pytest.raises(BadInput, match=rf"line {line}\b"):
        views()
    app = street_app()
    async with app.run_test(size=(120, 36)) as pilot:
        view = await ready(pilot)
        await pilot.press("alt+3")
        await until(pilot, lambda: view.total == 19)
        assert said(app, "views.toml")
        assert said(app, "已改用内置视图")
