"""`python -m tests.simulator`: runs by seed, and the planted bugs; see docs/simulator.md."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.simulator.canaries import CANARIES
from tests.simulator.centre import build_street
from tests.simulator.faults import ALONE, KINDS
from tests.simulator.run import Outcome, Ways, find_canary, simulate
from tests.simulator.tables import lines, of_counts, of_runs, replay_command


def main() -> int:
    """Run what is asked for; 1 when something was found, or a planted bug was not."""
    asked = _arguments()
    with tempfile.TemporaryDirectory() as folder:
        street = build_street(Path(folder))
        if asked.canary:
            found = find_canary(asked.canary, asked.seed or str(asked.first), street)
            print(found.broken or "not found")
            return int(not found.broken)
        seeds = [asked.seed] if asked.seed else [str(asked.first + number) for number in range(asked.seeds)]
        ways = Ways({asked.kind: 1.0}, ALONE) if asked.kind else Ways()
        bad = _runs(seeds, asked.days, asked.until, ways, street)
        if asked.seed is None:
            print()
            bad += _canaries(seeds[0], street)
    return int(bool(bad))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulator", description=__doc__)
    parser.add_argument("--seeds", type=int, default=3, help="so many seeds")
    parser.add_argument("--first", type=int, default=1, help="the first of them")
    parser.add_argument("--days", type=float, default=1.0, help="simulated days of each")
    parser.add_argument("--seed", help="one seed, to see it again")
    parser.add_argument("--until", type=int, default=0, help="stop after this step")
    parser.add_argument("--canary", choices=list(CANARIES), help="plant this bug, and find it")
    parser.add_argument("--kind", choices=list(KINDS), help="let only this go wrong, as a soak does")
    return parser.parse_args()


def _runs(seeds: list[str], days: float, until: int, ways: Ways, street: Path) -> int:
    began, outcomes = time.monotonic(), []
    for seed in seeds:
        outcome = simulate(seed, days, until=until, ways=ways, street=street)
        outcomes.append(outcome)
        if outcome.broken:
            print(f"FOUND  seed {seed}, {outcome.broken}\n       {replay_command(outcome, days)}", flush=True)
        elif len(seeds) > 1:
            print(f"seed {seed}: {outcome.steps} steps", file=sys.stderr, flush=True)
    for part in (
        of_runs(outcomes),
        of_counts("fault", (one.memory.faults for one in outcomes)),
        of_counts("looked at", (one.memory.checked for one in outcomes)),
    ):
        print("\n".join(part), end="\n\n")
    passed = sum(one.days for one in outcomes)
    print(
        f"{passed:.2f} centre-days in {time.monotonic() - began:.0f} s; digest of the last run: {outcomes[-1].digest}"
    )
    return sum(bool(one.broken) for one in outcomes)


def _canaries(seed: str, street: Path) -> int:
    rows: list[tuple[object, ...]] = [("planted bug", "steps", "found by")]
    missed = 0
    for name in CANARIES:
        found: Outcome = find_canary(name, seed, street)
        missed += not found.broken
        rows.append((name, found.steps, found.broken.partition(": ")[2][:70] or "NOT FOUND"))
    print("\n".join(lines(rows)))
    return missed


if __name__ == "__main__":
    sys.exit(main())
