"""`python -m tests.crash`: the chief commands killed at every write, and planted bugs; see docs/crashes.md.

The exit code is 1 where anything was lost, or where a planted bug was not found.
"""

from __future__ import annotations

import argparse
import os
import secrets
import sys
import time
from collections.abc import Sequence

from tests.crash import classes, day, shim
from tests.crash.machine import machine
from tests.crash.tally import Tally, table
from tests.simulator.tables import lines


def main(arguments: Sequence[str] | None = None) -> int:
    """Try what is asked for; print the summary."""
    asked = _parser().parse_args(arguments)
    if why := shim.missing():
        print(f"# not run: {why}", file=sys.stderr)
        return 2
    wanted = asked.only.split(",") if asked.only else list(classes.CLASSES)
    if unknown := [name for name in wanted if name not in classes.CLASSES]:
        print(f"no class {', '.join(unknown)}; there are: {', '.join(classes.CLASSES)}", file=sys.stderr)
        return 2
    ways = classes.Ways(
        asked.seed, asked.every, asked.rounds, asked.states, asked.steps.split(",") if asked.steps else []
    )
    print(f"# seed {asked.seed}, {ways}", flush=True)
    began, tallies = time.monotonic(), list[Tally]()
    for name in wanted:
        for tally in classes.CLASSES[name](ways, asked.jobs):
            tallies.append(tally)
            print("  ".join(map(str, tally.row())), file=sys.stderr, flush=True)
    print("\n".join(table(tallies)))
    print(f"# {sum(one.tried for one in tallies):,} tried in {time.monotonic() - began:.0f} s\n")
    found = _planted(ways, wanted)
    print(
        "\n".join(
            lines([("planted bug", "found by"), *((name, how[:90] or "NOT FOUND") for name, how in found.items())])
        )
    )
    return int(any(one.lost for one in tallies) or not all(found.values()))


def _planted(ways: classes.Ways, wanted: Sequence[str]) -> dict[str, str]:
    """Each planted bug of the classes that were tried, and how it was found."""
    with machine() as one:
        scenes = {scene.step.name: scene for scene in day.play(one, classes.SHORT)}
        return {
            name: plant(one, scenes, ways)
            for name, plant in classes.PLANTED.items()
            if name.partition(":")[0] in wanted
        }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--only", default="", help=f"some of: {', '.join(classes.CLASSES)}")
    parser.add_argument("--steps", default="", help="some commands of the day, such as 'ticket report,batch'")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(2**31), help="repeats what was drawn")
    parser.add_argument("--every", type=int, default=1, help="only so many-th point of each command")
    parser.add_argument("--rounds", type=int, default=30, help="rounds of kills under load")
    parser.add_argument("--states", type=int, default=20_000, help="states of the disk after a power cut")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="machines at once")
    return parser


if __name__ == "__main__":
    sys.exit(main())
