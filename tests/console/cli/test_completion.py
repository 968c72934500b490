"""Shell completion."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.console.cli.conftest import process


def complete(*words: str) -> list[str]:
    env = {
        "_ZHIHUI_COMPLETE": "complete_bash",
        "COMP_WORDS": " ".join(("zhihui", *words)),
        "COMP_CWORD": str(len(words)),
    }
    return process([], env=env).stdout.decode().split()


def test_nouns_verbs_and_options() -> None:
    assert complete("ti") == ["ticket"]
    assert complete("ticket", "re") == [
        "replay",
        "reveal",
        "report",
        "refuse",
        "redispatch",
        "return",
        "remind",
        "remind-hands",
        "resume",
        "request",
        "recompute",
        "report-up",
        "review-open",
        "review-hold",
        "review-lesson",
        "review-follow-up",
        "review-conclude",
    ]
    assert {"--to", "--where", "--dry-run", "--store"} <= set(complete("ticket", "dispatch", "--"))


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_a_shell(shell: str) -> None:
    ended = process([], env={"_ZHIHUI_COMPLETE": f"source_{shell}"})
    assert ended.returncode == 0
    assert b"_ZHIHUI_COMPLETE" in ended.stdout


def test_bash_takes_the_script(tmp_path: Path) -> None:
    script = tmp_path / "completion.bash"
    script.write_bytes(process([], env={"_ZHIHUI_COMPLETE": "source_bash"}).stdout)
    ended = subprocess.run(["bash", "-c", f"source {script} && complete -p zhihui"], capture_output=True, check=False)
    assert ended.returncode == 0, ended.stderr.decode()
    assert b"zhihui" in ended.stdout


def test_it_installs_itself(home: Path) -> None:
    ended = process(["--install-completion", "bash"], env={"_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"})
    assert ended.returncode == 0, ended.stderr.decode()
    assert list(home.rglob("*zhihui*sh"))
