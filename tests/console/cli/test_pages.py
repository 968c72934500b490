"""What the pages tell people to type exists: commands with their options; and so do the pages that they link to."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[3]
PAGES = [page for page in [*HOUSE.glob("*.md"), *HOUSE.glob("docs/*.md")] if page.name != "commands.md"]
COMMAND = re.compile(r"(?<![\w/.-])(?:\.venv/bin/)?zhihui((?: [^`\n#]*)?)")
WORD = re.compile(r"[a-z][a-z-]*")
OPTION = re.compile(r"--[a-z][a-z-]+")
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")


@cache
def sections() -> dict[str, str]:
    """The page of commands: what each command is called → what is said of it."""
    page = (HOUSE / "docs" / "commands.md").read_text("utf-8")
    root, *parts = re.split(r"^##+ (zhihui.*)$", page, flags=re.MULTILINE)
    opening = subprocess.run([sys.executable, "-m", "console", "--help"], capture_output=True, text=True, check=True)
    return {"zhihui": root + opening.stdout, **dict(zip(parts[::2], parts[1::2], strict=True))}


def told(page: Path) -> Iterator[str]:
    """Commands of a page: in backticks, or as lines of a block."""
    text = page.read_text("utf-8")
    blocks = re.findall(r"^```[a-z]*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    blocks += re.findall(r"(?:^    .*\n)+", text, re.MULTILINE)
    for piece in [
        *re.findall(r"`(zhihui [^`]*)`", text),
        *(line.strip() for block in blocks for line in block.split("\n")),
    ]:
        found = COMMAND.match(piece)
        if found:
            yield found[1]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_and_options_of_a_page_exist(page: Path) -> None:
    known = sections()
    wrong = []
    for command in told(page):
        name, words = "zhihui", [word for word in command.split() if WORD.fullmatch(word)]
        for word in words:
            if f"{name} {word}" not in known:
                break
            name += f" {word}"
        said = known.get(name, "") + known["zhihui"]
        first = command.split()[:1]
        if name == "zhihui" and first and WORD.fullmatch(first[0]):
            wrong.append(f"no such command: zhihui{command}")
        wrong += [f"no {option} in {name}" for option in OPTION.findall(command) if option not in said]
    assert wrong == []


@pytest.mark.parametrize("page", [*PAGES, HOUSE / "docs" / "commands.md"], ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    targets = LINK.findall(page.read_text("utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_every_page_is_linked_from_both_readmes() -> None:
    for readme in ("README.md", "README.zh-CN.md"):
        text = (HOUSE / readme).read_text("utf-8")
        unlinked = {page.name for page in HOUSE.glob("docs/*.md") if f"docs/{page.name}" not in text}
        assert unlinked <= {"first-shift.md", "first-shift.zh-CN.md"}, readme  # each links its own
