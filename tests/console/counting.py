"""A terminal that only counts: what the console would send, in bytes, frame by frame."""

from __future__ import annotations

import pytest
from textual.drivers import headless_driver

from console.terminal.pacing import QUESTION


class CountingDriver(headless_driver.HeadlessDriver):
    """Takes output like a terminal and keeps it."""

    sent: list[str]
    behind = False
    answers = True
    """Whether questions where the cursor stands are answered at once; otherwise they are only counted."""
    questions = 0

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        self.sent = []

    @property
    def is_headless(self) -> bool:
        return False

    def write(self, data: str) -> None:
        self.sent.append(data)
        asked = data.count(QUESTION)
        self.questions += asked
        if self.answers:
            self.answer(asked)

    def answer(self, amount: int) -> None:
        """Answer some questions, as a terminal that has drawn what was sent before them."""
        if amount:
            self._loop.call_soon(self._app.terminal_answered, amount)  # type: ignore[attr-defined]

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
