"""`make soak` in short: a class by name, the table, and what a loss looks like."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.soak.__main__ import main
from tests.soak.classes import CLASSES, Tried


def test_classes_in_turn_until_the_time_is_up(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    seeds: list[str] = []

    def kept(seed: str, folder: Path) -> Iterator[Tried]:
        assert folder.is_dir()
        seeds.append(seed)
        yield Tried("kept: orders", 3)

    def losing(seed: str, _folder: Path) -> Iterator[Tried]:
        yield Tried("losing: orders", 2, 1, f"seed {seed}: one is gone")

    monkeypatch.setitem(CLASSES, "kept", kept)
    monkeypatch.setitem(CLASSES, "losing", losing)
    assert main(["--minutes", "0", "--only", "kept", "--seed", "5"]) == 0
    assert main(["--minutes", "0", "--only", "kept,losing", "--seed", "5"]) == 1
    said = capsys.readouterr().out
    assert seeds == ["5", "5"]
    assert "LOST   losing: orders: seed 5: one is gone" in said
    table = [line.split() for line in said.splitlines() if line.startswith(("kept:", "losing:", "together"))]
    assert table[-3:] == [["kept:", "orders", "3", "3", "0"], ["losing:", "orders", "2", "1", "1"],
                          ["together", "5", "4", "1"]]  # fmt: skip
    assert main(["--only", "nothing"]) == 2


def test_a_class_that_breaks_off_is_a_loss(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def breaking(_seed: str, _folder: Path) -> Iterator[Tried]:
        yield Tried("breaking: orders", 2)
        raise TimeoutError("it hangs")

    monkeypatch.setitem(CLASSES, "breaking", breaking)
    assert main(["--minutes", "0", "--only", "breaking"]) == 1
    said = capsys.readouterr().out
    assert "it hangs" in said
    assert "breaking: orders" in said
