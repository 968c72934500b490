"""The scores of plays, one line each in a file of the trainee's own."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass

LIMIT = 1_000_000
"""Bytes of the file that are looked at."""


@dataclass(frozen=True)
class PlayedScore:
    """One play: when (epoch seconds of the real clock), which scenario, how many points of how many, the grade."""

    at: int
    scenario: str
    points: float
    most: int
    grade: str


def read_scores(path: str) -> list[PlayedScore]:
    """The scores in a file, oldest first; lines that cannot be read are left out."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            lines = file.read(LIMIT).splitlines()
    except OSError:
        return []
    found = []
    for line in lines:
        try:
            found.append(PlayedScore(**json.loads(line)))
        except (ValueError, TypeError):
            continue
    return found


def add_score(path: str, played: PlayedScore) -> None:
    """Write a score down. Raises OSError."""
    os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    with open(
        os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600), "a", encoding="utf-8"
    ) as file:
        file.write(json.dumps(asdict(played)) + "\n")
