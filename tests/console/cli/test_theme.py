"""`zhihui theme`: what people who make a theme are told."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from console import exit_codes
from console.theming.recipe import read
from console.theming.shelf import FOLDER, ORDER, bundled, own_folder
from tests.console.cli.conftest import Run


def test_all_themes_are_listed_with_what_is_wrong(run: Run) -> None:
    own_folder().mkdir(parents=True)
    (own_folder() / "good.toml").write_text('extend = "day"\n')
    (own_folder() / "bad.toml").write_text('extend = "day"\nzh-ink = "red"\n')
    found = run("theme", "list", "--json")
    assert found.code == exit_codes.OK
    rows = {row["name"]: row for row in found.json}
    assert list(rows) == [*ORDER, "good", "bad.toml"]
    assert rows["night"]["chosen"] is True
    assert rows["good"]["own"] is True
    assert rows["good"]["dark"] is False
    assert rows["bad.toml"]["problem"].startswith("bad.toml 第 2 行 zh-ink")
    assert "High contrast" in run("theme", "list", "--lang", "en").out


def test_a_theme_is_shown_pair_by_pair(run: Run) -> None:
    rows = run("theme", "show", "high-contrast", "--json").json
    assert {row["text"] for row in rows} >= {"zh-ink", "zh-late", "zh-alarm-ink"}
    assert all(float(row["contrast"]) >= 7 for row in rows)
    assert run("theme", "show", "nosuch").code == exit_codes.MISSING


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ('extend = "night"\n', exit_codes.OK, "can be used"),
        ('extend = "night"\n[variables]\nzh-muted = "#222222"\n', exit_codes.OK, "line 3, zh-muted: on zh-ground"),
        ("name =\n", exit_codes.FAILED, "not valid TOML"),
        ('extend = "night"\nname = "day"\n', exit_codes.FAILED, "day is a theme of the program"),
    ],
)
def test_a_file_is_checked(run: Run, tmp_path: Path, text: str, code: int, said: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text)
    found = run("theme", "check", str(path), "--lang", "en")
    assert said in found.out
    assert found.code == code


def test_what_is_not_there_cannot_be_checked(run: Run) -> None:
    assert run("theme", "check", "nosuch.toml").code == exit_codes.MISSING


def test_a_new_theme_is_sound_and_overwrites_nothing(run: Run) -> None:
    made = run("theme", "new", "夜班-2")
    path = Path(made.out.strip())
    assert path == own_folder() / "夜班-2.toml"
    reading = read(path.read_bytes(), path.name, bundled().get)
    assert not reading.problems
    path.write_text("mine")
    assert run("theme", "new", "夜班-2").code == exit_codes.CONFLICT
    assert path.read_text() == "mine"
    assert run("theme", "new", "夜班-2", "--force").code == exit_codes.OK
    assert run("theme", "new", "day").code == exit_codes.USAGE
    for name in ("a/b", "..", "x" * 41):
        assert run("theme", "new", name).code == exit_codes.USAGE
    assert [file.name for file in own_folder().iterdir()] == ["夜班-2.toml"]


def test_the_commands_load_no_screen() -> None:
    script = (
        "from console.entry import main\nimport sys\nmain(['theme', 'list', '--json'])\nprint('textual' in sys.modules)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=FOLDER.parent, timeout=60, check=True
    )
    assert ended.stdout.endswith("\nFalse\n")
