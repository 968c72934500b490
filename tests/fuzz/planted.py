"""A reader with a bug on purpose, behind three comparisons: a run that does not find it has not looked."""

from __future__ import annotations

from tests.fuzz.targets import Target


def _reader(given: bytes) -> None:
    if given[:1] == b"[" and given[1:2] == b"z" and given[2:3] == b"]":
        raise RuntimeError("planted")


TARGETS = {"planted": Target(_reader)}
"""Never among those that must hold."""
