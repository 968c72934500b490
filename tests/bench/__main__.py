"""`python -m tests.bench`: measures, prints each figure as it is found, then what changed since the last saved run."""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from tests.bench.figures import line
from tests.bench.history import SAVED, Readings, Taken, compared, last_saved, load, save
from tests.bench.run import COPIED, REPOSITORY, SIZES, Run

MEASUREMENTS = (
    "queue",
    "searching",
    "searching_server",
    "indexing",
    "overview",
    "monthly",
    "commands",
    "opening",
    "keys",
    "filtered",
    "duplicates",
    "ticking",
    "spreading",
    "importing",
    "sweeping",
    "hands",
    "writing",
    "stalled",
    "sums",
    "line",
    "ssh",
    "remote",
)


def main(arguments: Sequence[str] | None = None, say: Callable[[str], object] = print) -> int:
    """Run the benchmark; 0 when everything that was asked for could be measured."""
    wanted = _parser().parse_args(arguments)
    names = [name for part in wanted.only for name in part.split(",")] or list(MEASUREMENTS)
    unknown = [name for name in names if name not in MEASUREMENTS]
    if unknown:
        say(f"no measurement {', '.join(unknown)}; there are: {', '.join(MEASUREMENTS)}")
        return 2
    before = load(Path(wanted.compare)) if wanted.compare else last_saved(REPOSITORY)
    path = Path(wanted.json or REPOSITORY / SAVED / f"{datetime.now(UTC):%Y%m%d-%H%M%S}.json")
    readings: Readings = {}
    with tempfile.TemporaryDirectory(prefix="zhihui-bench-") as scratch:
        run = _run(wanted, Path(wanted.work or scratch).absolute())
        say(f"# {_machine()}; seed {run.seed}; {run.rounds} interleaved rounds; tickets {run.sizes}")
        for name in names:
            readings[name] = _measure(run, name, say)
            if wanted.json or not wanted.quick:
                save(path, readings)  # each time: a run that is ended keeps what it has
                say(f"# saved: {path.relative_to(REPOSITORY) if path.is_relative_to(REPOSITORY) else path}")
    for told in compared(before, readings):
        say(told)
    return 0 if all(figure.values for taken in readings.values() for figure in taken.figures) else 1


def _measure(run: Run, name: str, say: Callable[[str], object]) -> Taken:
    began, figures = time.monotonic(), []
    for figure in import_module(f"tests.bench.{name}").measure(run):
        say(line(figure))
        figures.append(figure)
    took = round(time.monotonic() - began, 1)
    say(f"# {name}: {took:.0f} s")
    return Taken(tuple(figures), f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}", _machine(), run.seed, run.rounds, took)


def _run(wanted: argparse.Namespace, work: Path) -> Run:
    sizes = tuple(sorted({int(part.replace("_", "")) for part in wanted.tickets.split(",")}))
    sessions = tuple(sorted({int(part) for part in wanted.sessions.split(",")}))
    run = Run(work, sizes, wanted.rounds, wanted.seed, sessions=sessions, copied=wanted.copied)
    return run.quick() if wanted.quick else run


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--tickets", default=",".join(map(str, SIZES)), help="sizes of the stores")
    parser.add_argument(
        "--copied", type=int, default=COPIED, help="the largest store of which measurements that write make a copy"
    )
    parser.add_argument("--only", action="append", default=[], help=f"some of: {', '.join(MEASUREMENTS)}")
    parser.add_argument("--json", help=f"save the readings in this file and not under {SAVED}; needed with --quick")
    parser.add_argument("--compare", help="a saved run to compare with; else the last one of each measurement")
    parser.add_argument(
        "--work", default=os.environ.get("ZHIHUI_BENCH"), help="folder that keeps the stores (or ZHIHUI_BENCH)"
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=20_261_121)
    parser.add_argument("--sessions", default="50", help="consoles over SSH at once, such as 50,200")
    parser.add_argument("--quick", action="store_true", help="few repetitions: to see that it runs")
    return parser


def _machine() -> str:
    return f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()} {platform.machine()}"


if __name__ == "__main__":
    sys.exit(main())
