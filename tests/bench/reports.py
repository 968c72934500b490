"""Made reports in the form that the shipped map `residents` reads, with words of our own."""

from __future__ import annotations

import csv
import random
from datetime import datetime, timedelta
from pathlib import Path

from tests.bench.wording import BODY, TITLES, place

MAP = "residents"
FIRST = datetime(2026, 8, 1)
DAYS = 90
COLUMNS = ("id", "user", "title", "time", "body", "up", "down")


def write_reports(path: Path, rows: int, seed: int) -> Path:
    """A CSV file of this many reports; other seeds give other ids. An existing file is taken as it is."""
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    chance = random.Random(seed)
    fresh = path.with_suffix(".new")
    with fresh.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for number in range(rows):
            when = FIRST + timedelta(seconds=chance.randrange(DAYS * 86_400))
            title = f"{place(chance.randrange(10**6))}{TITLES[number % len(TITLES)]}"
            user = f"A{chance.randrange(10**8):08d}"
            writer.writerow([f"{seed}-{number}", user, title, when, BODY * 3, chance.randrange(9), 0])
    fresh.rename(path)
    return path
