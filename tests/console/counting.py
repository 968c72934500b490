"""A terminal that only counts: what the console would send, in bytes, frame by frame."""

from __future__ import annotations

import pytest
from textual.drivers import headless_driver


class CountingDriver(headless_driver.HeadlessDriver):
    """Takes output like a terminal and keeps it."""

    sent: list[str]
    behind = False

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        self.sent = []

    @property
    def is_headless(self) -> bool:
        return False

    def write(self, data: str) -> None:
        self.sent.append(data)

    def flush(self) -> None:
        """Nothing waits."""

    def take(self) -> str:
        """What was sent since the last look."""
        text, self.sent = "".join(self.sent), []
        return text

    def bytes(self) -> int:
        """How many bytes were sent since the last look."""
        return len(self.take().encode())


def count_output(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pilots drive an app on a counting terminal."""
    monkeypatch.setattr(headless_driver, "HeadlessDriver", CountingDriver)
