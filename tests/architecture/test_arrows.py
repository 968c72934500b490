"""Arrows point down: console → core → data. Proved on the source (import-linter) and on what really gets loaded."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCREEN = {"textual", "rich", "typer", "click"}

IMPORT_ALL = """
import importlib, json, pkgutil, sys

names = []
for root in sys.argv[1:]:
    package = importlib.import_module(root)
    names.append(root)
    names += [found.name for found in pkgutil.walk_packages(package.__path__, root + ".")]
for name in names:
    if not name.endswith(".__main__") and ".migrations." not in name:
        importlib.import_module(name)
print(json.dumps([len(names), sorted({name.partition(".")[0] for name in sys.modules})]))
"""


def loaded_by(roots: list[str], folder: Path) -> tuple[int, set[str]]:
    """How many modules there are under `roots`, and the top-level packages that importing them all has loaded."""
    ended = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL, *roots], cwd=folder, capture_output=True, text=True, timeout=120
    )
    assert ended.returncode == 0, ended.stderr
    number, names = json.loads(ended.stdout)
    return number, set(names)


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    command = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    return subprocess.run(
        [sys.executable, "-c", command, "--no-cache"], cwd=folder, capture_output=True, text=True, timeout=120
    )


def test_the_contracts_are_kept(repository: Path) -> None:
    ended = lint_imports(repository)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "0 broken" in ended.stdout


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("data/lower.py", "import core.middle"),
        ("data/lower.py", "import console.upper"),
        ("core/middle.py", "import console.upper"),
        ("core/middle.py", "def late():\n    from console import upper"),
        ("core/middle.py", "import textual.app"),
        ("data/lower.py", "from rich.text import Text"),
        ("core/middle.py", "import typer"),
        ("core/rules/rule.py", "import sqlalchemy"),
        ("core/rules/rule.py", "from sqlmodel import Session"),
        ("console/cli/noun.py", "from textual.app import App"),
        ("console/cli/noun.py", "import console.upper"),
        ("themes/__init__.py", "import core"),
    ],
)
def test_a_wrong_arrow_is_found(repository: Path, tmp_path: Path, module: str, line: str) -> None:
    """The same contracts over a small house with one wrong import in it."""
    shutil.copy(repository / "pyproject.toml", tmp_path)
    files = {"console/upper.py": "import textual\nimport core.middle", "core/middle.py": "import data.lower"}
    for name in ("data/lower.py", "core/rules/rule.py", "console/cli/noun.py", "themes/__init__.py"):
        files[name] = ""
    for name, text in files.items():
        target = tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        (target.parent / "__init__.py").touch()
        target.write_text(text)
    for package in ("console", "core"):
        (tmp_path / package / "__init__.py").touch()
    sound = lint_imports(tmp_path)
    assert sound.returncode == 0, sound.stdout + sound.stderr
    (tmp_path / module).write_text(line + "\n")
    assert lint_imports(tmp_path).returncode == 1


def test_core_and_data_load_without_a_screen(repository: Path) -> None:
    number, loaded = loaded_by(["core", "data"], repository)
    assert number > 20
    assert not loaded & (SCREEN | {"console"})


def test_data_loads_without_core(repository: Path) -> None:
    assert "core" not in loaded_by(["data"], repository)[1]


def test_script_commands_load_without_textual(repository: Path) -> None:
    number, loaded = loaded_by(["console.cli"], repository)
    assert number > 5
    assert "textual" not in loaded


def test_what_the_console_loads_before_its_first_page_needs_no_database_library(repository: Path) -> None:
    first = "console.run, console.app, console.backend.observer, console.backend.store, console.cli.proof"
    check = f"import sys, {first}; print(*sorted({{name.split('.')[0] for name in sys.modules}}))"
    ended = subprocess.run([sys.executable, "-c", check], cwd=repository, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, ended.stderr
    assert not set(ended.stdout.split()) & {"sqlalchemy", "sqlmodel", "pydantic"}


def test_the_loader_sees_what_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "house").mkdir()
    (tmp_path / "house" / "__init__.py").touch()
    (tmp_path / "house" / "room.py").write_text("import textual\n")
    assert "textual" in loaded_by(["house"], tmp_path)[1]


@pytest.mark.parametrize("arguments", [["--help"], ["ticket", "--help"], ["ticket", "list", "--help"]])
def test_a_script_command_runs_without_textual(repository: Path, arguments: list[str]) -> None:
    script = (
        "import sys, runpy\nsys.argv = ['zhihui', *sys.argv[1:]]\n"
        "try:\n    runpy.run_module('console', run_name='__main__')\n"
        "except SystemExit as ended:\n"
        "    print('LOADED', ended.code or 0, 'textual' in sys.modules, file=sys.stderr)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script, *arguments], cwd=repository, capture_output=True, text=True, timeout=60
    )
    assert "LOADED 0 False" in ended.stderr, ended.stderr
