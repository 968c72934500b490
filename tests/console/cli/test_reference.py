"""What is written about the commands is what they are."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from console import exit_codes


def test_the_page_of_commands_is_current(repository: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", "import sys; from console.cli.reference import page; sys.stdout.write(page())"],
        cwd=repository,
        capture_output=True,
        timeout=60,
    )
    assert ended.returncode == 0, ended.stderr.decode()
    current = (repository / "docs" / "commands.md").read_bytes()
    assert ended.stdout == current, "run: python -m console.cli.reference"


def test_the_page_of_exit_codes_is_current(repository: Path) -> None:
    text = (repository / "docs" / "exit-codes.md").read_text("utf-8")
    written = {name: int(code) for code, name in re.findall(r"^\| (\d+) \| ([A-Z_]+) \|", text, re.M)}
    assert written == {name: value for name, value in vars(exit_codes).items() if name.isupper() and name[0] != "_"}
