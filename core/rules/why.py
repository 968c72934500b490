"""A reason in both languages. It stands by itself: what only reads needs it without all that a stage knows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Why:
    """Why something is not possible now, in both languages."""

    code: str
    zh: str
    en: str
