"""The table of commands that may be run over SSH, held against the commands; and how a command is read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from console.cli.root import build
from console.closed import OPTIONS
from console.remote.allowed import ALLOWED, STDIN
from console.remote.command_line import LONGEST, read_command
from data.errors import Refusal


def commands(found: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    if not hasattr(found, "list_commands"):
        yield path, found
        return
    for name in found.list_commands(None):
        yield from commands(found.get_command(None, name), (*path, name))


def test_each_row_says_what_its_command_takes() -> None:
    """The same flags, the same options with values, the same repeated ones, as many operands."""
    there = dict(commands(build()))
    for path, row in ALLOWED.items():
        given = [one for one in there[path].params if one.param_type_name == "option"]
        options = {name: one for one in given for name in (*one.opts, *one.secondary_opts)}
        operands = [one for one in there[path].params if one.param_type_name == "argument"]
        assert row.flags | row.valued <= options.keys() - OPTIONS, path
        assert row.flags == {name for name in row.flags | row.valued if options[name].is_flag}, path
        assert row.repeated == {name for name in row.valued if options[name].multiple}, path
        needed = sum(one.required and one.nargs == 1 for one in operands)
        assert needed in (row.operands, row.operands + row.stdin), path
        assert (row.most > row.operands) <= any(not one.required or one.nargs == -1 for one in operands), path
        assert row.stdin <= any("-" in (one.help or "") for one in operands), path


READ = {
    "ticket list --json": ["ticket", "list", "--json"],
    "ticket list --limit 5 --where 'late 东湖'": ["ticket", "list", "--limit=5", "--where=late 东湖"],
    "ticket list --where=--json": ["ticket", "list", "--where=--json"],
    "ticket note 0001 --text '; touch x'": ["ticket", "note", "--text=; touch x", "--", "0001"],
    "ticket dispatch 1 2 --assist=a --assist=b": ["ticket", "dispatch", "--assist=a", "--assist=b", "--", "1", "2"],
    "batch": ["batch", "--", "-"],
    "batch --dry-run -": ["batch", "--dry-run", "--", "-"],
    "export --format jsonl": ["export", "--format=jsonl", "--", "-"],
    "ticket show 0001 --lang en --json": ["ticket", "show", "--lang=en", "--json", "--", "0001"],
    "ticket report --title '灯　不亮'": ["ticket", "report", "--title=灯　不亮"],
}


@pytest.mark.parametrize("given", READ)
def test_a_command_of_the_table_is_put_together_anew(given: str) -> None:
    assert read_command(given.encode()) == READ[given]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("ticket show", "remote-refused"),
        ("ticket show 1 2", "remote-refused"),
        ("batch - -", "remote-refused"),
        ("ticket show -", "remote-refused"),
        ("ticket list --limit", "remote-refused"),
        ("ticket list --", "remote-refused"),
        ("ticket", "remote-command"),
        ("", "remote-command"),
        ("x" * (LONGEST + 1), "remote-long"),
        ("ticket list\x00", "remote-characters"),
        ("ticket list\t", "remote-characters"),
        ("ticket list \x1b[2J", "remote-characters"),
        ("ticket show \u200b1", "remote-characters"),
        ('ticket show "1', "remote-quotes"),
    ],
)
def test_everything_else_is_refused_in_words_without_controls(given: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_command(given.encode())
    assert refused.value.code == code
    assert refused.value.zh.isprintable()
    assert refused.value.en.isascii()


def test_what_it_says_of_a_row_is_what_it_takes() -> None:
    """`help` shows a line that is itself a command of the table."""
    row = ALLOWED[("ticket", "show")]
    assert row.usage() == "ticket show CODE --json"
    assert ALLOWED[("batch",)].usage().split()[:2] == ["batch", STDIN]
