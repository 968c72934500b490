"""`zhihui keys`: what people who change their keys are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from console import exit_codes
from console.keyboard.keymap import keymap_path
from tests.console.cli.conftest import Run


def test_without_a_keymap_the_keys_are_as_usual(run: Run) -> None:
    found = run("keys", "check", "--json")
    assert (found.code, [row["code"] for row in found.json]) == (exit_codes.OK, ["keymap-none"])
    assert run("keys", "check", "nosuch.toml").code == exit_codes.MISSING


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ('"pane.queue" = "f2,ctrl+v"', exit_codes.OK, "可以使用"),
        ('"pane.queu" = "f2"', exit_codes.FAILED, "pane.queue"),
        ('"pane.queue" = ', exit_codes.FAILED, "无法读取"),
    ],
)
def test_a_keymap_is_checked(run: Run, text: str, code: int, said: str) -> None:
    path = Path(keymap_path())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text + "\n", encoding="utf-8")
    for arguments in (("keys", "check"), ("keys", "check", str(path))):
        found = run(*arguments)
        assert found.code == code
        assert said in found.out
    assert path.read_text(encoding="utf-8") == text + "\n"
