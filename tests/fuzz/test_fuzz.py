"""The kept inputs hold on every run; and the fuzzer finds what was planted."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz.__main__ import main
from tests.fuzz.corpus import kept
from tests.fuzz.planted import TARGETS as PLANTED
from tests.fuzz.targets import TARGETS, answered


@pytest.mark.parametrize("name", TARGETS)
def test_each_kept_input_is_answered_or_refused(name: str) -> None:
    inputs = kept(name)
    assert inputs, "nothing is kept for this reader: python -m tests.fuzz --keep"
    for given in [b"", *inputs]:
        answered(TARGETS[name], given)


def test_what_is_no_refusal_is_a_finding() -> None:
    with pytest.raises(RuntimeError, match="planted"):
        answered(PLANTED["planted"], b"[z]")


@pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="no atheris for this Python or machine")
def test_the_fuzzer_runs_and_finds_what_was_planted(repository: Path, seed: int) -> None:
    """In a process of its own: a child is charged for the memory of whoever starts it, and this one is large."""
    command = [sys.executable, "-m", "tests.fuzz", "--only", "anchor", "--seconds", "1", "--seed", str(seed % 2**31)]
    ended = subprocess.run(command, cwd=repository, capture_output=True, text=True, timeout=600)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "held" in ended.stdout
    assert "planted            found" in ended.stdout


def test_an_unknown_reader_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--only", "nothing"]) == 2
    assert "no target nothing" in capsys.readouterr().out
