"""What every measurement gets: where stores are kept, how large they are, how often to repeat, and what to run."""

from __future__ import annotations

import os
import random
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from tests.bench.stores import store_of
from tests.bench.wording import TITLES

REPOSITORY = Path(__file__).resolve().parents[2]
ROWS_SHOWN = "|".join(title[:4] for title in TITLES).encode()
"""What shows that a list of tickets is on the screen."""
OFFICER = "zhang"
SIZES = (1_000, 100_000, 1_000_000, 5_000_000)
COPIED = 1_000_000


@dataclass(frozen=True)
class Run:
    """One run of the benchmark."""

    work: Path
    sizes: tuple[int, ...] = SIZES
    rounds: int = 5
    seed: int = 20_261_121
    keys: int = 30
    """Key presses, writes and the like per round."""
    seconds: float = 10
    """How long idle screens are watched."""
    import_rows: int = 50_000
    sweep: int = 10_000
    writers: int = 8
    repeats: int = 8
    """Runs of a whole command per reading: a single one is below the clock's patience."""
    table_rows: int = 10_000
    server_tickets: int = 100_000
    """Tickets at most on a PostgreSQL server, which is filled row by row."""
    notes: int = 300
    """Notes through the desk per reading."""
    sessions: tuple[int, ...] = (50,)
    """Consoles over SSH at once."""
    consoles: int = 50
    """Consoles that write once a second each."""
    stall: float = 40
    """Seconds in which a terminal reads nothing."""
    copied: int = COPIED
    """Tickets of the largest store that is copied to be written to: a copy takes as much of the disk again."""

    def quick(self) -> Run:
        """The same with few repetitions, to see that it runs."""
        return replace(
            self,
            keys=3,
            seconds=2,
            import_rows=400,
            sweep=50,
            writers=2,
            repeats=1,
            table_rows=500,
            notes=20,
            sessions=(3,),
            consoles=3,
            stall=6,
        )

    @property
    def small(self) -> int:
        return min(self.sizes)

    @property
    def large(self) -> int:
        return max(self.sizes)

    @property
    def written(self) -> tuple[int, ...]:
        """The sizes of the stores that are copied to be written to: the ones up to `copied`, or else the smallest."""
        return tuple(size for size in self.sizes if size <= self.copied) or (self.small,)

    def store(self, tickets: int) -> Path:
        """The kept store of a size, built when it is not there yet."""
        return store_of(self.work, tickets)

    def random(self, purpose: str) -> random.Random:
        """Chance that repeats with the run's seed."""
        return random.Random(f"{self.seed}:{purpose}")

    def environment(self, store: Path | None = None) -> dict[str, str]:
        """A clean environment for programs of ours and of others, with a home of its own."""
        home = self.work / "home"
        home.mkdir(parents=True, exist_ok=True)
        found = {
            "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
            "HOME": str(home),
            "XDG_DATA_HOME": str(home / "data"),
            "XDG_CONFIG_HOME": str(home / "config"),
            "XDG_STATE_HOME": str(home / "state"),
            "XDG_CACHE_HOME": str(home / "cache"),
            "LANG": "C.UTF-8",
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "PYTHONPATH": str(REPOSITORY),
            "ZHIHUI_OFFICER": OFFICER,
        }
        if "VIRTUAL_ENV" in os.environ:
            found["VIRTUAL_ENV"] = os.environ["VIRTUAL_ENV"]
        if store is not None:
            found["ZHIHUI_STORE"] = str(store)
        return found


def program() -> list[str]:
    """The installed `zhihui`, or the module where it is not installed."""
    installed = Path(sys.executable).parent / "zhihui"
    return [sys.executable, str(installed)] if installed.exists() else [sys.executable, "-m", "console"]


def module(name: str, *arguments: str) -> list[str]:
    """A program of the benchmark itself."""
    return [sys.executable, "-m", f"tests.bench.{name}", *arguments]
