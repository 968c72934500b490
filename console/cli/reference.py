"""Writes docs/commands.md out of the commands themselves: `python -m console.cli.reference`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[2] / "docs" / "commands.md"
HEAD = """# Commands · 命令

Written by `python -m console.cli.reference`; do not edit by hand. `zhihui NOUN COMMAND --help` says the same.

Data goes to stdout, everything else to stderr; see [exit codes](exit-codes.md). Commands that print lists take
`--json`, `--jsonl` or `--csv`; the names of fields are stable, instants are ISO 8601 in UTC, personal data is masked.

These options may stand behind every command:

"""
BETWEEN = """
Filters (`--where`) are terms separated by blanks or commas that must all hold; a leading `-` turns one around:
`stage=reported`, `urgency=紧急|特急`, `unit=CSGX`, `community=C01`, `source:phone`, `matter=BJ0101`, `due<30m`,
`reported>2026-11-01`, `late`, `soon`, `supervised`, `paused`, or words to look for in code, title, address and body.
Lists, exports and bulk commands are about open tickets. `--all` brings closed ones too, and so does a filter that names
them itself: `closed`, `-open`, `stage=archived` (refused, void, merged), `closed>2026-11-01`.

"""


def page() -> str:
    """The whole page."""
    from console.cli.frame import global_options
    from console.cli.root import NOUNS, Root

    lines = [HEAD, *_rows(global_options()), BETWEEN]
    for noun in NOUNS:
        lines.append(f"## zhihui {noun}\n\n")
        lines += _described(f"zhihui {noun}", Root.entries[noun].build(), global_options())
    return "".join(lines).rstrip("\n") + "\n"


def _described(path: str, command: Any, shared: list[Any]) -> Iterator[str]:
    """A command, or a group with everything below it."""
    yield f"{command.help}\n\n"
    if hasattr(command, "list_commands"):
        for name in command.list_commands(None):
            below = command.get_command(None, name)
            yield f"### {path} {name}\n\n"
            yield from _described(f"{path} {name}", below, shared)
        return
    own = [param for param in command.params if param not in shared]
    arguments = " ".join(_shown(param) for param in own if param.param_type_name == "argument")
    yield f"`{path}{' ' + arguments if arguments else ''}`\n\n"
    rows = list(_rows(own))
    if rows:
        yield from rows
        yield "\n"


def _rows(params: list[Any]) -> Iterator[str]:
    for param in params:
        text = (param.help or "").replace("\n", " ").replace("|", "\\|").replace("<", "\\<")
        yield f"- `{_shown(param)}` {text}\n"


def _shown(param: Any) -> str:
    if param.param_type_name == "argument":
        name = (param.metavar or param.name).upper().replace("_", "-")
        return f"{name}..." if param.nargs == -1 else (name if param.required else f"[{name}]")
    names = "/".join([*param.opts, *param.secondary_opts])
    return names if param.is_flag else f"{names} VALUE"


def main() -> int:
    """Write the page."""
    os.environ.pop("ZHIHUI_LANG", None)
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
