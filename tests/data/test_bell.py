"""The bell: heard at once by another process, and never an error when it cannot ring."""

from __future__ import annotations

import multiprocessing
import select
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.bell import BellWatch, ring, strokes

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="inotify is Linux's")


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[BellWatch]:
    made = BellWatch(str(tmp_path / "a.db"))
    yield made
    made.close()


def readable(watch: BellWatch, seconds: float) -> bool:
    return bool(select.select([watch], [], [], seconds)[0])


def test_a_ring_of_another_process_makes_it_readable(watch: BellWatch, tmp_path: Path) -> None:
    assert not watch.take()
    other = multiprocessing.get_context("spawn").Process(target=ring, args=(str(tmp_path / "a.db"),))
    other.start()
    assert readable(watch, 30)
    other.join()
    assert watch.take()
    assert not watch.take()


def test_many_rings_are_taken_together(watch: BellWatch, tmp_path: Path) -> None:
    for _ in range(100):
        ring(str(tmp_path / "a.db"))
    assert readable(watch, 5)
    assert watch.take()
    assert not readable(watch, 0)


def test_a_bell_that_cannot_be_made_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        BellWatch(str(tmp_path / "missing" / "a.db"))


def test_a_bell_that_cannot_ring_is_no_error(tmp_path: Path) -> None:
    ring(str(tmp_path / "missing" / "a.db"))
    assert strokes(str(tmp_path / "missing" / "a.db")) == 0
