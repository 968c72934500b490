"""`python -m tests.soak`: each fault class in turn until the time is up, then the table; see docs/proof.md."""

from __future__ import annotations

import argparse
import secrets
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.simulator.tables import lines
from tests.soak.classes import CLASSES, Tried


def main(arguments: Sequence[str] | None = None) -> int:
    """Go round at least once; 1 where something was lost."""
    asked = _parser().parse_args(arguments)
    wanted = asked.only.split(",") if asked.only else list(CLASSES)
    if unknown := [name for name in wanted if name not in CLASSES]:
        print(f"no class {', '.join(unknown)}; there are: {', '.join(CLASSES)}", file=sys.stderr)
        return 2
    print(f"seed: {asked.seed}", flush=True)
    tried, lost, rounds = soak(wanted, asked.minutes * 60, asked.seed)
    rows = [(kind, number, number - lost[kind], lost[kind]) for kind, number in tried.items()]
    together = (tried.total(), tried.total() - lost.total(), lost.total())
    print("\n".join(lines([("fault class", "tried", "survived", "lost"), *rows, ("together", *together)])))
    print(f"{rounds} rounds")
    return int(bool(lost.total()))


def soak(wanted: Sequence[str], seconds: float, seed: int) -> tuple[Counter[str], Counter[str], int]:
    """How often each kind was tried and lost, and in how many rounds; each round has the next seed."""
    end, rounds = time.monotonic() + seconds, 0
    tried: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    while not rounds or time.monotonic() < end:
        for name in wanted:
            if rounds and time.monotonic() > end:
                break
            with tempfile.TemporaryDirectory(prefix="zhihui-soak-") as folder:
                for one in _tried(name, str(seed + rounds), Path(folder)):
                    tried[one.kind] += one.times
                    lost[one.kind] += one.lost
                    if one.lost:
                        print(f"LOST   {one.kind}: {one.how}", flush=True)
            print(f"{name}: {time.monotonic() - end + seconds:.0f} s", file=sys.stderr, flush=True)
        rounds += 1
    return tried, lost, rounds


def _tried(name: str, seed: str, folder: Path) -> Iterator[Tried]:
    """What a class yields; one that breaks off has lost, and the others go on."""
    try:
        yield from CLASSES[name](seed, folder)
    except Exception:  # noqa: BLE001 - whatever it is, it is a finding
        yield Tried(f"{name}: broke off", 1, 1, f"seed {seed}: {traceback.format_exc()[-1500:]}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60, help="how long; each class is tried once at least")
    parser.add_argument("--only", default="", help=f"some of: {', '.join(CLASSES)}")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(2**31), help="of the first round")
    return parser


if __name__ == "__main__":
    sys.exit(main())
