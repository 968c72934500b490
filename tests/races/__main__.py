"""`python -m tests.races`: many officers on few tickets, then every planted bug; see docs/proof.md."""

from __future__ import annotations

import argparse
import contextlib
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests import postgres
from tests.races.planted import BUGS, OF_SQLITE
from tests.races.run import Size, race

SMALL = Size(officers=12, processes=3, tickets=2, deeds=25)
"""A race with a bug: it must be found in so few orders."""


def main() -> int:
    """Run what is asked for; 1 when something was found, or a planted bug was not."""
    asked = _arguments()
    print(f"seed: {asked.seed}", flush=True)
    size = Size(asked.officers, asked.processes, asked.tickets, asked.seconds, asked.deeds, asked.deaths)
    bad = 0
    for engine in ("sqlite", "postgres") if asked.engine == "both" else (asked.engine,):
        with new_store(engine) as url:
            verdict = race(url, size, asked.seed)
        print(f"{engine}: {verdict.line}", flush=True)
        print("".join(f"  FOUND  {line}\n" for line in verdict.found) or "  nothing found", flush=True)
        bad += bool(verdict.found)
        for bug in BUGS:
            if engine == "sqlite" or bug not in OF_SQLITE:
                bad += not _finds(engine, bug, asked.seed)
    return int(bool(bad))


def _finds(engine: str, bug: str, seed: str) -> bool:
    with new_store(engine) as url:
        found = race(url, SMALL, seed, bug).found
    print(f"  planted: {bug}: {'found: ' + found[0][:110] if found else 'NOT FOUND'}", flush=True)
    return bool(found)


@contextlib.contextmanager
def new_store(engine: str) -> Iterator[str]:
    """The address of an empty store."""
    with tempfile.TemporaryDirectory(prefix="zhihui-races-") as folder:
        if engine == "sqlite":
            yield str(Path(folder) / "store.sqlite")
            return
        with postgres.running(Path(folder)) as server, postgres.database(server) as url:
            yield url


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.races", description=__doc__)
    parser.add_argument("--officers", type=int, default=64)
    parser.add_argument("--processes", type=int, default=8)
    parser.add_argument("--tickets", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=0, help="how long; without it, a number of deeds")
    parser.add_argument("--deeds", type=int, default=20, help="orders of each officer")
    parser.add_argument("--deaths", type=int, default=0, help="processes killed, or sessions of the server cut")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--engine", choices=("sqlite", "postgres", "both"), default="both")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
