"""What a check found: how bad it is, what it is and what to do, in Chinese and English."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "warn", "bad"]


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. `code` is stable and for scripts; `todo_*` is empty where nothing is to be done."""

    code: str
    level: Level
    zh: str
    en: str
    todo_zh: str = ""
    todo_en: str = ""

    def text(self, language: str) -> str:
        """What was found, in a language: `zh` or `en`."""
        return self.en if language == "en" else self.zh

    def todo(self, language: str) -> str:
        """What to do about it; may be empty."""
        return self.todo_en if language == "en" else self.todo_zh


def worst(findings: list[Finding]) -> Level:
    """The worst level among findings; ok for none."""
    levels = {finding.level for finding in findings}
    return "bad" if "bad" in levels else "warn" if "warn" in levels else "ok"
