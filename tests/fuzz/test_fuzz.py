"""The kept inputs hold on every run; and the fuzzer finds what was planted."""

from __future__ import annotations

import importlib.util

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
def test_the_fuzzer_runs_and_finds_what_was_planted(capsys: pytest.CaptureFixture[str], seed: int) -> None:
    assert main(["--only", "anchor", "--seconds", "1", "--seed", str(seed % 2**31)]) == 0
    said = capsys.readouterr().out
    assert "held" in said
    assert "planted            found" in said


def test_an_unknown_reader_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--only", "nothing"]) == 2
    assert "no target nothing" in capsys.readouterr().out
