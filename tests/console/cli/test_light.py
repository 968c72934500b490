"""What scripts call in loops is light: nothing is loaded that is not needed."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.console.cli.conftest import Street

HEAVY = {"typer", "pydantic", "sqlalchemy", "sqlmodel", "textual", "rich", "alembic", "typing", "json", "re"}
SCRIPT = """
import sys
sys.argv = ["zhihui", *sys.argv[1:]]
from console.entry import main
code = main()
names = sorted({name.partition(".")[0] for name in sys.modules})
sys.stderr.write("\\n" + repr([code, names]))
"""


def loaded_by(*arguments: str) -> set[str]:
    ended = subprocess.run(
        [sys.executable, "-c", SCRIPT, *arguments], capture_output=True, timeout=60, cwd=Path(__file__).parents[3]
    )
    code, names = ast.literal_eval(ended.stderr.splitlines()[-1].decode())
    assert code == 0, ended.stderr.decode()
    return set(names)


@pytest.mark.parametrize("form", ["--json", "--jsonl", "--csv"])
def test_a_plain_list_loads_nothing_heavy(street: Street, form: str) -> None:
    """`re` only because one of the street's titles holds a name and a number that must be masked."""
    assert loaded_by("ticket", "list", form, "--store", street.path) & HEAVY <= {"re"}
    assert not loaded_by("ticket", "list", form, "--store", street.path, "--limit", "3", "--all") & (HEAVY - {"re"})


def test_a_filtered_list_loads_no_framework(street: Street) -> None:
    found = loaded_by("ticket", "list", "--json", "--store", street.path, "--where", "stage=reported")
    assert not found & {"typer", "pydantic", "sqlalchemy", "sqlmodel", "textual", "rich"}


@pytest.mark.parametrize("arguments", [["--help"], ["ticket", "--help"], ["ticket", "dispatch", "--help"]])
def test_help_loads_neither_the_desk_nor_validation(arguments: list[str]) -> None:
    assert not loaded_by(*arguments) & {"pydantic", "sqlalchemy", "sqlmodel", "textual", "rich"}


def test_looking_at_a_ticket_loads_no_screen(street: Street) -> None:
    found = loaded_by("ticket", "show", "20261120-0001", "--json", "--store", street.path)
    assert not found & {"textual", "sqlmodel", "sqlalchemy"}


def test_a_verb_loads_no_screen(street: Street) -> None:
    found = loaded_by("ticket", "accept", "20261120-0001", "--json", "--store", street.path, "--as", "zhang")
    assert "textual" not in found
